"""How long an access is given: whether what was asked for still stands, and an approver's change of it."""

from dataclasses import replace
from datetime import datetime

from models.durations import spoken
from models.errors import Invalid
from models.lifecycle import audit_entries, notify
from models.lifecycle.grant import end_dates
from models.lifecycle.request.plan import question_of
from models.policy import Question, check_length
from models.policy.widening import widened
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot, policy_of
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.requests import Request, Term
from models.tables.states import GrantState


def still_possible(case: Case, request: Request) -> None:
    """Raise Invalid where what was asked for became impossible while the request waited."""
    term = Term.from_json(request.term)
    if term.end is not None and term.end <= case.now:
        raise Invalid("The end that was asked for has passed. Choose another with Modify duration.")
    person = Directory(case).person(request.beneficiary_id)
    if term.indefinite and person is not None and (what := person.temporary):
        raise Invalid(f"{person.name} is {what} by now and needs an end. Choose one with Modify duration.")


def change(out: Outcome, request: Request, by: str, term: Term) -> Request:
    """Give it for another time than was asked for, as an approver wants; raises Invalid (field "term")."""
    case, snapshot = out.case, policy_of(out.case, request.policy)
    _within_maximum(case, request, snapshot, term)
    _not_wider(case, request, snapshot, term)
    extended = case.get(Grant, request.grant_id) if request.grant_id else None
    if extended is not None and extended.state is GrantState.ACTIVE:
        end_dates.must_be_later(extended, term)
    before = request.term
    request = out.change(request, term=term.to_json(), over_max=False)
    audit_entries.of_request(out, request, by, "request.term_changed", before=before, after=request.term)
    notify.term_changed(out, request, by, before)
    return request


def _within_maximum(case: Case, request: Request, snapshot: Snapshot, term: Term) -> None:
    person = Directory(case).person(request.beneficiary_id)
    length = check_length(
        snapshot.policy,
        term.length,
        term.start,
        term.end,
        case.now,
        temporary=bool(person and person.temporary),
        emergency=request.emergency,
    )
    if not length.ok:
        raise Invalid(length.message, field="term")
    longest = snapshot.policy.max_duration
    if length.over_max and longest is not None:
        raise Invalid(f"The longest for {request.app_name} is {spoken(longest)}. Choose less.", field="term")


def _not_wider(case: Case, request: Request, snapshot: Snapshot, term: Term) -> None:
    """Raise Invalid where a rule would have refused so long a time, or others would have been asked.

    By the moment of the submission, except for how long it still is from now.
    """
    question = replace(question_of(request, snapshot, case.now), at=request.created_at)
    asked = _for(question, Term.from_json(request.asked_term), request.created_at)
    if obstacle := widened(asked, _for(question, term, case.now), Directory(case)):
        raise Invalid(obstacle, field="term")


def _for(question: Question, term: Term, now: datetime) -> Question:
    length = term.length or (term.end - (term.start or now) if term.end else None)
    return replace(question, duration=length, starts_at=term.start)
