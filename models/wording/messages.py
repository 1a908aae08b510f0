"""The messages that a company can word itself, the facts that each can use, and the standard words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class MessageKey(StrEnum):
    """A message, by its key in the catalogue."""

    ASKED = "asked"
    APPROVAL = "approval"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"
    ACTIVE = "active"
    ENDS_SOON = "ends_soon"
    ENDED = "ended"
    REVOKED = "revoked"
    LIMITED = "limited"


class FactType(StrEnum):
    """The type of a fact, which decides what filters it takes."""

    TEXT = "text"
    PERSON = "person"
    PEOPLE = "people"
    MOMENT = "moment"
    PHRASE = "phrase"
    """Words with moments in them: it can be shown, and takes no filter."""


@dataclass(frozen=True)
class Fact:
    """A value that a template can show. `about` describes it in the admin's form."""

    sort: FactType
    about: str


@dataclass(frozen=True)
class MessageInfo:
    """One message: its title, when it is sent to whom, its facts, and the standard words."""

    title: str
    when: str
    facts: Mapping[str, Fact]
    text: str = ""
    subject: str | None = None
    """The e-mail's subject and Slack's notification; None where that cannot be worded."""


_OF_ALL = {
    "app": Fact(FactType.TEXT, "the app’s name"),
    "access": Fact(FactType.TEXT, "the access’s name"),
    "ref": Fact(FactType.TEXT, "its reference, as in AR-12"),
    "status": Fact(FactType.TEXT, "its status in a word"),
    "requester": Fact(FactType.PERSON, "who asked"),
    "holder": Fact(FactType.PERSON, "who has the access, or would have it"),
    "admins": Fact(FactType.PEOPLE, "Keyturn’s admins"),
}
_OF_REQUESTS = _OF_ALL | {
    "reason": Fact(FactType.TEXT, "why they asked, in their words"),
    "length": Fact(FactType.PHRASE, "for how long, as in 8 hours; as an approver changed it"),
    "deadline": Fact(FactType.MOMENT, "when the request expires"),
}
_OF_DECIDED = _OF_REQUESTS | {
    "decider": Fact(FactType.PERSON, "who decided or cancelled; Keyturn where a rule did"),
    "comment": Fact(FactType.TEXT, "what they said with it"),
    "standing": Fact(FactType.TEXT, "where the access stands, as in Active; empty where there is none"),
}
_OF_GRANTS = _OF_ALL | {
    "ends": Fact(FactType.MOMENT, "when it ends; nothing where it has no end"),
    "instructions": Fact(FactType.TEXT, "the access’s instructions"),
    "link": Fact(FactType.TEXT, "the app’s link"),
    "owners": Fact(FactType.PEOPLE, "the app’s owners"),
}
_OF_OVER = _OF_GRANTS | {
    "over": Fact(FactType.MOMENT, "when it was over"),
    "by": Fact(FactType.PERSON, "who took it away or gave it back; nobody where its time was up"),
}
_ERROR = {"error": Fact(FactType.TEXT, "what went wrong, in plain words")}

_THING = "{{ app }} · {{ access }}"
_BY = "{% if decider %} by {{ decider }}{% endif %}"
_OUTCOME = f"{_THING}: {{{{ status }}}}{_BY}"
_GIVEN = f"{_OUTCOME}{{% if standing %}}, {{{{ standing }}}}{{% endif %}}"
_GONE = f"Your access to {_THING}: {{{{ status }}}}"
_NOT_SET_UP = (
    "Couldn't be set up yet{% if error %}: {{ error }}{% endif %}."
    "{% if admins %} {{ admins }} has been told.{% endif %}"
)

MESSAGES: Mapping[MessageKey, MessageInfo] = MappingProxyType(
    {
        MessageKey.ASKED: MessageInfo(
            "Asked", "To the requester, while it waits", _OF_REQUESTS, subject=f"{_THING}: {{{{ status }}}}"
        ),
        MessageKey.APPROVAL: MessageInfo("To decide on", "To the approvers, on their card", _OF_REQUESTS),
        MessageKey.APPROVED: MessageInfo(
            "Approved", "To the requester, once it is approved", _OF_DECIDED, subject=_GIVEN
        ),
        MessageKey.REJECTED: MessageInfo(
            "Rejected", "To the requester, once it is rejected", _OF_DECIDED, subject=_OUTCOME
        ),
        MessageKey.EXPIRED: MessageInfo(
            "Expired",
            "To the requester, when nobody has decided in time",
            _OF_REQUESTS,
            "nobody decided by {{ deadline }}",
            f"{_THING}: {{{{ status }}}}",
        ),
        MessageKey.CANCELLED: MessageInfo(
            "Cancelled", "To the requester, when it cannot go on", _OF_DECIDED, subject=_OUTCOME
        ),
        MessageKey.FAILED: MessageInfo(
            "Could not be set up",
            "To the requester, when what was approved could not be given",
            _OF_DECIDED | _ERROR,
            _NOT_SET_UP,
            _GIVEN,
        ),
        MessageKey.ACTIVE: MessageInfo(
            "Access is there",
            "To the holder, once they have it",
            _OF_GRANTS,
            "{{ instructions }}",
            f"You have access to {_THING}",
        ),
        MessageKey.ENDS_SOON: MessageInfo(
            "Ends soon",
            "To the holder, before the end",
            _OF_GRANTS,
            subject=f"Your access to {_THING} ends soon",
        ),
        MessageKey.ENDED: MessageInfo(
            "Ended", "To the holder, when its time was up or they gave it back", _OF_OVER, subject=_GONE
        ),
        MessageKey.REVOKED: MessageInfo(
            "Revoked", "To the holder, when somebody else took it away", _OF_OVER, subject=_GONE
        ),
        MessageKey.LIMITED: MessageInfo(
            "Has an end now",
            "To the holder and the owners, when a guest’s access gets an end",
            _OF_GRANTS,
            "Access of guests and contractors always has an end.",
        ),
    }
)


@dataclass(frozen=True)
class Filter:
    """What stands after a “|”: the types that it takes and gives, and how many words it takes in brackets."""

    takes: frozenset[FactType]
    gives: FactType
    about: str
    words: int = 0


_ANY = frozenset(FactType)
_TEXT = frozenset({FactType.TEXT})

FILTERS: Mapping[str, Filter] = MappingProxyType(
    {
        "upper": Filter(_TEXT, FactType.TEXT, "in capital letters"),
        "lower": Filter(_TEXT, FactType.TEXT, "in small letters"),
        "capitalize": Filter(_TEXT, FactType.TEXT, "with a capital at its beginning"),
        "name": Filter(frozenset({FactType.PERSON}), FactType.TEXT, "a person by name, without a mention"),
        "either": Filter(frozenset({FactType.PEOPLE}), FactType.PHRASE, "people with “or” instead of “and”"),
        "date": Filter(frozenset({FactType.MOMENT}), FactType.PHRASE, "the day without the time"),
        "default": Filter(_ANY, FactType.PHRASE, "other words where there is nothing", words=1),
    }
)
"""None of them makes a text longer than it was."""
