"""Comments.

Anybody who is involved may say something at any time; everybody involved reads it; no state changes.
"""

from sqlalchemy import BindParameter, ColumnElement, bindparam, literal_column, or_, select, union_all

from models.errors import Invalid, NotAllowed, Repeated
from models.lifecycle import redraw, transitions
from models.lifecycle.references import lock_request
from models.lifecycle.request.rate_limits import USUAL, Limits, refuse_comment
from models.registry.directory import Directory
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.cards import Card, CardKind
from models.tables.requests import FROM_THREAD, Asked, Comment, Reassignment, Request
from models.text_cleanup import tidy

TEXT_LIMIT = 2000

_THERE: ColumnElement[int] = literal_column("1")
_REQUEST: BindParameter[int] = bindparam("request")
_PERSON: BindParameter[str] = bindparam("person")
_ABOUT: BindParameter[str] = bindparam("about")
# Without their rows: a stage may ask thousands.
_INVOLVED = union_all(
    select(_THERE).where(Asked.request_id == _REQUEST, Asked.person_id == _PERSON),
    select(_THERE).where(
        Reassignment.request_id == _REQUEST,
        or_(Reassignment.seat_id == _PERSON, Reassignment.by_id == _PERSON),
    ),
    select(_THERE).where(Card.about == _ABOUT, Card.kind == CardKind.ALERT, Card.person_id == _PERSON),
)
_COPIES = select(Card.id, Card.person_id).where(
    Card.about == _ABOUT,
    or_(*(Card.kind == kind for kind in (CardKind.APPROVAL, CardKind.REQUEST, CardKind.ALERT))),
    Card.gone.is_(False),
)


def comment(
    out: Outcome, ref: str, by: str, text: str, *, source: str | None = None, limits: Limits = USUAL
) -> Comment:
    """Say something about a request.

    `source` is "channel:ts" where it was written as a reply in a card's thread; from there it is taken once
    (`Repeated`), by whatever it is delivered.
    """
    request = lock_request(out.case, ref)
    if source is not None and out.case.first(FROM_THREAD, source) is not None:
        raise Repeated(source)
    text = tidy(text)
    if not text:
        raise Invalid("Write something first.", field="comment")
    if len(text) > TEXT_LIMIT:
        raise Invalid(f"The comment has {len(text)} characters. {TEXT_LIMIT} fit.", field="comment")
    only_involved(out.case, request, by)
    refuse_comment(out.case, request, by, limits)
    written = out.add(Comment, request_id=request.id, person_id=by, text=text, at=out.now, source=source)
    transitions.of_request(out, request, by, "comment", text=text)
    _reply_to_others(out, request, written)
    redraw.redraw_request(out, request)
    return written


def only_involved(case: Case, request: Request, person_id: str) -> None:
    """Raises NotAllowed for anybody who may not comment."""
    if not may_comment(case, request, person_id):
        raise NotAllowed(f"Only those involved in {request.ref} and the admins can comment on it.")


def may_comment(case: Case, request: Request, person_id: str) -> bool:
    """Whether they are involved: requester, beneficiary, whoever was asked, told or passed it on, the admins.

    Nobody who has left.
    """
    directory = Directory(case)
    person = directory.person(person_id)
    return (
        person is not None
        and person.active
        and (
            person_id in (request.requester_id, request.beneficiary_id)
            or _asked_or_told(case, request, person_id)
            or person_id in directory.admins()
        )
    )


def _asked_or_told(case: Case, request: Request, person_id: str) -> bool:
    just_asked = ((row.request_id, row.person_id) for row in case.changed(Asked))
    return (request.id, person_id) in just_asked or bool(
        case.read(_INVOLVED, request=request.id, person=person_id, about=request.ref)
    )


def _reply_to_others(out: Outcome, request: Request, written: Comment) -> None:
    """A reply under everybody else's copy of the card, so that Slack tells them."""
    for card_id, person_id in out.case.read(_COPIES, about=request.ref):
        if person_id != written.person_id:
            out.enqueue("say", f"say:{written.id}:{card_id}", comment=written.id, card=card_id)
