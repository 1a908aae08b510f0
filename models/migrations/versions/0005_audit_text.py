"""The audit trail keeps the text that is hashed, and has a place beside it for words that can be erased.

And what is claimed of the jobs is found by an index, however many are ready.
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

AT_ONCE = 1000
"""How many entries are rewritten in one go, so that memory does not grow with the trail."""
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ENTRIES = sa.table("audit_entries", sa.column("seq", sa.BigInteger), sa.column("data", sa.Text))
FOLLOWING = (
    sa.select(ENTRIES.c.seq, sa.cast(ENTRIES.c.data, sa.Text))
    .where(ENTRIES.c.seq > sa.bindparam("last", type_=sa.BigInteger))
    .order_by(ENTRIES.c.seq)
    .limit(AT_ONCE)
)
REWRITE = (
    sa.update(ENTRIES)
    .where(ENTRIES.c.seq == sa.bindparam("entry", type_=sa.BigInteger))
    .values(data=sa.bindparam("text", type_=sa.Text))
)


def upgrade() -> None:
    with op.batch_alter_table("audit_entries") as table:
        table.alter_column(
            "data",
            existing_type=JSON,
            type_=sa.Text(),
            existing_nullable=False,
            postgresql_using="data::text",
        )
    _rewrite()
    op.create_table(
        "audit_texts",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", "field", name="pk_audit_texts"),
    )
    op.create_index("ix_audit_texts_kind", "audit_texts", ["kind", "seq"])
    ready = sa.text("state = 'ready'")
    op.create_index(
        "ix_jobs_claim", "jobs", ["urgency", "run_at", "id"], sqlite_where=ready, postgresql_where=ready
    )
    head = sa.text(
        "INSERT INTO audit_head (id, seq, hash) "
        "SELECT 1, 0, :genesis WHERE NOT EXISTS (SELECT 1 FROM audit_head)"
    )
    op.execute(head.bindparams(sa.bindparam("genesis", "0" * 64, type_=sa.String)))


def _rewrite() -> None:
    """Write each entry's data as the canonical JSON that its hash was made of."""
    connection, last = op.get_bind(), -(2**63)
    while rows := connection.execute(FOLLOWING, {"last": last}).all():
        texts = [
            {"entry": seq, "text": text} for seq, data in rows if (text := _canonical(data)) != data
        ]  # fmt: skip
        if texts:
            connection.execute(REWRITE, texts)
        last = rows[-1][0]


def _canonical(data: str) -> str:
    return json.dumps(json.loads(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def downgrade() -> None:
    op.drop_index("ix_jobs_claim", table_name="jobs")
    op.drop_index("ix_audit_texts_kind", table_name="audit_texts")
    op.drop_table("audit_texts")
    with op.batch_alter_table("audit_entries") as table:
        table.alter_column(
            "data",
            existing_type=sa.Text(),
            type_=JSON,
            existing_nullable=False,
            postgresql_using="data::jsonb",
        )
