"""Deliver a comment: to everybody involved but its author, as a new message.

It is a reply under the card that somebody has of the request, its access or its tasks. Whoever has none gets
one that shows the comments, and the later ones are replies under it. A card that was deleted is posted again.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select

from models.lifecycle import redraw
from models.registry.permissions import comment_readers
from models.statements import among
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import Json
from models.tables.cards import Card, CardKind
from models.tables.grants import TASKS, Grant
from models.tables.requests import Comment, Request

_COLUMNS = (Card.id, Card.kind, Card.person_id, Card.place, Card.ts, Card.gone)
_CARDS = select(*_COLUMNS).where(among(Card.about, "abouts")).order_by(Card.id)
_THREADS = (CardKind.APPROVAL, CardKind.REQUEST, CardKind.ALERT, CardKind.TASK, CardKind.COMMENTS)
"""The cards that stay for as long as the request is of interest, in the order in which they are chosen."""


class _Copy(NamedTuple):
    """A card as far as it matters here."""

    id: int
    kind: CardKind
    person_id: str
    place: str
    ts: str
    gone: bool


def add_comment(out: Outcome, request: Request, by: str, text: str, *, source: str | None = None) -> Comment:
    """Add a comment of somebody who may, and deliver it; `source` as in `request.comment`."""
    written = out.add(Comment, request_id=request.id, person_id=by, text=text, at=out.now, source=source)
    abouts = _abouts(out.case, request)
    copies = [_Copy(*row) for row in out.case.read(_CARDS, abouts=abouts)]
    readers = comment_readers(out.case, request, {copy.person_id for copy in copies}) - {by}
    for copy in copies:
        if copy.place and not copy.gone:
            _reply_under(out, written, copy.id)
    threads = _threads(copies)
    # A card that is posted by this very change shows what it is about by itself.
    coming = {card["person_id"] for card in out.cards.values() if card["about"] in abouts}
    for person_id in sorted(readers):
        if person_id in threads:
            _reply_under(out, written, threads[person_id].id)
        elif person_id not in coming:
            redraw.want_card(out, CardKind.COMMENTS, request.ref, request.ref, person_id)
    return written


def post_again(out: Outcome, payload: Json, ts: str) -> None:
    """Post a comment's card again, which was found deleted as the message `ts`, and the comment under it.

    `payload` is that of the job that found it. One that is not there the second time either stays away:
    then it is the person who cannot be reached.
    """
    card = out.case.get_one(Card, payload["card"])
    if "again" in payload or not ts:
        return
    if card.ts == ts:
        out.change(card, gone=False, channel="", ts="", digest="")
        redraw.want_card(out, card.kind, card.subject, card.about, card.person_id)
    key = f"say:{payload['comment']}:{card.id}:again"
    out.enqueue("say", key, comment=payload["comment"], card=card.id, again=True)


def _reply_under(out: Outcome, written: Comment, card_id: int) -> None:
    out.enqueue("say", f"say:{written.id}:{card_id}", comment=written.id, card=card_id)


def _abouts(case: Case, request: Request) -> list[str]:
    """The references of the request, of the access that came of it, and of that one's tasks."""
    grant = case.get(Grant, request.grant_id) if request.grant_id else None
    if grant is None or grant.request_id != request.id:
        return [request.ref]
    return [request.ref, grant.ref, *(task.ref for task in case.all(TASKS, grant.id))]


def _threads(copies: Iterable[_Copy]) -> dict[str, _Copy]:
    """The card of each person that a reply goes under; of one that never got there, none."""
    chosen = dict[str, _Copy]()
    reachable = (copy for copy in copies if copy.person_id and (copy.ts or not copy.gone))
    for copy in sorted(reachable, key=_rank):
        chosen.setdefault(copy.person_id, copy)
    return chosen


def _rank(copy: _Copy) -> tuple[bool, int, int]:
    """Those that are there first, then by kind, then the latest."""
    kind = _THREADS.index(copy.kind) if copy.kind in _THREADS else len(_THREADS)
    return copy.gone, kind, -copy.id
