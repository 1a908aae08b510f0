"""Comments.

Anybody who is involved may say something at any time; everybody involved reads it; no state changes.
"""

from sqlalchemy import BindParameter, bindparam, literal, or_, select, union_all
from sqlalchemy.orm import Session

from models.errors import Invalid, NotAllowed, Repeated
from models.lifecycle import audit_entries, redraw
from models.lifecycle.references import lock_request
from models.lifecycle.request.rate_limits import refuse_comment
from models.rate_limits import USUAL, Limits
from models.registry.directory import Directory
from models.store.tx import Tx
from models.tables.cards import Card, CardKind
from models.tables.requests import Asked, Comment, Reassignment, Request
from models.text_cleanup import tidy

TEXT_LIMIT = 2000

# Every comment asks these. A statement that is made once costs half of one that is made anew.
_REQUEST: BindParameter[int] = bindparam("request")
_PERSON: BindParameter[str] = bindparam("person")
_ABOUT: BindParameter[str] = bindparam("about")
_INVOLVED = union_all(
    select(literal(1)).where(Asked.request_id == _REQUEST, Asked.person_id == _PERSON),
    select(literal(1)).where(
        Reassignment.request_id == _REQUEST,
        or_(Reassignment.seat_id == _PERSON, Reassignment.by_id == _PERSON),
    ),
    select(literal(1)).where(
        Card.about == _ABOUT, Card.kind == CardKind.ALERT, Card.person_id == _PERSON
    ),
)  # fmt: skip
_COPIES = select(Card.id, Card.person_id).where(
    Card.about == _ABOUT,
    Card.kind.in_((CardKind.APPROVAL, CardKind.REQUEST, CardKind.ALERT)),
    Card.gone.is_(False),
)
_TAKEN = select(Comment.id).where(Comment.source == bindparam("source"))


def comment(
    tx: Tx, ref: str, by: str, text: str, *, source: str | None = None, limits: Limits = USUAL
) -> Comment:
    """Say something about a request.

    `source` is "channel:ts" where it was written as a reply in a card's thread; from there it is taken once
    (`Repeated`), by whatever it is delivered.
    """
    request = lock_request(tx, ref)
    if source is not None and _taken(tx, source):
        raise Repeated(source)
    text = tidy(text)
    if not text:
        raise Invalid("Write something first.", field="comment")
    if len(text) > TEXT_LIMIT:
        raise Invalid(f"The comment has {len(text)} characters. {TEXT_LIMIT} fit.", field="comment")
    only_involved(tx.session, request, by)
    refuse_comment(tx, request, by, limits)
    written = Comment(request_id=request.id, person_id=by, text=text, at=tx.now, source=source)
    tx.session.add(written)
    tx.session.flush()
    audit_entries.of_request(tx, request, by, "comment", text=text)
    _pass_on(tx, request, written)
    redraw.redraw_request(tx, request)
    return written


def only_involved(session: Session, request: Request, person_id: str) -> None:
    """Raises NotAllowed for anybody who may not comment."""
    if not may_comment(session, request, person_id):
        raise NotAllowed(f"Only those involved in {request.ref} and the admins can comment on it.")


def may_comment(session: Session, request: Request, person_id: str) -> bool:
    """Whether they are involved: requester, beneficiary, whoever was asked, told or passed it on, the admins.

    Nobody who has left.
    """
    person = Directory(session).person(person_id)
    return person is not None and person.active and _is_involved(session, request, person_id)


def _is_involved(session: Session, request: Request, person_id: str) -> bool:
    known = {"request": request.id, "person": person_id, "about": request.ref}
    return (
        person_id in (request.requester_id, request.beneficiary_id)
        or session.execute(_INVOLVED, known).first() is not None
        or person_id in Directory(session).admins()
    )


def _taken(tx: Tx, source: str) -> bool:
    return tx.session.scalar(_TAKEN, {"source": source}) is not None


def _pass_on(tx: Tx, request: Request, written: Comment) -> None:
    """A reply under everybody else's copy of the card, so that Slack tells them."""
    for card_id, person_id in tx.session.execute(_COPIES, {"about": request.ref}):
        if person_id != written.person_id:
            tx.enqueue("say", f"say:{written.id}:{card_id}", comment=written.id, card=card_id)
