"""Look up people, groups, admins and delegates in the tables, and keep what Slack says of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from models.catalogue.spec.references import address_key, parse_person
from models.errors import NotAllowed
from models.policy.facts import Delegate, GroupFacts, PersonFacts
from models.registry.apps import REVISION
from models.registry.directory_overrides import FileOverrides, TableOverrides
from models.statements import among, row_type
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import Base
from models.tables.catalogue import Part
from models.tables.people import ABSENCES, ROLES, Delegation, Person, Role, RoleName, UserGroup
from models.tables.workspace import Setting


def delegates_at(case: Case, at: datetime) -> dict[str, Delegate]:
    """The delegates at that moment, by the id of the person who is away."""
    if case.before.get(Delegation):
        return _running(case, at)
    return case.keep(("stand-ins", at), lambda: _running(case, at))


def absences_of(case: Case, person_id: str, starts: datetime, ends: datetime) -> list[Delegation]:
    """The absences of one person that overlap this time, in order."""
    absences = (absence for absence in case.all(ABSENCES) if absence.person_id == person_id)
    overlapping = (absence for absence in absences if absence.starts_at < ends and absence.ends_at > starts)
    return sorted(overlapping, key=lambda absence: absence.starts_at)


def absences_covered_by(case: Case, person_id: str, at: datetime) -> list[Delegation]:
    """The absences in which this person is the delegate, now or later, in order."""
    theirs = (
        absence for absence in case.all(ABSENCES) if absence.delegate_id == person_id and absence.ends_at > at
    )
    return sorted(theirs, key=lambda absence: absence.starts_at)


def _running(case: Case, at: datetime) -> dict[str, Delegate]:
    return {
        absence.person_id: Delegate(absence.delegate_id, absence.last_day)
        for absence in case.all(ABSENCES)
        if absence.starts_at <= at < absence.ends_at
    }


_BY_EMAIL = select(Person).where(Person.email == bindparam("email"))
_BY_HANDLE = select(UserGroup).where(UserGroup.handle == bindparam("handle"))
_CHECKED = select(Person.id, Person.checked_at).where(among(Person.id, "people"))
_ANOTHER = (
    select(Person.id).where(Person.active, Person.id != bindparam("person")).order_by(Person.id).limit(1)
)

PERSON_UNKNOWN = "Slack isn't saying who you are right now, so nothing was changed. Try again in a moment."
"""For somebody who would decide and was never looked up: they may be a guest, or of another company."""


class Directory:
    """Implements the policy's `Who` over the tables; remembers whom it has looked up."""

    @classmethod
    def of(cls, case: Case) -> "Directory":
        """The one that all questions of a case share, so that a set of them looks everybody up once.

        A unit that changes people has a new one for each.
        """
        changed = case.before.get
        if changed(Person) or changed(Part) or REVISION in changed(Setting, ()):
            return cls(case)
        return case.keep("directory", lambda: cls(case))

    def __init__(self, case: Case, listing: TableOverrides | FileOverrides | None = None) -> None:
        """`listing` replaces the directory table as it stands now."""
        self._case = case
        self._people: dict[str, tuple[Person | None, PersonFacts | None]] = {}
        self._listing = listing or TableOverrides(case)

    def look_up(self, person_ids: Iterable[str]) -> None:
        self._case.hand(Person, person_ids)

    def person(self, person_id: str) -> PersonFacts | None:
        row = self._case.get(Person, person_id)
        known = self._people.get(person_id)
        if known is None or known[0] is not row:  # locked meanwhile, it may have been read anew
            known = row, None if row is None or row.nobody else self._facts(row)
            self._people[person_id] = known
        return known[1]

    def is_missing(self, person_id: str) -> bool:
        row = self._case.get(Person, person_id)
        return row is not None and row.nobody

    def by_email(self, email: str) -> PersonFacts | None:
        row = _with_email(self._case, address_key(email))
        return None if row is None else self._facts(row)

    def group(self, ref: str) -> GroupFacts | None:
        """By id, or by handle written with or without its @."""
        row = group_row(self._case, ref)
        if row is None or not row.enabled:
            return None
        return GroupFacts(id=row.id, handle=row.handle, name=row.name, members=tuple(row.members))

    def admins(self) -> tuple[str, ...]:
        return tuple(role.person_id for role in self._case.all(ROLES, RoleName.WORKSPACE_ADMIN))

    def delegate_of(self, person_id: str, at: datetime) -> Delegate | None:
        return delegates_at(self._case, at).get(person_id)

    def is_admin(self, person_id: str) -> bool:
        """Whether this person is a workspace admin and, as far as is known, may be one."""
        if person_id not in self.admins():
            return False
        person = self.person(person_id)
        return person.unfit is None if person else not self.is_missing(person_id)

    def manager_named(self, person_id: str) -> str:
        """The manager that the directory table names for a person, as written there; empty where none."""
        row = self._case.get(Person, person_id)
        return "" if row is None else self._listing.of(row).manager

    def _facts(self, row: Person) -> PersonFacts:
        entry = self._listing.of(row)
        return entry.over(facts_of(row), self._id_of(entry.manager))

    def _id_of(self, named: str) -> str | None:
        if not named:
            return None
        ref = parse_person(named)
        if ref.id:
            return ref.id
        row = _with_email(self._case, address_key(named))
        return None if row is None else row.id


def facts_of(row: Person) -> PersonFacts:
    """A person's row as the policy sees it."""
    return PersonFacts(
        id=row.id,
        name=row.name,
        email=row.email,
        active=row.active,
        guest=row.guest,
        stranger=row.stranger,
        bot=row.bot,
        manager_id=row.manager_id,
        title=row.title,
        department=row.department,
        tz=row.timezone,
    )


def _with_email(case: Case, email: str) -> Person | None:
    """The person with this address (in small letters), active ones first."""
    stored: list[Person] = case.keep(("e-mail", email), lambda: case.read(_BY_EMAIL, email=email))
    rows = [row for row in stored if row.id not in case.before.get(Person, {})]
    rows += [row for row in case.changed(Person) if row.email == email]
    return min(rows, key=lambda row: (not row.active, row.id), default=None)


def group_row(case: Case, ref: str) -> UserGroup | None:
    """A user group's row, by id or by handle, switched off or not."""
    row = None if ref.startswith("@") else case.get(UserGroup, ref)
    return row or _with_handle(case, ref.removeprefix("@"))


def _with_handle(case: Case, handle: str) -> UserGroup | None:
    stored: list[UserGroup] = case.keep(("handle", handle), lambda: case.read(_BY_HANDLE, handle=handle))
    rows = [row for row in stored if row.id not in case.before.get(UserGroup, {})]
    rows += [row for row in case.changed(UserGroup) if row.handle == handle]
    return min(rows, key=lambda row: row.id, default=None)


def only_members(case: Case, person_id: str) -> None:
    """Refuse whoever is known to be no member of this workspace (any more), and bots.

    Raises:
        NotAllowed: `person_id` is one of them.
    """
    person = case.get(Person, person_id)
    if person is not None and facts_of(person).barred:
        raise NotAllowed("Only people of this workspace can do that.")


def is_known(case: Case, person_id: str) -> bool:
    """Whether Slack has ever said who this is."""
    row = case.get(Person, person_id)
    return row is not None and not row.nobody


def names_of(case: Case, ids: Iterable[str]) -> dict[str, str]:
    """People's names by id; somebody unknown is called by their id."""
    wanted = set(ids)
    case.hand(Person, wanted)
    rows = ((person_id, case.get(Person, person_id)) for person_id in wanted)
    return {person_id: row.name if row is not None and row.name else person_id for person_id, row in rows}


def another_person(case: Case, person_id: str) -> str | None:
    """The id of some other active person; None where nobody else is known."""
    found: list[str] = case.read(_ANOTHER, person=person_id)
    return found[0] if found else None


def checked_at(case: Case, ids: Iterable[str]) -> dict[str, datetime]:
    """When each of these people was looked up last; without those who never were."""
    return dict(case.read(_CHECKED, people=list(ids)))


def stale(case: Case, ids: set[str], since: datetime) -> set[str]:
    """Those of these people that were never looked up, or not since then."""
    # A moment in the future does not count: the clock was set back since.
    known = checked_at(case, ids)
    return {
        person_id for person_id in ids if person_id not in known or not since <= known[person_id] <= case.now
    }


def appoint(out: Outcome, person_ids: list[str], by: str) -> None:
    """Make these people workspace admins, where they are not yet."""
    for person_id in person_ids:
        if out.case.get(Role, (person_id, RoleName.WORKSPACE_ADMIN)) is None:
            out.add(Role, person_id=person_id, role=RoleName.WORKSPACE_ADMIN, given_at=out.now, given_by=by)
            out.record(by, "role.given", person_id, person=person_id, role=RoleName.WORKSPACE_ADMIN.value)


def set_admins(out: Outcome, person_ids: list[str], by: str) -> None:
    """Make exactly these people workspace admins, of those whom `by` appoints. None changes nothing."""
    appoint(out, person_ids, by)
    for role in out.case.all(ROLES, RoleName.WORKSPACE_ADMIN) if person_ids else ():
        if role.given_by == by and role.person_id not in person_ids:
            out.remove(role)
            out.record(by, "role.taken", role.person_id, person=role.person_id, role=role.role.value)


def unknown_person(person_id: str) -> Person:
    """The row of an id that a catalogue names and Slack does not know."""
    row: Person = row_type(Person)(
        id=person_id, name="", handle="", email="", title="", department="", timezone="UTC", manager_id=None,
        guest=False, stranger=False, bot=False, active=False, checked_at=None,
    )  # fmt: skip
    return row


def remember_profile(out: Outcome, person_id: str, *, manager_id: str | None, department: str) -> None:
    """Keep what a person's profile says of their manager and department."""
    row = out.case.get(Person, person_id)
    if row is not None:
        out.change(row, manager_id=manager_id, department=department[:200])


def remember_people(out: Outcome, people: Iterable[Person]) -> None:
    """Keep what Slack says of these people now, whole. `checked_at` is set here."""
    # In one order, so that two processes that save the same people do not deadlock.
    for person in sorted(people, key=lambda person: person.id):
        _put_person(out, _columns(Person, person))


def remember_account(out: Outcome, person: Person) -> None:
    """Keep what Slack says of somebody's account now.

    Manager and department stand elsewhere in Slack (`remember_profile`): what is known of them stays.
    """
    values = _columns(Person, person)
    known = out.case.get(Person, person.id)
    if known is not None:
        values |= {"manager_id": known.manager_id, "department": known.department}
    _put_person(out, values)


def remember_group(out: Outcome, group: UserGroup) -> None:
    """Keep what Slack says of a user group and its members now. `checked_at` is set here."""
    out.put(UserGroup, **_columns(UserGroup, group), checked_at=out.now)


def _put_person(out: Outcome, values: dict[str, Any]) -> None:
    email = address_key(str(values.pop("email", "")))
    out.put(Person, **values, email=email, checked_at=out.now)


def _columns(table: type[Base], row: Base) -> dict[str, Any]:
    """A row's values by column, except `checked_at`; what is None has its default, or stays."""
    values = {column.key: getattr(row, column.key) for column in table.__table__.columns}
    del values["checked_at"]
    return {
        name: value for name, value in values.items() if value is not None or table.__table__.c[name].nullable
    }
