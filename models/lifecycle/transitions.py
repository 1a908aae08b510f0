"""Moving a request or a grant from one state to the next.

By the table, by compare-and-swap, and on record.
"""

from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import bindparam, update

from models.errors import Closed
from models.lifecycle import audit_entries
from models.store.tx import Tx
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import GRANT_MOVES, REQUEST_MOVES, GrantEvent, RequestEvent

_AS_IT_IS = {"populate_existing": True, "synchronize_session": False}


class IllegalMove(Exception):
    """A defect: code asked for a move that the table does not have."""


def move_request(tx: Tx, request: Request, event: RequestEvent, by: str, **data: Any) -> None:
    """Move a request; raises Closed where somebody was first."""
    before = request.state
    after = REQUEST_MOVES.get((before, event))
    if after is None:
        raise Closed(f"{request.ref} is {before.label.lower()} already.")
    if not _swapped(tx, Request, request.id, before, after):
        raise Closed(f"{request.ref} was decided a moment ago.")
    audit_entries.of_request(tx, request, by, f"request.{after}", before=before, after=after, **data)


def move_grant(tx: Tx, grant: Grant, event: GrantEvent, by: str, **data: Any) -> None:
    """Move a grant; raises IllegalMove where the table has no such move, Closed where somebody was first."""
    before = grant.state
    after = GRANT_MOVES.get((before, event))
    if after is None:
        raise IllegalMove(f"{grant.ref} is {before}: there is no {event}")
    tx.session.flush()
    if not _swapped(tx, Grant, grant.id, before, after):
        raise Closed(f"{grant.ref} was changed a moment ago.")
    audit_entries.of_grant(tx, grant, by, f"grant.{after}", before=before, after=after, event=event, **data)


def _swapped(tx: Tx, table: type[Request | Grant], key: int, before: StrEnum, after: StrEnum) -> bool:
    """Whether the row was in this state, and is now in that; the object in hand then is as the row is."""
    known = {"row": key, "before": before, "after": after}
    return tx.session.scalars(_swap(table), known, execution_options=_AS_IT_IS).one_or_none() is not None


@cache
def _swap(table: type[Request | Grant]) -> Any:
    """The compare-and-swap of this table. A statement that is made once costs half of one made anew."""
    here = (table.id == bindparam("row"), table.state == bindparam("before"))
    return update(table).where(*here).values(state=bindparam("after")).returning(table)
