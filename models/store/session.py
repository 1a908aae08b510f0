"""The session of a transaction: whom it has looked up, it need not look up again before its end."""

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, event, inspect, select
from sqlalchemy.orm import Session

from models.tables.base import Base, ReadOnce


class KeepingSession(Session):
    """Holds the rows of `ReadOnce` tables, so that the same person costs one query a transaction.

    A plain session holds what it has read weakly: a row that nobody has in hand is read anew at each look.
    For all other tables that is right: who has waited for a lock has to see what changed meanwhile.
    """

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """As `Session.get`, by a statement that is made once for each table: at half the cost."""
        wants = {name: value for name, value in options.items() if value}
        if wants and wants != _LOCKED:
            return super().get(entity, ident, **wants)
        key = ident if isinstance(ident, tuple) else (ident,)
        if wants:
            return self.scalars(_locked(entity), _named(key), execution_options=_AFRESH).one_or_none()
        known = self.identity_map.get(inspect(entity).identity_key_from_primary_key(key))
        if known is not None:
            return super().get(entity, ident) if inspect(known).expired else known
        return self.scalars(_by_key(entity), _named(key)).one_or_none()


_LOCKED = {"with_for_update": True, "populate_existing": True}
_AFRESH = {"populate_existing": True}


@cache
def _by_key(entity: type[Base]) -> Select[Base]:
    columns = inspect(entity).primary_key
    return select(entity).where(*(column == bindparam(f"key{n}") for n, column in enumerate(columns)))


@cache
def _locked(entity: type[Base]) -> Select[Base]:
    return _by_key(entity).with_for_update()


def _named(key: tuple[Any, ...]) -> dict[str, Any]:
    return {f"key{n}": part for n, part in enumerate(key)}


@event.listens_for(KeepingSession, "loaded_as_persistent")
def _keep(session: Session, row: object) -> None:
    if isinstance(row, ReadOnce):
        session.info.setdefault("kept", []).append(row)
