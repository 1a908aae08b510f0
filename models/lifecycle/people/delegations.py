"""Delegates: who decides for somebody while they are away, and what timelines say of it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.errors import Invalid, NotFound
from models.lifecycle import redraw, transitions
from models.lifecycle.people import open_requests, person_changed
from models.lifecycle.request import stages
from models.policy.approvers import day_words
from models.policy.facts import PersonFacts
from models.registry import directory, settings
from models.registry.by_reference import number_of
from models.registry.directory import Directory, absences_of, names_of, stood_in_for
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.people import Delegation
from models.tables.requests import Request


def absence_begun(out: Outcome, row: Delegation, by: str) -> None:
    """Record that somebody is away from now on; before the open stages look again whom they ask."""
    for request, asked in open_requests.hold_asking(out.case, row.person_id):
        approvers = stages.current(out.case, request).now.approvers
        seats = {(candidate.person_id, candidate.on_behalf_of) for candidate in approvers}
        stands_in = (row.delegate_id, row.person_id) in seats
        # Who stood in for somebody else has no other behind them; who has decided needs nobody.
        if asked.seat_id:
            _record_absence(out, request, by, "stage.away", row, until=row.last_day.isoformat(), delegate="")
        elif stands_in or (row.person_id, "") in seats:
            about = {"delegate": row.delegate_id, "asked": stands_in}
            _record_absence(out, request, by, "stage.away", row, until=row.last_day.isoformat(), **about)


def absence_over(out: Outcome, row: Delegation, by: str) -> None:
    """Record that the absence is over, or was taken back; before the open stages look again whom they ask."""
    for request, asked in open_requests.hold_asking(out.case, row.delegate_id):
        if asked.seat_id == row.person_id:
            _record_absence(out, request, by, "stage.back", row, delegate=row.delegate_id)


def _record_absence(
    out: Outcome, request: Request, by: str, action: str, row: Delegation, **data: object
) -> None:
    transitions.of_request(out, request, by, action, position=request.position, away=row.person_id, **data)


LONGEST = timedelta(days=366)
_HOLD = "delegations"
"""The setting that whoever sets a delegate holds, so that two at once do not close a circle."""
_DEEPEST = 50
"""More than anybody follows; there are no circles among the absences there are."""


def today(case: Case, person_id: str) -> date:
    """Which day it is where this person lives."""
    return case.now.astimezone(_zone(Directory(case).person(person_id))).date()


def set_stand_in(out: Outcome, by: str, delegate: str, first: date, last: date) -> Delegation:
    """Have `delegate` stand in for `by` from the first day to the last, as days are where `by` lives.

    Raises Invalid with its field ("person", "first" or "last"), and the reason.
    """
    settings.hold(out, _HOLD, 0)
    starts, ends = _span(out.case, by, first, last)
    _must_be_able(out.case, by, delegate)
    _must_be_free(out.case, by, starts, ends)
    if _leads_to(out.case, delegate, by, starts, ends, depth=0):
        name = names_of(out.case, {delegate})[delegate]
        raise Invalid(
            f"{name} is away at that time too, and whoever stands in for them leads back to you. "
            "Choose somebody else.",
            field="person",
        )
    row = out.add(
        Delegation,
        person_id=by,
        delegate_id=delegate,
        first_day=first,
        last_day=last,
        starts_at=starts,
        ends_at=ends,
        due_at=starts if starts > out.now else ends,
    )
    _record(out, by, "delegation.set", row)
    if starts <= out.now:
        absence_begun(out, row, by)
    _recheck(out, row)
    return row


def remove(out: Outcome, ref: str, by: str) -> None:
    """Take a delegation away before it begins, or before its end. Raises NotFound where it is not theirs."""
    row = out.case.lock(Delegation, number_of(ref, "DG"))
    if row is None or row.person_id != by or row.due_at is None:
        raise NotFound("That is not there any more.")
    _record(out, by, "delegation.removed", row)
    absence_over(out, row, by)
    out.remove(row)
    _recheck(out, row)


def turn(out: Outcome, row: Delegation) -> Delegation:
    """Begin an absence, or end it: open stages look again whom they ask."""
    over = row.ends_at <= out.now
    row = out.change(row, due_at=None if over else row.ends_at)
    _record(out, SYSTEM, "delegation.over" if over else "delegation.begun", row)
    (absence_over if over else absence_begun)(out, row, SYSTEM)
    _recheck(out, row)
    return row


def _recheck(out: Outcome, row: Delegation) -> None:
    """Look again at what asks who is away, and those for whom they stand in: who is away cannot."""
    others = [other.person_id for other in stood_in_for(out.case, row.person_id, out.now)]
    for person_id in dict.fromkeys((row.person_id, *others)):
        person_changed.move_on(out, person_id)
    redraw.refresh_homes(out, {row.person_id, row.delegate_id})


def _span(case: Case, by: str, first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, where they live."""
    zone = _zone(Directory(case).person(by))
    now = case.now.astimezone(zone).date()
    if first < now:
        raise Invalid(f"{day_words(first, now)} is past. Begin today or later.", field="first")
    if last < first:
        raise Invalid(f"That is before {day_words(first, now)}, when it begins.", field="last")
    if last - first > LONGEST:
        raise Invalid("That is longer than a year. Choose an earlier day.", field="last")
    midnights = [datetime.combine(each, time(), zone) for each in (first, last + timedelta(days=1))]
    return midnights[0].astimezone(UTC), midnights[1].astimezone(UTC)


def _must_be_able(case: Case, by: str, delegate: str) -> None:
    directory.only_members(case, by)
    person = Directory(case).person(delegate)
    if delegate == by:
        raise Invalid("Choose somebody else than yourself.", field="person")
    if person is None:
        raise Invalid("That is nobody whom Keyturn knows. Choose somebody else.", field="person")
    if problem := (person.unfit):
        raise Invalid(f"{person.name} {problem}, and so cannot stand in.", field="person")


def _must_be_free(case: Case, by: str, starts: datetime, ends: datetime) -> None:
    other = next(iter(absences_of(case, by, starts, ends)), None)
    if other is not None:
        name = names_of(case, {other.delegate_id})[other.delegate_id]
        now = case.now.date()
        raise Invalid(
            f"{name} stands in for you from {day_words(other.first_day, now)} to "
            f"{day_words(other.last_day, now)} already. Remove that first, or choose other days.",
            field="first",
        )


def _leads_to(case: Case, who: str, by: str, starts: datetime, ends: datetime, *, depth: int) -> bool:
    """Whether, at some moment of that time, those who stand in for `who` lead to `by`."""
    if depth > _DEEPEST:
        return True
    for absence in absences_of(case, who, starts, ends):
        if absence.delegate_id == by:
            return True
        within = max(starts, absence.starts_at), min(ends, absence.ends_at)
        if _leads_to(case, absence.delegate_id, by, *within, depth=depth + 1):
            return True
    return False


def _zone(person: PersonFacts | None) -> ZoneInfo:
    try:
        return ZoneInfo(person.tz if person else "UTC")
    except (KeyError, ValueError, OSError):  # a name that is not there, not possible, or a folder
        return ZoneInfo("UTC")


def _record(out: Outcome, actor: str, action: str, row: Delegation) -> None:
    days = {"first_day": row.first_day.isoformat(), "last_day": row.last_day.isoformat()}
    out.record(actor, action, row.person_id, person=row.person_id, delegate=row.delegate_id, **days)
