"""Alembic's entry: always on a connection that `models.migrate` hands over, never from an ini file."""

from alembic import context

from models.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by making a new one
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
