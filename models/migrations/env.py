"""Alembic's entry: always on a connection that `models.migrate` hands over, never from an ini file."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON

from models.tables.all import metadata
from models.tables.base import UtcDateTime


def render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write types as plain SQLAlchemy, so that an old migration does not change with today's code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by making a new one
    compare_type=True,
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()
