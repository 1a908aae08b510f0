"""Change a duration: by an approver at the decision, or shorter by requester or holder."""

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


def refuse_impossible(case: Case, request: Request) -> None:
    """Refuse a duration that became impossible while the request waited.

    Raises:
        Invalid: The end has passed, or the beneficiary is a guest or contractor by now and needs one.
    """
    term = Term.from_json(request.term)
    if term.end is not None and term.end <= case.now:
        raise Invalid("The requested end has passed. Choose a new one with Modify duration.")
    person = Directory.of(case).person(request.beneficiary_id) if term.indefinite else None
    if person is not None and (what := person.temporary):
        raise Invalid(f"{person.name} is now {what} and needs an end. Choose one with Modify duration.")


def change_term(out: Outcome, request: Request, by: str, term: Term) -> Request:
    """Change the requested duration to `term`, as an approver wants.

    Raises:
        Invalid: It is above the maximum, would have needed other approvers, or ends too early; field "term".
    """
    case, snapshot = out.case, policy_of(out.case, request.policy)
    _within_maximum(case, request, snapshot, term)
    _not_wider(case, request, snapshot, term)
    extended = case.get(Grant, request.grant_id) if request.grant_id else None
    if extended is not None and extended.state is GrantState.ACTIVE:
        end_dates.check_later(extended, term)
    before = request.term
    request = out.change(request, term=term.to_json(), over_max=False)
    transitions.record_request(out, request, by, "request.term_changed", before=before, after=request.term)
    redraw.post_duration_change(out, request, by, before)
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
    """Refuse a term for which the policy would have decided otherwise, or asked others.

    Judged as of the submission, except for how long an explicit end still is from now.

    Raises:
        Invalid: The reason; field "term".
    """
    question = replace(question_of(request, snapshot, case.now), at=request.created_at)
    asked = _question_for(question, Term.from_json(request.asked_term), request.created_at)
    if problem := longer_duration_obstacle(asked, _question_for(question, term, case.now), Directory(case)):
        raise Invalid(problem, field="term")


def _question_for(question: Question, term: Term, now: datetime) -> Question:
    length = term.length or (term.end - (term.start or now) if term.end else None)
    return replace(question, duration=length, starts_at=term.start)


def may_shorten(case: Case, ref: str, by: str) -> Request | Grant:
    """Return the request (AR-1) or grant (GR-1) that this person may shorten.

    Raises:
        NotAllowed: It is somebody else's, or an extension of the grant is pending.
        Closed: There is nothing left to shorten.
    """
    return _usable_grant(case, ref, by) if ref.startswith("GR-") else _own_pending_request(case, ref, by)


def shorten(out: Outcome, ref: str, by: str, term: Term) -> None:
    """Shorten a request or a grant to `term`; a grant's `length` counts from now.

    What was approved for longer stays approved. Raises as `may_shorten` does, and Invalid (field "term")
    where `term` is not shorter.
    """
    row = may_shorten(out.case, ref, by)
    if is_a(row, Grant):
        _shorten_grant(out, row, by, term)
    elif is_a(row, Request):
        _shorten_request(out, row, by, term)


def is_shorter(term: Term, than: Term) -> bool:
    """Whether a term is shorter than another, whenever both begin; a length and an end are not compared."""
    if than.length is not None:
        return term.length is not None and term.length < than.length
    if than.end is not None:
        return term.end is not None and term.end < than.end
    return not term.indefinite


def _own_pending_request(case: Case, ref: str, by: str) -> Request:
    request = lock_request(case, ref)
    if by != request.requester_id:
        raise NotAllowed("Only the requester can shorten it.")
    if request.state is not RequestState.PENDING:
        raise Closed(f"{request.ref} is already {request.state.label.lower()}.")
    return request


def _usable_grant(case: Case, ref: str, by: str) -> Grant:
    end_dates.lock_extensions(case, number_of(ref, "GR"))  # before the grant, as whoever decides on it does
    grant = lock_grant(case, ref)
    if not can_use(case, grant, by):
        raise NotAllowed("Only the person who has this access can end it earlier.")
    if grant.state is not GrantState.ACTIVE:
        raise Closed(f"{grant.access_name} is {grant.state.label.lower()}, so there is nothing to shorten.")
    if extension := end_dates.pending_extension(case, grant):
        raise NotAllowed(f"You have requested an extension ({extension.ref}). Withdraw it first.")
    return grant


def _shorten_request(out: Outcome, request: Request, by: str, term: Term) -> None:
    before = Term.from_json(request.term)
    term = replace(term, start=before.start)
    if not is_shorter(term, before):
        raise Invalid("This isn't shorter than what you requested. Choose less.", field="term")
    over_max = _over_max(out.case, request, term)
    extended = out.case.get(Grant, request.grant_id) if request.grant_id else None
    if extended is not None and extended.state is GrantState.ACTIVE:
        end_dates.check_later(extended, term)
    request = out.change(request, term=term.to_json(), over_max=over_max)
    transitions.record_request(
        out, request, by, "request.shortened", before=before.to_json(), after=request.term
    )
    redraw.redraw_request(out, request)


def _over_max(case: Case, request: Request, term: Term) -> bool:
    """Whether a term is still above the maximum.

    Raises:
        Invalid: The policy refuses it; field "term".
    """
    start = term.start if term.start is not None and term.start > case.now else None
    policy = policy_of(case, request.policy).policy
    length = check_duration(policy, term.length, start, term.end, case.now)
    if not length.ok:
        raise Invalid(length.message, field="term")
    return length.over_max


def _shorten_grant(out: Outcome, grant: Grant, by: str, term: Term) -> None:
    end = _end_of(term, out.now)
    if end is None or (grant.ends_at is not None and end >= grant.ends_at):
        raise Invalid("The access already ends before that. Choose an earlier end.", field="term")
    if end <= out.now:
        raise Invalid("This time has passed. Choose a later end, or press Give back.", field="term")
    end_dates.shorten_grant(out, grant, by, end)


def _end_of(term: Term, now: datetime) -> datetime | None:
    return term.end if term.length is None else now + term.length
