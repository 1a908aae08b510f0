"""How the catalogue names people, groups and accesses: U0123, ana@example.com, @oncall, payments/enter."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

_PERSON_ID = re.compile(r"[UW][A-Z0-9]{2,30}")
_GROUP_ID = re.compile(r"S[A-Z0-9]{2,30}")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{1,63}")
_HANDLE = re.compile(r"@[\w.-]{1,80}")


class ApproverRole(StrEnum):
    """Approvers who are named by what they are to the request."""

    MANAGER = "manager"
    OWNERS = "owners"
    ADMINS = "admins"


@dataclass(frozen=True)
class PersonRef:
    """A person, by id or by e-mail address; exactly one of the two is set."""

    id: str | None = None
    email: str | None = None

    def __str__(self) -> str:
        return self.id or self.email or ""


@dataclass(frozen=True)
class GroupRef:
    """A user group, by id or by handle (without its @); exactly one of the two is set."""

    id: str | None = None
    handle: str | None = None

    def __str__(self) -> str:
        return self.id or f"@{self.handle}"


ApproverRef = PersonRef | GroupRef | ApproverRole


def address_key(email: str) -> str:
    """An e-mail address as it is compared and stored: people write it in capitals or not."""
    return email.lower()


def person_key(ref: str) -> str:
    """A person as the catalogue names them (id or address), as it is compared and stored."""
    return address_key(ref) if "@" in ref else ref


def ids_among(names: Iterable[str]) -> set[str]:
    """The names that are people's ids."""
    return {name for name in names if _PERSON_ID.fullmatch(name)}


# Each entry that is read checks its names, most of which were read before.
@lru_cache(maxsize=4096)
def parse_approver(text: str) -> ApproverRef:
    """Read one entry of a stage's `approvers`.

    Raises:
        ValueError: with a sentence that says what would be right.
    """
    if text in set(ApproverRole):
        return ApproverRole(text)
    try:
        return parse_group(text)
    except ValueError:
        pass
    try:
        return parse_person(text)
    except ValueError:
        raise ValueError(
            f"“{text[:80]}” is not an approver. Use a person (U0123 or an e-mail address), a user "
            "group (S0123 or @oncall), manager, owners or admins"
        ) from None


def parse_person(text: str) -> PersonRef:
    """Read a person: an id (U… or W…) or an e-mail address.

    Raises:
        ValueError: with a sentence that says what would be right.
    """
    if _PERSON_ID.fullmatch(text):
        return PersonRef(id=text)
    if _EMAIL.fullmatch(text):
        return PersonRef(email=text)
    raise ValueError(f"“{text[:80]}” is not a person. Use an id such as U0123 or an e-mail address")


def parse_group(text: str) -> GroupRef:
    """Read a user group: an id (S…) or a handle with its @.

    Raises:
        ValueError: with a sentence that says what would be right.
    """
    if _GROUP_ID.fullmatch(text):
        return GroupRef(id=text)
    if _HANDLE.fullmatch(text):
        return GroupRef(handle=text[1:])
    raise ValueError(
        f"“{text[:80]}” is not a user group. Use an id such as S0123 or a handle such as @oncall"
    )


ALL = "*"
"""Stands for every access of an app, those included that it has later."""
MAX_ACCESSES = 100
_KEY = "[a-z0-9][a-z0-9_-]{0,39}"
_ACCESS = re.compile(f"{_KEY}/{_KEY}")
_REFERENCE = re.compile(rf"{_KEY}/({_KEY}|\*)")


def access_ref(app: str, access: str) -> str:
    """The name of an access: "payments/enter"."""
    return f"{app}/{access}"


def app_of(ref: str) -> str:
    """The app's key in the name of an access."""
    return ref.partition("/")[0]


def covers(refs: Iterable[str], ref: str) -> bool:
    """Whether one of `refs` names the access `ref`, by itself or with its whole app."""
    whole_app = access_ref(app_of(ref), ALL)
    return any(name in (ref, whole_app) for name in refs)


def _access(text: str) -> str:
    if not _ACCESS.fullmatch(text):
        raise ValueError(f"“{text[:80]}” is not an access. Write app/access, for example payments/enter")
    return text


def _reference(text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        raise ValueError(
            f"“{text[:80]}” is not an access. Write app/access, for example payments/enter, or "
            "payments/* for every access of the app"
        )
    return text


def _distinct(refs: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((ref for at, ref in enumerate(refs) if covers(refs[:at], ref)), None)
    if twice is not None:
        raise ValueError(f"“{twice}” is listed twice. Remove one")
    return refs


AccessRefs = Annotated[
    tuple[Annotated[str, AfterValidator(_reference)], ...],
    Field(min_length=1, max_length=MAX_ACCESSES),
    AfterValidator(_distinct),
]
"""Accesses of any apps, each as app/access or app/*."""
SingleRefs = Annotated[
    tuple[Annotated[str, AfterValidator(_access)], ...],
    Field(max_length=MAX_ACCESSES),
    AfterValidator(_distinct),
]
"""Each as app/access."""
