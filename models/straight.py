"""Statements that need no objects, past the session's bookkeeping: at a fraction of what that costs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, Executable
from sqlalchemy.orm import Session


def straight(
    session: Session, statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> CursorResult[Any]:
    """Run a statement with these values (or once for each of several), after what is still to be written.

    Objects that the session has in hand do not learn what it changes.
    """
    session.flush()
    return session.connection().execute(statement, values)
