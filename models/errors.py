"""Refusals: why something that a person tried cannot be done, each with the sentence shown to them."""


class Refusal(Exception):
    """Something that a person tried cannot be done. `str()` is the sentence shown to them, as plain text.

    `field` names the field of a form that the sentence belongs to, where there is one: "app", "access",
    "term", "reason", "comment". `blocks.ids` knows the block of each.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class NotFound(Refusal):
    """What a button or a command names does not exist (any more)."""


class NotAllowed(Refusal):
    """This person may not do that."""


class NotAnApprover(NotAllowed):
    """Somebody who is no approver (any more) tried to decide; says who can."""


class OwnRequest(NotAllowed):
    """Nobody decides on their own request."""


class AlreadyDecided(Refusal):
    """This person or their delegate has decided on this request before."""


class Closed(Refusal):
    """It is no longer open, since somebody was first. Says who closed it and how."""


class Duplicate(Refusal):
    """The same access is requested already, or held already."""


class SentAlready(Duplicate):
    """This person sent the very same a moment ago; it was accepted, and is not sent twice."""


class Denied(Refusal):
    """A rule denies the request, or it has nobody to approve it."""


class Conflicting(Denied):
    """The access conflicts with other access of the same person."""


class Invalid(Refusal):
    """What was entered is not valid. Says what would be right."""


class SentBefore(Refusal):
    """A submitted form came again with other content, which was not used."""


class Repeated(Exception):
    """This delivery was carried out before.

    Not a refusal: Slack gets the answer of the first time, an acknowledgement.
    """
