"""What the policy is asked: a request, the people and groups it concerns, what the beneficiary holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from models.catalogue.spec import AccessPolicy, AccessSpec, AppSpec, RequestKind, effective
from models.catalogue.spec.conflicts import ConflictSpec
from models.catalogue.spec.references import access_ref


class Hold(StrEnum):
    """How somebody is related to an access."""

    HAS = "has"
    SCHEDULED = "scheduled"
    """Approved, and it begins later."""
    COMING = "coming"
    """Approved, and being given."""
    GOING = "going"
    """Being taken, and perhaps still there."""
    PENDING = "pending"
    """Asked for in another request, and not decided."""
    SAME_TIME = "same time"
    """Asked for in the same submission."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One access that somebody has, or is about to have."""

    access: str
    """As conflicts name it: "payments/enter"."""
    title: str
    """How people call it: "Payments, Enter"."""
    how: Hold = Hold.HAS
    at: datetime | None = None
    """When it ends; of a scheduled one, when it begins. None: open."""


def address_key(email: str) -> str:
    """An e-mail address as it is compared and stored: people write it in capitals or not."""
    return email.lower()


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One person, as they are now."""

    id: str
    name: str
    email: str = ""
    active: bool = True
    guest: bool = False
    contractor: bool = False
    """As the directory table of the catalogue says; Slack does not know."""
    stranger: bool = False
    """Somebody of another company."""
    bot: bool = False
    manager_id: str | None = None
    title: str = ""
    department: str = ""
    tz: str = "UTC"

    @property
    def temporary(self) -> str:
        """Why all their access has to have an end: "a guest", "a contractor"; else empty."""
        return "a guest" if self.guest else "a contractor" if self.contractor else ""

    @property
    def barred(self) -> str | None:
        """Why this person neither asks nor decides, whatever it is about; None if they can."""
        if not self.active:
            return "is deactivated"
        if self.bot:
            return "is a bot"
        return "is not of this company" if self.stranger else None

    @property
    def unfit(self) -> str | None:
        """Why this person holds no role (admin, owner, approver, delegate, task worker); None if they may."""
        return self.barred or ("is a guest" if self.guest else None)


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """One user group and the ids of its members; `handle` is without its @."""

    id: str
    handle: str
    name: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StandIn:
    """Who decides for somebody that is away."""

    person_id: str
    last_day: date
    """Of the absence, where the one who is away lives."""


class Who(Protocol):
    """Answers who is who. What is not known is None."""

    def person(self, person_id: str, /) -> PersonFacts | None: ...

    def look_up(self, person_ids: Iterable[str], /) -> None:
        """Read these people in one go, where they are soon asked for one by one."""
        ...

    def missing(self, person_id: str, /) -> bool:
        """Whether there is nobody by this id. Of somebody who is not known nobody may have said so yet."""
        ...

    def by_email(self, email: str, /) -> PersonFacts | None: ...

    def group(self, ref: str, /) -> GroupFacts | None:
        """By id (S0123), or by handle written with its @."""
        ...

    def admins(self) -> tuple[str, ...]: ...

    def stand_in(self, person_id: str, at: datetime, /) -> StandIn | None:
        """Who stands in for this person at that moment; None while they are not away."""
        ...


class Company:
    """A `Who` that holds everybody in memory: for examples of a policy, and for tests."""

    def __init__(
        self,
        people: Iterable[PersonFacts],
        groups: Iterable[GroupFacts] = (),
        admins: Iterable[str] = (),
        away: Mapping[str, StandIn] | None = None,
    ) -> None:
        self._people = {person.id: person for person in people}
        self._emails = {address_key(person.email): person for person in self._people.values() if person.email}
        self._groups = {ref: group for group in groups for ref in (group.id, f"@{group.handle}")}
        self._admins = tuple(admins)
        self._away = dict(away or {})

    def person(self, person_id: str, /) -> PersonFacts | None:
        return self._people.get(person_id)

    def look_up(self, person_ids: Iterable[str], /) -> None:
        """All are in memory."""

    def missing(self, person_id: str, /) -> bool:
        return person_id not in self._people

    def by_email(self, email: str, /) -> PersonFacts | None:
        return self._emails.get(address_key(email))

    def group(self, ref: str, /) -> GroupFacts | None:
        return self._groups.get(ref)

    def admins(self) -> tuple[str, ...]:
        return self._admins

    def stand_in(self, person_id: str, at: datetime, /) -> StandIn | None:
        return self._away.get(person_id)


@dataclass(frozen=True)
class Question:
    """One person asking for one access. `at` is now (aware), the moment that conditions look at."""

    requester: str
    beneficiary: str
    app: AppSpec
    access: AccessSpec
    duration: timedelta | None
    """None: without an end."""
    at: datetime
    starts_at: datetime | None = None
    kind: RequestKind = RequestKind.NEW
    emergency: bool = False
    holdings: tuple[Holding, ...] = ()
    """What the beneficiary has, has asked for, and asks for at the same time."""
    conflicts: tuple[ConflictSpec, ...] = ()
    """The rules of what nobody should have together."""

    @cached_property
    def policy(self) -> AccessPolicy:
        """What holds for this access."""
        return effective(self.app, self.access)

    @property
    def on_behalf(self) -> bool:
        """Whether somebody asks for somebody else."""
        return self.requester != self.beneficiary

    @property
    def ref(self) -> str:
        """The access, as conflicts name it."""
        return access_ref(self.app.key, self.access.key)

    @property
    def people(self) -> tuple[str, ...]:
        """Requester and beneficiary, once each: those who do not decide."""
        return tuple(dict.fromkeys((self.requester, self.beneficiary)))
