"""Who is who, as the policy asks it, answered from the tables."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.catalogue.approvers import parse_person
from models.errors import NotAllowed
from models.inserts import add_if_new
from models.policy.facts import GroupFacts, PersonFacts, StandIn
from models.registry.directory_overrides import Drafted, Listing
from models.store.tx import Tx
from models.tables import delegations
from models.tables.people import Person, Role, RoleName, UserGroup

# Every story and every decision asks these. A statement that is made once costs half of one made anew.
_ADMINS = select(Role.person_id).where(Role.role == RoleName.WORKSPACE_ADMIN).order_by(Role.person_id)
_PEOPLE = select(Person).where(Person.id.in_(bindparam("people", expanding=True)))
_FRESH = select(Person.id).where(
    Person.id.in_(bindparam("people", expanding=True)), Person.checked_at >= bindparam("since")
)
_BY_EMAIL = select(Person).where(Person.email == bindparam("email")).order_by(Person.active.desc())

UNMET = "Slack does not say just now who you are, so nothing was changed. Try again in a moment."
"""To somebody who would decide and was never looked up: they may be a guest, or of another company."""


class Directory:
    """The `Who` of one question or a few: whom it has looked up, it remembers."""

    def __init__(self, session: Session, listing: Listing | Drafted | None = None) -> None:
        """`listing` is what the directory table says, where not what it says now counts."""
        self._session = session
        self._people: dict[str, PersonFacts | None] = {}
        self._away: dict[datetime, dict[str, StandIn]] = {}
        self._listing = listing or Listing(session)

    def look_up(self, person_ids: Iterable[str]) -> None:
        """Read these people in one go, where they are soon asked for one by one."""
        if unknown := set(person_ids) - self._people.keys():
            read = {row.id: row for row in self._session.scalars(_PEOPLE, {"people": list(unknown)})}
            self._people |= {one: self._somebody(read.get(one)) for one in unknown}

    def person(self, person_id: str) -> PersonFacts | None:
        if person_id not in self._people:
            self._people[person_id] = self._somebody(self._session.get(Person, person_id))
        return self._people[person_id]

    def missing(self, person_id: str) -> bool:
        row = self._session.get(Person, person_id)
        return row is not None and row.nobody

    def by_email(self, email: str) -> PersonFacts | None:
        row = self._by_email(email)
        return None if row is None else self._facts(row)

    def group(self, ref: str) -> GroupFacts | None:
        """By id, or by handle written with or without its @."""
        row = group_row(self._session, ref)
        if row is None or not row.enabled:
            return None
        return GroupFacts(id=row.id, handle=row.handle, name=row.name, members=tuple(row.members))

    def admins(self) -> tuple[str, ...]:
        return tuple(self._session.scalars(_ADMINS))

    def stand_in(self, person_id: str, at: datetime) -> StandIn | None:
        if at not in self._away:
            self._away[at] = {
                one.person_id: StandIn(one.delegate_id, one.last_day)
                for one in delegations.running(self._session, at)
            }
        return self._away[at].get(person_id)

    def is_admin(self, person_id: str) -> bool:
        """Whether this person configures Keyturn, and may use Slack at all."""
        row = self._session.get(Person, person_id)
        return person_id in self.admins() and (row is None or row.active)

    def manager_named(self, person_id: str) -> str:
        """Whom the directory table names as their manager, as written there; empty where it names none."""
        row = self._session.get(Person, person_id)
        return "" if row is None else self._listing.of(row).manager

    def _somebody(self, row: Person | None) -> PersonFacts | None:
        return None if row is None or row.nobody else self._facts(row)

    def _facts(self, row: Person) -> PersonFacts:
        said = self._listing.of(row)
        return said.over(facts_of(row), self._id_of(said.manager))

    def _id_of(self, named: str) -> str | None:
        if not named:
            return None
        ref = parse_person(named)
        if ref.id:
            return ref.id
        row = self._by_email(named)
        return None if row is None else row.id

    def _by_email(self, email: str) -> Person | None:
        return self._session.scalars(_BY_EMAIL, {"email": email.lower()}).first()


def facts_of(row: Person) -> PersonFacts:
    """What Slack says of somebody, as the policy sees it."""
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


def only_members(session: Session, person_id: str) -> None:
    """Raises NotAllowed for whoever is known to be no (or no more) member of this workspace, and for bots."""
    person = session.get(Person, person_id)
    if person is not None and facts_of(person).barred:
        raise NotAllowed("Only people of this workspace can do that.")


def appoint(tx: Tx, person_ids: list[str], by: str) -> None:
    """Make these people workspace admins, where they are not yet."""
    for person_id in person_ids:
        role = Role(person_id=person_id, role=RoleName.WORKSPACE_ADMIN, given_at=tx.now, given_by=by)
        if add_if_new(tx.session, role):
            tx.record(by, "role.given", person_id, person=person_id, role=RoleName.WORKSPACE_ADMIN.value)


def administer(tx: Tx, person_ids: list[str], by: str) -> None:
    """Make exactly these people workspace admins, of those whom `by` appoints. None changes nothing."""
    appoint(tx, person_ids, by)
    theirs = select(Role).where(Role.role == RoleName.WORKSPACE_ADMIN, Role.given_by == by)
    for role in tx.session.scalars(theirs).all() if person_ids else ():
        if role.person_id not in person_ids:
            tx.session.delete(role)
            tx.record(by, "role.taken", role.person_id, person=role.person_id, role=role.role.value)


def group_row(session: Session, ref: str) -> UserGroup | None:
    """A user group's row, by id or by handle, switched off or not."""
    by_handle = select(UserGroup).where(UserGroup.handle == ref.removeprefix("@"))
    return session.get(UserGroup, ref) or session.scalars(by_handle).first()


def is_known(session: Session, person_id: str) -> bool:
    """Whether Slack has ever told who this is."""
    row = session.get(Person, person_id)
    return row is not None and not row.nobody


def nobody(person_id: str) -> Person:
    """What is kept of an id that a catalogue names and Slack does not know."""
    return Person(
        id=person_id, name="", handle="", email="", title="", department="", timezone="UTC", manager_id=None,
        guest=False, stranger=False, bot=False, active=False,
    )  # fmt: skip


def remember_profile(tx: Tx, person_id: str, *, manager_id: str | None, department: str) -> None:
    """Keep what a person's profile says of their manager and department."""
    row = tx.session.get(Person, person_id)
    if row is not None:
        row.manager_id, row.department = manager_id, department[:200]


def remember(tx: Tx, people: list[Person]) -> None:
    """Keep what Slack says of these people now."""
    # In one order, so that two who look up the same people do not wait for each other.
    for person in sorted(people, key=lambda one: one.id):
        person.checked_at, person.email = tx.now, person.email.lower()
        _keep(tx, person)


def remember_group(tx: Tx, group: UserGroup) -> None:
    """Keep what Slack says of a user group and its members now."""
    group.checked_at = tx.now
    _keep(tx, group)


def _keep(tx: Tx, row: Person | UserGroup) -> None:
    if tx.session.get(type(row), row.id) is None:
        add_if_new(tx.session, row)
    tx.session.merge(row)


def names_of(session: Session, ids: set[str]) -> dict[str, str]:
    """People's names by id; somebody unknown is called by their id."""
    known = {row.id: row.name or row.id for row in session.scalars(_PEOPLE, {"people": list(ids)})}
    return {person_id: known.get(person_id, person_id) for person_id in ids}


def anybody_but(session: Session, person_id: str) -> str | None:
    """Somebody else who may use Slack; None where nobody else is known."""
    found = select(Person.id).where(Person.active, Person.id != person_id).order_by(Person.id).limit(1)
    return session.scalar(found)


def stale(session: Session, ids: set[str], since: datetime) -> set[str]:
    """Those of these people that were never looked up, or not since then."""
    return ids - set(session.scalars(_FRESH, {"people": list(ids), "since": since}))
