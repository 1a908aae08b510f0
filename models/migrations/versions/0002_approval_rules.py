"""What the approval rules need."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TIMES = ("reminded_at", "escalate_at", "warn_at")
DUE = {"ix_requests_due_escalation": "escalate_at", "ix_requests_due_warning": "warn_at"}


def upgrade() -> None:
    with op.batch_alter_table("asked") as table:
        table.add_column(sa.Column("seat_id", sa.String(32), nullable=False, server_default=""))
        table.add_column(sa.Column("quiet", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("decisions") as table:
        table.add_column(sa.Column("seat_id", sa.String(32), nullable=False, server_default=""))
    with op.batch_alter_table("stages") as table:
        table.add_column(sa.Column("channel", sa.String(32), nullable=False, server_default=""))
    with op.batch_alter_table("cards") as table:
        table.add_column(sa.Column("place", sa.String(32), nullable=False, server_default=""))
    _who_decides_instead()
    with op.batch_alter_table("requests") as table:
        table.add_column(sa.Column("emergency", sa.Boolean(), nullable=False, server_default=sa.false()))
        for name in TIMES:
            table.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    for index, column in DUE.items():
        pending = sa.text("state = 'pending'")
        op.create_index(index, "requests", [column], sqlite_where=pending, postgresql_where=pending)
    with op.batch_alter_table("stages") as table:
        table.add_column(sa.Column("remark", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("asked") as table:
        table.add_column(sa.Column("alternate", sa.Boolean(), nullable=False, server_default=sa.false()))
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
    _reviews()
    live = sa.text("over_at IS NULL")
    op.create_index(
        "ix_grants_live", "grants", ["state", "over_at"], sqlite_where=live, postgresql_where=live
    )
    with op.batch_alter_table("jobs") as table:
        table.add_column(sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "proposals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("title", sa.String(75), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("after", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("words", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("decided_by", sa.String(64), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(
        "ix_proposals_open",
        "proposals",
        ["kind", "key"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _who_decides_instead() -> None:
    op.create_table(
        "reassignments",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("request_id", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.String(32), nullable=False),
        sa.Column("to_id", sa.String(32), nullable=False),
        sa.Column("by_id", sa.String(32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_reassignments_request_id_requests"),
        sa.PrimaryKeyConstraint("id", name="pk_reassignments"),
    )
    op.create_index("ix_reassignments_request_id", "reassignments", ["request_id"])
    op.create_table(
        "delegations",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.Column("delegate_id", sa.String(32), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_delegations"),
    )
    op.create_index("ix_delegations_person", "delegations", ["person_id", "ends_at"])
    op.create_index("ix_delegations_delegate", "delegations", ["delegate_id", "ends_at"])
    op.create_index("ix_delegations_due", "delegations", ["due_at"])


def _reviews() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    states = sa.Enum("open", "justified", "misused", name="reviewstate", native_enum=False, length=24)
    op.create_table(
        "reviews",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("request_id", _KEY, nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("app_key", sa.String(length=40), nullable=False),
        sa.Column("access_key", sa.String(length=40), nullable=False),
        sa.Column("state", states, nullable=False),
        sa.Column("asked", json, nullable=False),
        sa.Column("earlier", sa.Integer(), nullable=False),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name="fk_reviews_request_id_requests"),
        sa.PrimaryKeyConstraint("id", name="pk_reviews"),
        sa.UniqueConstraint("request_id", name="uq_reviews_request_id"),
    )
    due, open_ones = sa.text("remind_at IS NOT NULL"), sa.text("state = 'open'")
    op.create_index("ix_reviews_due", "reviews", ["remind_at"], sqlite_where=due, postgresql_where=due)
    op.create_index(
        "ix_reviews_open",
        "reviews",
        ["person_id", "app_key", "access_key"],
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )


def downgrade() -> None:
    op.drop_index("ix_proposals_open", table_name="proposals")
    op.drop_table("proposals")
    with op.batch_alter_table("jobs") as table:
        table.drop_column("not_before")
    op.drop_index("ix_grants_live", "grants")
    op.drop_table("reviews")
    op.drop_table("parts")
    op.drop_table("delegations")
    op.drop_table("reassignments")
    for index in DUE:
        op.drop_index(index, "requests")
    for name, columns in (
        ("cards", ["place"]),
        ("stages", ["escalated_at", "remark", "channel"]),
        ("decisions", ["seat_id"]),
        ("asked", ["alternate", "quiet", "seat_id"]),
    ):
        with op.batch_alter_table(name) as table:
            for column in columns:
                table.drop_column(column)
    with op.batch_alter_table("requests") as table:
        for name in TIMES:
            table.drop_column(name)
        table.drop_column("emergency")
