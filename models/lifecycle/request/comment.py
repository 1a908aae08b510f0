"""Comment on a request: anybody involved may at any time, everybody involved reads it, no state changes."""

from sqlalchemy import bindparam, or_, select

from models.errors import Invalid, Repeated
from models.lifecycle import redraw, transitions
from models.lifecycle.request.rate_limits import DEFAULT_LIMITS, Limits, refuse_too_many_comments
from models.registry.by_reference import lock_request
from models.registry.permissions import only_involved
from models.store.outcome import Outcome
from models.tables.cards import Card, CardKind
from models.tables.requests import FROM_THREAD, Comment, Request
from models.text import tidy_text

_COPIES = select(Card.id, Card.person_id).where(
    Card.about == bindparam("about"),
    or_(*(Card.kind == kind for kind in (CardKind.APPROVAL, CardKind.REQUEST, CardKind.ALERT))),
    Card.gone.is_(False),
)


def comment(
    out: Outcome, ref: str, by: str, text: str, *, source: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> Comment:
    """Add a comment to a request.

    `source` is "channel:ts" where it was written as a reply in a card's thread.

    Raises:
        Repeated: The reply was taken already, by whichever delivery.
        Invalid: The comment is empty, too long, or one too many; field "comment".
        NotAllowed: `by` is not involved.
    """
    request = lock_request(out.case, ref)
    if source is not None and out.case.first(FROM_THREAD, source) is not None:
        raise Repeated(source)
    text = tidy_text(text, "The comment")
    if not text:
        raise Invalid("Write a comment first.", field="comment")
    only_involved(out.case, request, by)
    refuse_too_many_comments(out.case, request, by, limits)
    written = out.add(Comment, request_id=request.id, person_id=by, text=text, at=out.now, source=source)
    transitions.record_request(out, request, by, "comment", text=text)
    _reply_to_others(out, request, written)
    redraw.redraw_request(out, request)
    return written


def _reply_to_others(out: Outcome, request: Request, written: Comment) -> None:
    """A reply under everybody else's copy of the card, so that Slack tells them."""
    for card_id, person_id in out.case.read(_COPIES, about=request.ref):
        if person_id != written.person_id:
            out.enqueue("say", f"say:{written.id}:{card_id}", comment=written.id, card=card_id)
