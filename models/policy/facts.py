"""The input of the policy: a request, the people and groups it concerns, what the beneficiary holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Protocol
from zoneinfo import ZoneInfo

from models.catalogue.spec import AccessPolicy, AccessSpec, AppSpec, RequestKind, effective_policy
from models.catalogue.spec.conflicts import ConflictSpec
from models.catalogue.spec.references import access_ref, address_key


class HoldingState(StrEnum):
    """Whether somebody has an access already, or is about to have it."""

    HAS = "has"
    SCHEDULED = "scheduled"
    """Approved, and it begins later."""
    COMING = "coming"
    """Approved, and being granted."""
    GOING = "going"
    """Being revoked, and perhaps still there."""
    PENDING = "pending"
    """Requested separately, and not decided."""
    SAME_TIME = "same time"
    """Requested in the same submission."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One access that somebody has, or is about to have."""

    access: str
    """As conflicts name it: "payments/enter"."""
    title: str
    """What people call it: "Payments, Enter"."""
    state: HoldingState = HoldingState.HAS
    at: datetime | None = None
    """When it ends; of a scheduled one, when it begins. None: open."""


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
    """A member of another company's workspace."""
    bot: bool = False
    manager_id: str | None = None
    title: str = ""
    department: str = ""
    tz: str = "UTC"

    @property
    def zone(self) -> ZoneInfo:
        """Their time zone; UTC where Slack says none, or one that this machine doesn't know."""
        try:
            return ZoneInfo(self.tz)
        except (KeyError, ValueError, OSError):  # a name that is not there, not possible, or a folder
            return ZoneInfo("UTC")

    @property
    def temporary(self) -> str:
        """Why all their access has to have an end: "a guest", "a contractor"; else empty."""
        return "a guest" if self.guest else "a contractor" if self.contractor else ""

    @property
    def barred(self) -> str | None:
        """Why this person neither requests nor decides anything, to follow their name; None if they may."""
        if not self.active:
            return "is deactivated"
        if self.bot:
            return "is a bot"
        return "is not part of this company" if self.stranger else None

    @property
    def unfit(self) -> str | None:
        """Why this person holds no role (admin, owner, approver, delegate, task worker).

        In words that follow their name; None if they may. With `barred` the one predicate of good standing.
        """
        return self.barred or ("is a guest" if self.guest else None)


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """One user group and the ids of its members; `handle` is without its @."""

    id: str
    handle: str
    name: str = ""
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delegate:
    """Who decides for an approver who is out of office."""

    person_id: str
    last_day: date
    """Of the absence, in the absent person's time zone."""


class PeopleDirectory(Protocol):
    """Looks up people, user groups and delegates as they are now. None stands for what is not known."""

    def person(self, person_id: str, /) -> PersonFacts | None: ...

    def look_up(self, person_ids: Iterable[str], /) -> None:
        """Read these people in one go, before `person` is called for each."""
        ...

    def is_missing(self, person_id: str, /) -> bool:
        """Whether there is certainly nobody by this id; False also for an id that was never looked up."""
        ...

    def by_email(self, email: str, /) -> PersonFacts | None: ...

    def group(self, ref: str, /) -> GroupFacts | None:
        """By id (S0123), or by handle written with its @."""
        ...

    def admins(self) -> tuple[str, ...]: ...

    def delegate_of(self, person_id: str, at: datetime, /) -> Delegate | None:
        """The delegate of this person at that moment (aware); None while they are not out of office."""
        ...


class Company:
    """A `PeopleDirectory` in memory: for examples of a policy, and for tests."""

    def __init__(
        self,
        people: Iterable[PersonFacts],
        groups: Iterable[GroupFacts] = (),
        admins: Iterable[str] = (),
        away: Mapping[str, Delegate] | None = None,
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

    def is_missing(self, person_id: str, /) -> bool:
        return person_id not in self._people

    def by_email(self, email: str, /) -> PersonFacts | None:
        return self._emails.get(address_key(email))

    def group(self, ref: str, /) -> GroupFacts | None:
        return self._groups.get(ref)

    def admins(self) -> tuple[str, ...]:
        return self._admins

    def delegate_of(self, person_id: str, at: datetime, /) -> Delegate | None:
        return self._away.get(person_id)


@dataclass(frozen=True)
class Question:
    """A request for one access, as the policy sees it. `at` is now (aware), the moment conditions look at."""

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
    """What the beneficiary has, has requested, and requests at the same time."""
    conflicts: tuple[ConflictSpec, ...] = ()
    """The catalogue's conflicts."""

    @cached_property
    def policy(self) -> AccessPolicy:
        """The policy of this access."""
        return effective_policy(self.app, self.access)

    @property
    def on_behalf(self) -> bool:
        """Whether it is a request for someone else."""
        return self.requester != self.beneficiary

    @property
    def ref(self) -> str:
        """The access, as conflicts name it."""
        return access_ref(self.app.key, self.access.key)

    @property
    def people(self) -> tuple[str, ...]:
        """Requester and beneficiary, once each."""
        return tuple(dict.fromkeys((self.requester, self.beneficiary)))
