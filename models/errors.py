"""Refusals: what a person tried and may not do, each with the sentence that they read."""


class Refusal(Exception):
    """Something that a person asked for cannot be done. `str()` is what they are shown, as plain text.

    `field` names the part of a form that the sentence belongs to, where there is one
    (see `blocks.ids` for where each stands): "app", "access", "term", "reason", "comment".
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class NotFound(Refusal):
    """What a button or a command names does not exist, or not any more."""


class NotAllowed(Refusal):
    """This person may not do that."""


class NotAnApprover(NotAllowed):
    """Somebody who is not asked (or no longer) tried to decide; says who can."""


class OwnRequest(NotAllowed):
    """Nobody decides on their own request."""


class AlreadyDecided(Refusal):
    """This person has decided on this request before."""


class Closed(Refusal):
    """Somebody was first: what it was about is no longer open. Says who closed it and how."""


class Duplicate(Refusal):
    """The same is already asked for, or already held."""


class SentAlready(Duplicate):
    """The very same was sent by this person a moment ago: it was taken, and is not sent twice."""


class Denied(Refusal):
    """A rule says no, or nobody can be asked."""


class Conflicting(Denied):
    """It does not go with other access of the same person."""


class Invalid(Refusal):
    """What was entered cannot be used. Says what would be right."""


class SentBefore(Refusal):
    """A form whose sending was carried out comes again with something else in it: that is not in it."""


class Repeated(Exception):
    """This delivery was carried out before.

    Not a refusal: the right answer is the first one's, a plain yes.
    """
