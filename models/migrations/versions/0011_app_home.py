"""App Home keeps several statuses of its filter, greets once, and opens on what waits.

And what a person was asked about is read by request, as far back as it goes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("homes") as table:
        table.alter_column(
            "filter", existing_type=sa.String(24), type_=sa.String(200), existing_nullable=False
        )
        table.add_column(sa.Column("greeting", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("fresh", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("homes") as table:
        table.alter_column("greeting", existing_type=sa.Boolean(), server_default=None)
        table.alter_column("fresh", existing_type=sa.Boolean(), server_default=None)
    op.drop_index("ix_decisions_person", table_name="decisions")
    op.create_index("ix_decisions_person", "decisions", ["person_id", "request_id"])


def downgrade() -> None:
    op.drop_index("ix_decisions_person", table_name="decisions")
    op.create_index("ix_decisions_person", "decisions", ["person_id", "at"])
    # It had room for one status.
    op.execute("UPDATE homes SET filter = '' WHERE length(filter) > 24 OR filter LIKE '%,%'")
    op.execute("UPDATE homes SET tab = 'todo' WHERE tab = 'history'")
    with op.batch_alter_table("homes") as table:
        table.drop_column("fresh")
        table.drop_column("greeting")
        table.alter_column(
            "filter", existing_type=sa.String(200), type_=sa.String(24), existing_nullable=False
        )
