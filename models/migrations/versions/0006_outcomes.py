"""What outcomes say and to whom nothing gets, what a holder said of an access, a changed access, App Home.

And what finds answers, the people of a department, and what somebody was asked about, as far back as it goes.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
USAGE = sa.Enum("yes", "less", "no", name="usage", native_enum=False, length=24)


def upgrade() -> None:
    op.add_column("grants", sa.Column("usage", USAGE, nullable=True))
    op.add_column("grants", sa.Column("usage_at", sa.DateTime(timezone=True), nullable=True))
    _partial_index("ix_grants_usage", "grants", ["app_key", "access_key", "id"], "usage IS NOT NULL")
    op.create_index("ix_people_department", "people", ["department"])
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


def _partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


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
    op.drop_index("ix_people_department", table_name="people")
    op.drop_index("ix_grants_usage", table_name="grants")
    with op.batch_alter_table("grants") as table:
        table.drop_column("usage_at")
        table.drop_column("usage")
