"""Write the trail."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import Text, bindparam, insert, select, update

from models.audit.texts import Words, set_aside
from models.store.statements import Sql
from models.tables.audit import HEAD, AuditEntry, AuditHead, AuditText, canonical
from models.tables.base import Json

GENESIS = "0" * 64
"""The hash before the first entry's."""


@dataclass(frozen=True)
class Fact:
    """What a verb records; it becomes an entry when its transaction commits."""

    actor: str
    action: str
    subject: str
    app: str = ""
    person: str = ""
    data: Json = field(default_factory=dict)


_LOCKED_HEAD = select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == HEAD).with_for_update()
_ADD = insert(AuditEntry).values(data=bindparam("encoded", type_=Text))
_ADD_WORDS = insert(AuditText)
_ADD_HEAD = insert(AuditHead)
_MOVE_HEAD = (
    update(AuditHead)
    .where(AuditHead.id == HEAD)
    .values(seq=bindparam("last_seq"), hash=bindparam("last_hash"))
)


def append(
    sql: Sql, facts: Iterable[Fact], at: datetime, head: tuple[int, str] | None = None
) -> tuple[int, str]:
    """Chain the facts to the trail. The last thing a transaction does, since others wait for the head.

    `head` is the number and the hash of the last entry, where they are known and nobody else can write one.
    Returns those of the last entry now.
    """
    seq, previous = head or _head(sql)
    moment, rows, words = at.astimezone(UTC), list[Json](), list[Words]()
    written = canonical(moment.isoformat())
    for fact in facts:
        seq += 1
        data = canonical(set_aside(fact.data, seq, words))
        # What `canonical` makes of all of the entry; its data is encoded once for both, chain and column.
        line = (
            f'{{"action":{_quoted(fact.action)},"actor":{_quoted(fact.actor)},"app":{_quoted(fact.app)},'
            f'"at":{written},"data":{data},"person":{_quoted(fact.person)},"seq":{seq},'
            f'"subject":{canonical(fact.subject)}}}'
        )
        link = sha256((previous + line).encode()).hexdigest()
        rows.append(
            {
                "seq": seq, "at": moment, "actor": fact.actor, "action": fact.action, "subject": fact.subject,
                "app": fact.app, "person": fact.person, "encoded": data, "previous": previous, "hash": link,
            }
        )  # fmt: skip
        previous = link
    sql.run(_ADD, rows)
    sql.run(_ADD_WORDS, [each._asdict() for each in words])
    sql.run(_MOVE_HEAD, [{"last_seq": seq, "last_hash": previous}])
    return seq, previous


_quoted = lru_cache(1000)(canonical)
"""People, actions and apps come again and again."""


def _head(sql: Sql) -> tuple[int, str]:
    """The number and the hash of the last entry; nobody else writes one until the commit."""
    head = sql.first(_LOCKED_HEAD)
    if head is None:  # the migration has written it; so it was taken away, and `verify` says what is missing
        sql.run(_ADD_HEAD, [{"id": HEAD, "seq": 0, "hash": GENESIS}])
        head = 0, GENESIS
    return head[0], head[1]
