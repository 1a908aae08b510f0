"""Set and remove delegates, who decide for somebody while they are away, and record it on requests."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.errors import Invalid, NotFound
from models.lifecycle import redraw, transitions
from models.lifecycle.people import open_requests, update_people
from models.lifecycle.request import stages
from models.policy.approvers import day_words
from models.policy.facts import PersonFacts
from models.registry import directory, settings
from models.registry.by_reference import number_of
from models.registry.directory import Directory, absences_covered_by, absences_of, names_of
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.people import Delegation
from models.tables.requests import Request


def record_absence(out: Outcome, row: Delegation, by: str) -> None:
    """Record on their requests that somebody is away from now on. Call it before stages are rechecked."""
    for request, asked in open_requests.lock_asking(out.case, row.person_id):
        approvers = stages.current_stage(out.case, request).plan.approvers
        seats = {(candidate.person_id, candidate.on_behalf_of) for candidate in approvers}
        delegated = (row.delegate_id, row.person_id) in seats
        # A delegate has no delegate behind them, and whoever has decided needs none.
        if asked.seat_id:
            _record_on_request(
                out, request, by, "stage.away", row, until=row.last_day.isoformat(), delegate=""
            )
        elif delegated or (row.person_id, "") in seats:
            about = {"delegate": row.delegate_id, "asked": delegated}
            _record_on_request(out, request, by, "stage.away", row, until=row.last_day.isoformat(), **about)


def record_return(out: Outcome, row: Delegation, by: str) -> None:
    """Record on the requests that an absence is over or removed; to be called before stages are rechecked."""
    for request, asked in open_requests.lock_asking(out.case, row.delegate_id):
        if asked.seat_id == row.person_id:
            _record_on_request(out, request, by, "stage.back", row, delegate=row.delegate_id)


def _record_on_request(
    out: Outcome, request: Request, by: str, action: str, row: Delegation, **data: object
) -> None:
    transitions.record_request(
        out, request, by, action, position=request.position, away=row.person_id, **data
    )


LONGEST_ABSENCE = timedelta(days=366)
_LOCK = "delegations"
"""The setting that is locked while a delegate is set, so that two at once do not close a circle."""
_DEEPEST = 50
"""More than anybody follows; there are no circles among the absences there are."""


def today(case: Case, person_id: str) -> date:
    """The present day where this person lives."""
    return case.now.astimezone(_zone(Directory(case).person(person_id))).date()


def set_delegate(out: Outcome, by: str, delegate: str, first: date, last: date) -> Delegation:
    """Have `delegate` decide for `by` from the first day to the last, as days are where `by` lives.

    Raises:
        Invalid: With the reason; field "person", "first" or "last".
    """
    settings.lock_setting(out, _LOCK, 0)
    starts, ends = _span(out.case, by, first, last)
    _check_delegate(out.case, by, delegate)
    _check_overlap(out.case, by, starts, ends)
    if _leads_to(out.case, delegate, by, starts, ends, depth=0):
        name = names_of(out.case, {delegate})[delegate]
        raise Invalid(
            f"{name} is out of office then too, and their delegate leads back to you. Choose someone else.",
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
        record_absence(out, row, by)
    _recheck(out, row)
    return row


def remove_delegate(out: Outcome, ref: str, by: str) -> None:
    """Remove a delegation of one's own that is not over.

    Raises:
        NotFound: It is over, or somebody else's.
    """
    row = out.case.lock(Delegation, number_of(ref, "DG"))
    if row is None or row.person_id != by or row.due_at is None:
        raise NotFound("This no longer exists.")
    _record(out, by, "delegation.removed", row)
    record_return(out, row, by)
    out.remove(row)
    _recheck(out, row)


def begin_or_end(out: Outcome, row: Delegation) -> Delegation:
    """Begin or end an absence that is due, and recheck the open stages that it concerns."""
    over = row.ends_at <= out.now
    row = out.change(row, due_at=None if over else row.ends_at)
    _record(out, SYSTEM, "delegation.over" if over else "delegation.begun", row)
    (record_return if over else record_absence)(out, row, SYSTEM)
    _recheck(out, row)
    return row


def _recheck(out: Outcome, row: Delegation) -> None:
    """Recheck what asks the person, or those whose delegate they are: who is away cannot decide."""
    others = [absence.person_id for absence in absences_covered_by(out.case, row.person_id, out.now)]
    for person_id in dict.fromkeys((row.person_id, *others)):
        update_people.recheck_approver(out, person_id)
    redraw.refresh_homes(out, {row.person_id, row.delegate_id})


def _span(case: Case, by: str, first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day to the end of the last, where the person lives.

    Raises:
        Invalid: The days are past, in the wrong order or too many; field "first" or "last".
    """
    zone = _zone(Directory(case).person(by))
    now = case.now.astimezone(zone).date()
    if first < now:
        raise Invalid(f"{day_words(first, now)} has passed. Start today or later.", field="first")
    if last < first:
        raise Invalid(f"The last day is before the first one, {day_words(first, now)}.", field="last")
    if last - first > LONGEST_ABSENCE:
        raise Invalid("That is longer than a year. Choose an earlier day.", field="last")
    midnights = [datetime.combine(each, time(), zone) for each in (first, last + timedelta(days=1))]
    return midnights[0].astimezone(UTC), midnights[1].astimezone(UTC)


def _check_delegate(case: Case, by: str, delegate: str) -> None:
    directory.only_members(case, by)
    person = Directory(case).person(delegate)
    if delegate == by:
        raise Invalid("You can't be your own delegate. Choose someone else.", field="person")
    if person is None:
        raise Invalid("Keyturn doesn't know this person. Choose someone else.", field="person")
    if problem := (person.unfit):
        raise Invalid(
            f"{person.name} {problem}, so they can't be a delegate. Choose someone else.", field="person"
        )


def _check_overlap(case: Case, by: str, starts: datetime, ends: datetime) -> None:
    other = next(iter(absences_of(case, by, starts, ends)), None)
    if other is not None:
        name = names_of(case, {other.delegate_id})[other.delegate_id]
        now = case.now.date()
        raise Invalid(
            f"{name} is already your delegate from {day_words(other.first_day, now)} to "
            f"{day_words(other.last_day, now)}. Remove that first, or choose other days.",
            field="first",
        )


def _leads_to(case: Case, who: str, by: str, starts: datetime, ends: datetime, *, depth: int) -> bool:
    """Whether, at some moment of that time, the delegates of `who` lead to `by`."""
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
    return person.zone if person else ZoneInfo("UTC")


def _record(out: Outcome, actor: str, action: str, row: Delegation) -> None:
    days = {"first_day": row.first_day.isoformat(), "last_day": row.last_day.isoformat()}
    out.record(actor, action, row.person_id, person=row.person_id, delegate=row.delegate_id, **days)
