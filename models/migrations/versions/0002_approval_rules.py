"""What the approval rules need."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("requests") as table:
        table.add_column(sa.Column("emergency", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "parts",
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("spec", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name=op.f("pk_parts")),
    )
    with op.batch_alter_table("jobs") as table:
        table.add_column(sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("jobs") as table:
        table.drop_column("not_before")
    op.drop_table("parts")
    with op.batch_alter_table("requests") as table:
        table.drop_column("emergency")
