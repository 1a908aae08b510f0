"""The session of a transaction: whom it has looked up, it need not look up again before its end."""

from sqlalchemy import event
from sqlalchemy.orm import Session

from models.base import ReadOnce


class KeepingSession(Session):
    """Holds the rows of `ReadOnce` tables, so that the same person costs one query a transaction.

    A plain session holds what it has read weakly: a row that nobody has in hand is read anew at each look.
    For all other tables that is right: who has waited for a lock has to see what changed meanwhile.
    """


@event.listens_for(KeepingSession, "loaded_as_persistent")
def _keep(session: Session, row: object) -> None:
    if isinstance(row, ReadOnce):
        session.info.setdefault("kept", []).append(row)
