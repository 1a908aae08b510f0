"""What the requests that wait say of somebody's absence, in their own timelines."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, select

from models.lifecycle import audit_entries
from models.lifecycle.request import stages
from models.store.tx import Tx
from models.tables.delegations import Delegation
from models.tables.requests import Asked, Request
from models.tables.states import RequestState


def begun(tx: Tx, row: Delegation, by: str) -> None:
    """Somebody is away from now on; before the open stages look again whom they ask."""
    for request, asked in _waiting(tx, Asked.person_id == row.person_id):
        there = {(one.person_id, one.seat) for one in stages.current(tx, request).now.approvers}
        stands_in = (row.delegate_id, row.person_id) in there
        # Who stood in for somebody else has no other behind them; who has decided needs nobody.
        if asked.seat_id:
            _record(tx, request, by, "stage.away", row, until=row.last_day.isoformat(), delegate="")
        elif stands_in or (row.person_id, "") in there:
            about = {"delegate": row.delegate_id, "asked": stands_in}
            _record(tx, request, by, "stage.away", row, until=row.last_day.isoformat(), **about)


def over(tx: Tx, row: Delegation, by: str) -> None:
    """The absence is over, or taken back; before the open stages look again whom they ask."""
    for request, _ in _waiting(tx, Asked.person_id == row.delegate_id, Asked.seat_id == row.person_id):
        _record(tx, request, by, "stage.back", row, delegate=row.delegate_id)


def _waiting(tx: Tx, *which: ColumnElement[bool]) -> Iterator[tuple[Request, Asked]]:
    """The pending requests whose open stage asks like that."""
    here = (Asked.request_id == Request.id) & (Asked.position == Request.position)
    found = select(Request, Asked).join(Asked, here).where(Request.state == RequestState.PENDING, *which)
    locked = found.order_by(Request.id).with_for_update(of=Request)
    yield from [(request, asked) for request, asked in tx.session.execute(locked)]


def _record(tx: Tx, request: Request, by: str, action: str, row: Delegation, **data: object) -> None:
    audit_entries.of_request(tx, request, by, action, position=request.position, away=row.person_id, **data)
