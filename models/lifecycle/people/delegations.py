"""Standing in: who decides for somebody while they are away."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import Invalid, NotFound
from models.lifecycle import redraw
from models.lifecycle.people import absences, person_changed
from models.lifecycle.references import number_of
from models.policy.absence import day
from models.policy.facts import PersonFacts
from models.registry import directory
from models.registry.directory import Directory, names_of
from models.store.tx import SYSTEM, Tx
from models.tables import settings
from models.tables.delegations import Delegation, stood_in_for

LONGEST = timedelta(days=366)
_HOLD = "delegations"
"""The setting that whoever writes a stand-in holds, so that two at once do not close a circle."""


def today(session: Session, person_id: str, now: datetime) -> date:
    """Which day it is where this person lives."""
    return now.astimezone(_zone(Directory(session).person(person_id))).date()


def set_stand_in(tx: Tx, by: str, delegate: str, first: date, last: date) -> Delegation:
    """Have `delegate` stand in for `by` from the first day to the last, as days are where `by` lives.

    Raises Invalid with its field ("person", "first" or "last"), and the reason.
    """
    settings.hold(tx.session, _HOLD, 0)
    starts, ends = _span(tx, by, first, last)
    _must_be_able(tx, by, delegate)
    _must_be_free(tx, by, starts, ends)
    if _leads_to(tx.session, delegate, by, starts, ends, depth=0):
        name = names_of(tx.session, {delegate})[delegate]
        raise Invalid(
            f"{name} is away at that time too, and whoever stands in for them leads back to you. "
            "Choose somebody else.",
            field="person",
        )
    row = Delegation(person_id=by, delegate_id=delegate, first_day=first, last_day=last)
    row.starts_at, row.ends_at = starts, ends
    row.due_at = starts if starts > tx.now else ends
    tx.session.add(row)
    tx.session.flush()
    _record(tx, by, "delegation.set", row)
    if starts <= tx.now:
        absences.begun(tx, row, by)
    _changed(tx, row)
    return row


def remove(tx: Tx, ref: str, by: str) -> None:
    """Take a stand-in away before it begins, or before its end. Raises NotFound where it is not theirs."""
    row = tx.locked(Delegation, number_of(ref, "DG"))
    if row is None or row.person_id != by or row.due_at is None:
        raise NotFound("That is not there any more.")
    _record(tx, by, "delegation.removed", row)
    absences.over(tx, row, by)
    tx.session.delete(row)
    tx.session.flush()
    _changed(tx, row)


def turn(tx: Tx, row: Delegation) -> None:
    """An absence has begun, or is over: open stages look again whom they ask."""
    over = row.ends_at <= tx.now
    row.due_at = None if over else row.ends_at
    tx.session.flush()
    _record(tx, SYSTEM, "delegation.over" if over else "delegation.begun", row)
    (absences.over if over else absences.begun)(tx, row, SYSTEM)
    _changed(tx, row)


def _changed(tx: Tx, row: Delegation) -> None:
    """Those for whom this person stands in are looked at too: who is away stands in for nobody."""
    others = [one.person_id for one in stood_in_for(tx.session, row.person_id, tx.now)]
    for person_id in dict.fromkeys((row.person_id, *others)):
        person_changed.move_on(tx, person_id)
    redraw.refresh_homes(tx, {row.person_id, row.delegate_id})


def _span(tx: Tx, by: str, first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, where they live."""
    zone = _zone(Directory(tx.session).person(by))
    now = tx.now.astimezone(zone).date()
    if first < now:
        raise Invalid(f"{day(first, now)} is past. Begin today or later.", field="first")
    if last < first:
        raise Invalid(f"That is before {day(first, now)}, when it begins.", field="last")
    if last - first > LONGEST:
        raise Invalid("That is longer than a year. Choose an earlier day.", field="last")
    midnights = [datetime.combine(one, time(), zone) for one in (first, last + timedelta(days=1))]
    return midnights[0].astimezone(UTC), midnights[1].astimezone(UTC)


def _must_be_able(tx: Tx, by: str, delegate: str) -> None:
    directory.only_members(tx.session, by)
    person = Directory(tx.session).person(delegate)
    if delegate == by:
        raise Invalid("Choose somebody else than yourself.", field="person")
    if person is None:
        raise Invalid("That is nobody whom Keyturn knows. Choose somebody else.", field="person")
    if problem := (person.barred or ("is a guest" if person.guest else None)):
        raise Invalid(f"{person.name} {problem}, and so cannot stand in.", field="person")


def _must_be_free(tx: Tx, by: str, starts: datetime, ends: datetime) -> None:
    other = next(iter(_overlapping(tx.session, by, starts, ends)), None)
    if other is not None:
        name = names_of(tx.session, {other.delegate_id})[other.delegate_id]
        now = tx.now.date()
        raise Invalid(
            f"{name} stands in for you from {day(other.first_day, now)} to {day(other.last_day, now)} "
            "already. Remove that first, or choose other days.",
            field="first",
        )


def _overlapping(session: Session, person_id: str, starts: datetime, ends: datetime) -> list[Delegation]:
    theirs = select(Delegation).where(
        Delegation.person_id == person_id, Delegation.starts_at < ends, Delegation.ends_at > starts
    )
    return list(session.scalars(theirs.order_by(Delegation.starts_at)))


def _leads_to(session: Session, who: str, by: str, starts: datetime, ends: datetime, *, depth: int) -> bool:
    """Whether, at some moment of that time, those who stand in for `who` lead to `by`."""
    if depth > 50:  # noqa: PLR2004 - more than anybody follows; there are no circles among those there are
        return True
    for one in _overlapping(session, who, starts, ends):
        if one.delegate_id == by:
            return True
        within = max(starts, one.starts_at), min(ends, one.ends_at)
        if _leads_to(session, one.delegate_id, by, *within, depth=depth + 1):
            return True
    return False


def _zone(person: PersonFacts | None) -> ZoneInfo:
    try:
        return ZoneInfo(person.tz if person else "UTC")
    except (KeyError, ValueError, OSError):  # a name that is not there, not possible, or a folder
        return ZoneInfo("UTC")


def _record(tx: Tx, actor: str, action: str, row: Delegation) -> None:
    days = {"first_day": row.first_day.isoformat(), "last_day": row.last_day.isoformat()}
    tx.record(actor, action, row.person_id, person=row.person_id, delegate=row.delegate_id, **days)
