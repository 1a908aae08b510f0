"""What proving it needs: pauses."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("deliveries") as table:
        table.add_column(sa.Column("content", sa.String(64), nullable=False, server_default=""))
    _pauses()


def _pauses() -> None:
    kinds = sa.Enum("clock", "restored", name="pausekind", native_enum=False, length=24)
    states = sa.Enum(
        "open", "waiting", "lifted", "over", name="pausestate", native_enum=False, length=24
    )  # fmt: skip
    op.create_table(
        "pauses",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("kind", kinds, nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pauses"),
    )
    there = sa.text("state IN ('open', 'waiting')")
    op.create_index("ix_pauses_open", "pauses", ["kind"], sqlite_where=there, postgresql_where=there)


def downgrade() -> None:
    with op.batch_alter_table("deliveries") as table:
        table.drop_column("content")
    op.drop_index("ix_pauses_open", table_name="pauses")
    op.drop_table("pauses")
