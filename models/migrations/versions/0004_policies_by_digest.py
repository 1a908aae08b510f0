"""Each policy is stored once: requests and grants refer to theirs by its digest."""

import hashlib
import json
from functools import lru_cache

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

AT_ONCE = 500
"""How many rows are read in one go, so that memory does not grow with the table."""
TABLES = ("requests", "grants")
POLICIES = sa.table("policies", sa.column("digest", sa.String), sa.column("text", sa.Text))
ADD = sa.text("INSERT INTO policies (digest, text) VALUES (:digest, :text) ON CONFLICT DO NOTHING")


def upgrade() -> None:
    op.create_table(
        "policies",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_policies"),
    )
    for name in TABLES:
        op.add_column(name, sa.Column("policy_digest", sa.String(64), nullable=True))
        _move(name)
        with op.batch_alter_table(name) as table:
            table.drop_column("policy")
            table.alter_column(
                "policy_digest", new_column_name="policy", existing_type=sa.String(64), nullable=False
            )


def _move(name: str) -> None:
    """Store the policies of a table, and set the digest of each of its rows."""
    table = sa.table(
        name, sa.column("id", sa.BigInteger), sa.column("policy"), sa.column("policy_digest", sa.String)
    )
    following = (
        sa.select(table.c.id, sa.cast(table.c.policy, sa.Text))
        .where(table.c.id > sa.bindparam("last", type_=sa.BigInteger))
        .order_by(table.c.id)
        .limit(AT_ONCE)
    )
    refer = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("key"))
        .values(policy_digest=sa.bindparam("digest", type_=sa.String))
    )
    connection, last = op.get_bind(), 0
    while rows := connection.execute(following, {"last": last}).all():
        policies = {key: _canonical(stored) for key, stored in rows}
        texts = dict(policies.values())
        connection.execute(ADD, [{"digest": digest, "text": text} for digest, text in texts.items()])
        connection.execute(refer, [{"key": key, "digest": digest} for key, (digest, _) in policies.items()])
        last = rows[-1][0]


@lru_cache(AT_ONCE)
def _canonical(stored: str) -> tuple[str, str]:
    """The digest and the text of a policy."""
    text = json.dumps(json.loads(stored), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest(), text


def downgrade() -> None:
    json_type = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    for name in TABLES:
        op.add_column(name, sa.Column("policy_json", json_type, nullable=True))
        table = sa.table(name, sa.column("policy"), sa.column("policy_json"))
        text = sa.select(POLICIES.c.text).where(POLICIES.c.digest == table.c.policy).scalar_subquery()
        if op.get_bind().dialect.name == "postgresql":
            op.execute(sa.update(table).values(policy_json=sa.cast(text, postgresql.JSONB)))
        else:
            op.execute(sa.update(table).values(policy_json=text))
        with op.batch_alter_table(name) as batch:
            batch.drop_column("policy")
            batch.alter_column(
                "policy_json", new_column_name="policy", existing_type=json_type, nullable=False
            )
    op.drop_table("policies")
