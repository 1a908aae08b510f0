"""The messages that a company can word, the facts that each can use, and its standard words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class MessageKey(StrEnum):
    """A message by the name that it has in the catalogue."""

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


class Sort(StrEnum):
    """What a fact is; says which filters it takes."""

    TEXT = "text"
    PERSON = "person"
    PEOPLE = "people"
    MOMENT = "moment"
    PHRASE = "phrase"
    """Words with moments in them: it can be shown, and nothing else."""


@dataclass(frozen=True)
class Fact:
    """Something that a template can say. `about` is read by whoever writes one."""

    sort: Sort
    about: str


@dataclass(frozen=True)
class About:
    """One message: what people call it, when it goes to whom, its facts, and its standard words."""

    title: str
    when: str
    facts: Mapping[str, Fact]
    text: str = ""
    subject: str | None = None
    """The e-mail's subject and what Slack's notification says; None where that cannot be worded."""


_OF_ALL = {
    "app": Fact(Sort.TEXT, "the app’s name"),
    "access": Fact(Sort.TEXT, "the access’s name"),
    "ref": Fact(Sort.TEXT, "its reference, as in AR-12"),
    "status": Fact(Sort.TEXT, "its status in a word"),
    "requester": Fact(Sort.PERSON, "who asked"),
    "holder": Fact(Sort.PERSON, "who has the access, or would have it"),
    "admins": Fact(Sort.PEOPLE, "Keyturn’s admins"),
}
_OF_REQUESTS = _OF_ALL | {
    "reason": Fact(Sort.TEXT, "why they asked, in their words"),
    "length": Fact(Sort.PHRASE, "for how long, as in 8 hours; as an approver changed it"),
    "deadline": Fact(Sort.MOMENT, "when the request expires"),
}
_OF_DECIDED = _OF_REQUESTS | {
    "decider": Fact(Sort.PERSON, "who decided or cancelled; Keyturn where a rule did"),
    "comment": Fact(Sort.TEXT, "what they said with it"),
    "standing": Fact(Sort.TEXT, "where the access stands, as in Active; empty where there is none"),
}
_OF_GRANTS = _OF_ALL | {
    "ends": Fact(Sort.MOMENT, "when it ends; nothing where it has no end"),
    "instructions": Fact(Sort.TEXT, "the access’s instructions"),
    "link": Fact(Sort.TEXT, "the app’s link"),
    "owners": Fact(Sort.PEOPLE, "the app’s owners"),
}
_OF_OVER = _OF_GRANTS | {
    "over": Fact(Sort.MOMENT, "when it was over"),
    "by": Fact(Sort.PERSON, "who took it away or gave it back; nobody where its time was up"),
}
_ERROR = {"error": Fact(Sort.TEXT, "what went wrong")}

_THING = "{{ app }}, {{ access }}"
_BY = "{% if decider %} by {{ decider }}{% endif %}"
_OUTCOME = f"{_THING}: {{{{ status }}}}{_BY}"
_GIVEN = f"{_OUTCOME}{{% if standing %}}, {{{{ standing }}}}{{% endif %}}"
_GONE = f"Your access to {_THING}: {{{{ status }}}}"
_NOT_SET_UP = (
    "it could not be set up{% if error %}: “{{ error }}”{% endif %}."
    "{% if admins %} The admins know about it; ask {{ admins|either }}.{% endif %}"
)

MESSAGES: Mapping[MessageKey, About] = MappingProxyType(
    {
        MessageKey.ASKED: About(
            "Asked", "To the requester, while it waits", _OF_REQUESTS, subject=f"{_THING}: {{{{ status }}}}"
        ),
        MessageKey.APPROVAL: About("To decide on", "To the approvers, on their card", _OF_REQUESTS),
        MessageKey.APPROVED: About(
            "Approved", "To the requester, once it is approved", _OF_DECIDED, subject=_GIVEN
        ),
        MessageKey.REJECTED: About(
            "Rejected", "To the requester, once it is rejected", _OF_DECIDED, subject=_OUTCOME
        ),
        MessageKey.EXPIRED: About(
            "Expired",
            "To the requester, when nobody has decided in time",
            _OF_REQUESTS,
            "nobody decided until {{ deadline }}",
            f"{_THING}: {{{{ status }}}}",
        ),
        MessageKey.CANCELLED: About(
            "Cancelled", "To the requester, when it cannot go on", _OF_DECIDED, subject=_OUTCOME
        ),
        MessageKey.FAILED: About(
            "Could not be set up",
            "To the requester, when what was approved could not be given",
            _OF_DECIDED | _ERROR,
            _NOT_SET_UP,
            _GIVEN,
        ),
        MessageKey.ACTIVE: About(
            "Access is there",
            "To the holder, once they have it",
            _OF_GRANTS,
            "{{ instructions }}",
            f"You have access to {_THING}",
        ),
        MessageKey.ENDS_SOON: About(
            "Ends soon",
            "To the holder, before the end",
            _OF_GRANTS,
            subject=f"Your access to {_THING} ends soon",
        ),
        MessageKey.ENDED: About(
            "Ended", "To the holder, when its time was up or they gave it back", _OF_OVER, subject=_GONE
        ),
        MessageKey.REVOKED: About(
            "Revoked", "To the holder, when somebody else took it away", _OF_OVER, subject=_GONE
        ),
        MessageKey.LIMITED: About(
            "Has an end now",
            "To the holder and the owners, when a guest’s access gets an end",
            _OF_GRANTS,
            "Guests and contractors have every access for a limited time only.",
        ),
    }
)


@dataclass(frozen=True)
class Filter:
    """What stands after a “|”: the sorts that it takes, and whether it wants a word to fall back on."""

    takes: frozenset[Sort]
    gives: Sort
    about: str
    words: int = 0


_ANY = frozenset(Sort)
_TEXT = frozenset({Sort.TEXT})

FILTERS: Mapping[str, Filter] = MappingProxyType(
    {
        "upper": Filter(_TEXT, Sort.TEXT, "in capital letters"),
        "lower": Filter(_TEXT, Sort.TEXT, "in small letters"),
        "capitalize": Filter(_TEXT, Sort.TEXT, "with a capital at its beginning"),
        "name": Filter(frozenset({Sort.PERSON}), Sort.TEXT, "a person by name, without a mention"),
        "either": Filter(frozenset({Sort.PEOPLE}), Sort.PHRASE, "people with “or” instead of “and”"),
        "date": Filter(frozenset({Sort.MOMENT}), Sort.PHRASE, "the day without the time"),
        "default": Filter(_ANY, Sort.PHRASE, "other words where there is nothing", words=1),
    }
)
"""None of them makes more of a text than it was."""
