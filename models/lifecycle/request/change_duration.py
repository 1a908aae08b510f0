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
from models.registry.policy_snapshot import Snapshot
from models.store.tx import Tx
from models.tables.grants import Grant
from models.tables.requests import Request, Term
from models.tables.states import GrantState


def still_possible(tx: Tx, request: Request) -> None:
    """Raises Invalid where what was asked for became impossible while the request waited."""
    term = Term.from_json(request.term)
    if term.end is not None and term.end <= tx.now:
        raise Invalid("The end that was asked for has passed. Choose another with Modify duration.")
    person = Directory(tx.session).person(request.beneficiary_id)
    if term.indefinite and person is not None and (what := person.temporary):
        raise Invalid(f"{person.name} is {what} by now and needs an end. Choose one with Modify duration.")


def change(tx: Tx, request: Request, by: str, term: Term) -> None:
    """An approver gives it for another time than was asked for; raises Invalid (field "term")."""
    snapshot = Snapshot.from_json(request.policy)
    person = Directory(tx.session).person(request.beneficiary_id)
    length = check_length(
        snapshot.policy,
        term.length,
        term.start,
        term.end,
        tx.now,
        temporary=bool(person and person.temporary),
        emergency=request.emergency,
    )
    if not length.ok:
        raise Invalid(length.message, field="term")
    longest = snapshot.policy.max_duration
    if length.over_max and longest is not None:
        raise Invalid(f"The longest for {request.app_name} is {spoken(longest)}. Choose less.", field="term")
    _not_wider(tx, request, snapshot, term)
    extended = tx.session.get(Grant, request.grant_id) if request.grant_id else None
    if extended is not None and extended.state is GrantState.ACTIVE:
        end_dates.must_be_later(extended, term)
    before, request.term, request.over_max = request.term, term.to_json(), False
    audit_entries.of_request(tx, request, by, "request.term_changed", before=before, after=request.term)
    notify.term_changed(tx, request, by, before)


def _not_wider(tx: Tx, request: Request, snapshot: Snapshot, term: Term) -> None:
    """Nobody gives so long that a rule would have refused it, or that others would have been asked.

    By the moment of the submission, except for how long it still is from now.
    """
    question = replace(question_of(request, snapshot, tx.now), at=request.created_at)
    asked = _for(question, Term.from_json(request.asked_term), request.created_at)
    if obstacle := widened(asked, _for(question, term, tx.now), Directory(tx.session)):
        raise Invalid(obstacle, field="term")


def _for(question: Question, term: Term, now: datetime) -> Question:
    length = term.length or (term.end - (term.start or now) if term.end else None)
    return replace(question, duration=length, starts_at=term.start)
