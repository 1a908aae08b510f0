"""How the catalogue names people: U0123, ana@example.com, @oncall, S0123, manager, owners, admins."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

_PERSON_ID = re.compile(r"[UW][A-Z0-9]{2,30}")
_GROUP_ID = re.compile(r"S[A-Z0-9]{2,30}")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{1,63}")
_HANDLE = re.compile(r"@[\w.-]{1,80}")


class Role(StrEnum):
    """People who are named by what they are to the request."""

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


ApproverRef = PersonRef | GroupRef | Role


def ids_among(names: Iterable[str]) -> set[str]:
    """Those of these names that are people's ids."""
    return {name for name in names if _PERSON_ID.fullmatch(name)}


# Each entry that is read checks its names, most of which were read before.
@lru_cache(maxsize=4096)
def parse_approver(text: str) -> ApproverRef:
    """Read one entry of a stage's `approvers`.

    Raises:
        ValueError: with a sentence that says what would be right.
    """
    if text in set(Role):
        return Role(text)
    try:
        return parse_group(text)
    except ValueError:
        pass
    try:
        return parse_person(text)
    except ValueError:
        raise ValueError(
            f"“{text[:80]}” names nobody. It can be a person (U0123 or an e-mail address), "
            "a user group (S0123 or @oncall), manager, owners or admins"
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
    raise ValueError(f"“{text[:80]}” is not a person. Write an id such as U0123 or an e-mail address")


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
        f"“{text[:80]}” is not a user group. Write an id such as S0123 or a handle such as @oncall"
    )
