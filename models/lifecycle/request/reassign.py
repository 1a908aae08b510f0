"""Passing a decision on to somebody better suited: by whoever is asked, by an owner, or by an admin."""

from dataclasses import dataclass

from sqlalchemy import select

from models.catalogue.spec import Reassign, Role, StageSpec
from models.errors import Invalid, NotAllowed, NotAnApprover, OwnRequest
from models.lifecycle import audit_entries, redraw
from models.lifecycle.references import lock_request
from models.lifecycle.request import decide, stages
from models.lifecycle.request.plan import question_of
from models.policy import Question
from models.policy.people import cannot, pool
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.store.tx import Tx
from models.tables.cards import CardKind
from models.tables.requests import Reassignment, Request, Stage
from models.text_cleanup import tidy

NOTE_LIMIT = 500
_NAMED = 5


@dataclass(frozen=True)
class Passable:
    """What somebody can pass on of a request."""

    request: Request
    seats: tuple[str, ...]
    """Whose decision it can be, their own first. One empty id where nobody is asked and somebody is named."""
    anyone: bool
    """Whether anybody may get it, and not only those who may decide on such requests anyway."""


def passable(tx: Tx, ref: str, by: str) -> Passable:
    """Look what this person can pass on now, and change nothing. Raises as `reassign` does."""
    request = lock_request(tx, ref)
    return _passable(tx, request, stages.current(tx, decide.still_open(tx, request)), by)


def reassign(tx: Tx, ref: str, by: str, to: str, *, seat: str, note: str = "") -> Request:
    """Have `to` decide in the place of `seat` (an id; empty where nobody is asked), from now on.

    Raises Closed, NotAllowed, NotAnApprover or OwnRequest, and Invalid with its field: "person", "seat" or
    "note".
    """
    request = lock_request(tx, ref)
    stage = stages.current(tx, decide.still_open(tx, request))
    if seat not in _passable(tx, request, stage, by).seats:
        raise Invalid("They are not asked any more. Choose again whose decision it is.", field="seat")
    note = tidy(note)
    if len(note) > NOTE_LIMIT:
        raise Invalid(f"The note has {len(note)} characters. {NOTE_LIMIT} fit.", field="note")
    _must_fit(tx, request, stage, by, to)
    _write(tx, request, stage, Reassignment(seat_id=seat, to_id=to, by_id=by, note=note))
    return request


def _passable(tx: Tx, request: Request, stage: stages.OpenStage, by: str) -> Passable:
    snapshot, directory = Snapshot.from_json(request.policy), Directory(tx.session)
    if by in (request.requester_id, request.beneficiary_id):
        raise OwnRequest("Nobody chooses who decides on their own request.")
    person, mine = directory.person(by), stage.candidate(by)
    active = person is not None and person.barred is None
    in_charge = active and person is not None and (directory.is_admin(by) or snapshot.owned_by(person))
    if not active or not (in_charge or mine):
        raise NotAnApprover(
            f"Only those who are asked to decide on {request.ref}, the owners of {request.app_name} and the "
            "admins can pass it on."
        )
    if snapshot.policy.reassign is Reassign.NOBODY:
        raise NotAllowed(f"Decisions on {request.app_name} cannot be passed on.")
    own = (mine.holds,) if mine else ()
    others = stage.now.seats or ("",)
    seats = tuple(dict.fromkeys((*own, *others))) if in_charge else own
    return Passable(request, seats, anyone=snapshot.policy.reassign is Reassign.ANYONE)


def _must_fit(tx: Tx, request: Request, stage: stages.OpenStage, by: str, to: str) -> None:
    """Raise Invalid where this person cannot decide on it, with the reason."""
    directory, snapshot = Directory(tx.session), Snapshot.from_json(request.policy)
    question = question_of(request, snapshot, tx.now)
    person, spent = directory.person(to), stage.course.spent
    late = stage.row.escalated_at is not None  # whoever is in charge may step in themselves
    if to == by and not late:
        raise Invalid("Choose somebody else than yourself.", field="person")
    if person is None:
        raise Invalid("That is nobody whom Keyturn knows. Choose somebody else.", field="person")
    if to in question.people:
        raise Invalid(f"{person.name} cannot decide on their own request.", field="person")
    asked = {one.person_id for one in stage.now.asked}
    if to in asked:
        raise Invalid(f"{person.name} is asked already. Choose somebody else.", field="person")
    if problem := cannot(person, question, spent):
        raise Invalid(f"{person.name} {problem}, so they cannot decide on it.", field="person")
    if snapshot.policy.reassign is Reassign.ELIGIBLE:
        besides = asked if late else asked | {by}
        _must_be_eligible(tx, request, question, to, person.name, besides=besides)


def _must_be_eligible(
    tx: Tx, request: Request, question: Question, to: str, name: str, *, besides: set[str]
) -> None:
    """Raise Invalid, with who can be chosen: nobody of `besides`, who are asked already."""
    specs = tx.session.scalars(select(Stage.spec).where(Stage.request_id == request.id))
    named = [one for spec in specs for one in StageSpec.model_validate(spec).everybody]
    directory = Directory(tx.session)
    refs = dict.fromkeys((*named, Role.OWNERS, Role.ADMINS))
    eligible = pool(refs, question, directory, spent={}).ids
    if to in eligible:
        return
    left = [one for one in eligible if one not in besides]
    others = [person.name for one in left[:_NAMED] if (person := directory.person(one))]
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    who = f"Who does: {', '.join(others)}{more}." if others else "Everybody else who does is asked already."
    raise Invalid(f"{name} does not decide on {request.app_name}. {who}", field="person")


def _write(tx: Tx, request: Request, stage: stages.OpenStage, passed: Reassignment) -> None:
    passed.request_id, passed.position, passed.at = request.id, stage.row.position, tx.now
    tx.session.add(passed)
    tx.session.flush()
    audit_entries.of_request(
        tx,
        request,
        passed.by_id,
        "stage.reassigned",
        stage=stage.row.name,
        position=stage.row.position,
        seat=passed.seat_id,
        to=passed.to_id,
        note=passed.note,
    )
    if stage.row.channel:  # who comes in from outside need not be in the channel
        redraw.show(tx, CardKind.APPROVAL, request.ref, request.ref, passed.to_id)
    decide.look_again(tx, request)
