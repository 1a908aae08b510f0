"""Change a duration: by an approver at the decision, or shorter by the requester or holder."""

from dataclasses import replace
from datetime import datetime

from models.catalogue.spec import OverMax
from models.errors import Closed, Invalid, NotAllowed
from models.lifecycle import redraw, transitions
from models.lifecycle.grant import end_dates
from models.lifecycle.request.plan import question_of
from models.policy import Question, check_duration
from models.policy.decide import longer_duration_obstacle
from models.registry.by_reference import lock_grant, lock_request, number_of
from models.registry.directory import Directory
from models.registry.permissions import can_use
from models.registry.policy_snapshot import Snapshot, policy_of
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import is_a
from models.tables.grants import Grant
from models.tables.requests import Request, Term
from models.tables.states import GrantState, RequestState


def still_possible(case: Case, request: Request) -> None:
    """Raise Invalid where what was asked for became impossible while the request waited."""
    term = Term.from_json(request.term)
    if term.end is not None and term.end <= case.now:
        raise Invalid("The end that was asked for has passed. Choose another with Modify duration.")
    person = Directory.of(case).person(request.beneficiary_id) if term.indefinite else None
    if person is not None and (what := person.temporary):
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
    transitions.of_request(out, request, by, "request.term_changed", before=before, after=request.term)
    redraw.term_changed(out, request, by, before)
    return request


def _within_maximum(case: Case, request: Request, snapshot: Snapshot, term: Term) -> None:
    person = Directory(case).person(request.beneficiary_id)
    length = check_duration(
        snapshot.policy.model_copy(update={"over_max": OverMax.REFUSE}),  # approvers keep to the maximum
        term.length,
        term.start,
        term.end,
        case.now,
        temporary=bool(person and person.temporary),
        emergency=request.emergency,
    )
    if not length.ok:
        raise Invalid(length.message, field="term")


def _not_wider(case: Case, request: Request, snapshot: Snapshot, term: Term) -> None:
    """Raise Invalid where a rule would have refused so long a time, or others would have been asked.

    By the moment of the submission, except for how long it still is from now.
    """
    question = replace(question_of(request, snapshot, case.now), at=request.created_at)
    asked = _for(question, Term.from_json(request.asked_term), request.created_at)
    if obstacle := longer_duration_obstacle(asked, _for(question, term, case.now), Directory(case)):
        raise Invalid(obstacle, field="term")


def _for(question: Question, term: Term, now: datetime) -> Question:
    length = term.length or (term.end - (term.start or now) if term.end else None)
    return replace(question, duration=length, starts_at=term.start)


def may_use_less(case: Case, ref: str, by: str) -> Request | Grant:
    """Look whether this person may shorten a request (AR-1) or an access (GR-1).

    Raises NotAllowed, or Closed where there is nothing left to shorten.
    """
    return _grant(case, ref, by) if ref.startswith("GR-") else _request(case, ref, by)


def use_less(out: Outcome, ref: str, by: str, term: Term) -> None:
    """Shorten it to `term`; an access's `length` counts from now.

    What was approved for longer stays approved, since this is less. Raises as `may_use_less` does, and
    Invalid (field "term") where it is not shorter.
    """
    row = may_use_less(out.case, ref, by)
    if is_a(row, Grant):
        _end_sooner(out, row, by, term)
    elif is_a(row, Request):
        _ask_for_less(out, row, by, term)


def shorter(term: Term, than: Term) -> bool:
    """Whether a term gives less than another, whenever both begin. A length and an end are not compared."""
    if than.length is not None:
        return term.length is not None and term.length < than.length
    if than.end is not None:
        return term.end is not None and term.end < than.end
    return not term.indefinite


def _request(case: Case, ref: str, by: str) -> Request:
    request = lock_request(case, ref)
    if by != request.requester_id:
        raise NotAllowed("Only the person who asked can ask for less.")
    if request.state is not RequestState.PENDING:
        raise Closed(f"{request.ref} is {request.state.label.lower()} already.")
    return request


def _grant(case: Case, ref: str, by: str) -> Grant:
    end_dates.hold(case, number_of(ref, "GR"))  # before the grant, as whoever decides on it does
    grant = lock_grant(case, ref)
    if not can_use(case, grant, by):
        raise NotAllowed("Only the person who has this access can let it end sooner.")
    if grant.state is not GrantState.ACTIVE:
        raise Closed(f"{grant.access_name} is {grant.state.label.lower()}, so there is nothing to shorten.")
    if extension := end_dates.waiting(case, grant):
        raise NotAllowed(f"More time is asked for in {extension.ref}. Withdraw that first.")
    return grant


def _ask_for_less(out: Outcome, request: Request, by: str, term: Term) -> None:
    before = Term.from_json(request.term)
    term = replace(term, start=before.start)
    if not shorter(term, before):
        raise Invalid("That is not less than what would be given. Choose less.", field="term")
    over_max = _over_max(out.case, request, term)
    extended = out.case.get(Grant, request.grant_id) if request.grant_id else None
    if extended is not None and extended.state is GrantState.ACTIVE:
        end_dates.must_be_later(extended, term)
    request = out.change(request, term=term.to_json(), over_max=over_max)
    transitions.of_request(out, request, by, "request.shortened", before=before.to_json(), after=request.term)
    redraw.redraw_request(out, request)


def _over_max(case: Case, request: Request, term: Term) -> bool:
    """Whether it is above the usual maximum even so; raises Invalid where it cannot be."""
    start = term.start if term.start is not None and term.start > case.now else None
    policy = policy_of(case, request.policy).policy
    length = check_duration(policy, term.length, start, term.end, case.now)
    if not length.ok:
        raise Invalid(length.message, field="term")
    return length.over_max


def _end_sooner(out: Outcome, grant: Grant, by: str, term: Term) -> None:
    end = _end_of(term, out.now)
    if end is None or (grant.ends_at is not None and end >= grant.ends_at):
        raise Invalid("It ends before that already. Choose an earlier end.", field="term")
    if end <= out.now:
        raise Invalid("That has passed. Choose a later end, or press Give back.", field="term")
    end_dates.shorten(out, grant, by, end)


def _end_of(term: Term, now: datetime) -> datetime | None:
    return term.end if term.length is None else now + term.length
