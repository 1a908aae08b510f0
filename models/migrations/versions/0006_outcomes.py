"""What a holder said of an access at its end, and what finds answers and the people of a department."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    usage = sa.Enum("yes", "less", "no", name="usage", native_enum=False, length=24)
    op.add_column("grants", sa.Column("usage", usage, nullable=True))
    op.add_column("grants", sa.Column("usage_at", sa.DateTime(timezone=True), nullable=True))
    answered = sa.text("usage IS NOT NULL")
    op.create_index(
        "ix_grants_usage",
        "grants",
        ["app_key", "access_key", "id"],
        sqlite_where=answered,
        postgresql_where=answered,
    )
    op.create_index("ix_people_department", "people", ["department"])


def downgrade() -> None:
    op.drop_index("ix_people_department", table_name="people")
    op.drop_index("ix_grants_usage", table_name="grants")
    with op.batch_alter_table("grants") as table:
        table.drop_column("usage_at")
        table.drop_column("usage")
