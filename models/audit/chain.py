"""Write the trail: each entry with the hash of the one before, its words beside it with a salted digest."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, insert, select, update

from models.statements import Sql
from models.tables.audit import HEAD, AuditEntry, AuditHead, AuditText, canonical
from models.tables.base import Json

ERASED = "(erased)"
"""What is read where the words were erased."""


class Kind(StrEnum):
    """What the words are; each kind has its own retention."""

    WORDS = "words"  # what people wrote: reasons, comments, notes
    NAMES = "names"  # sentences of Keyturn's own that may name people: why somebody is asked
    ERRORS = "errors"  # what another system said


KINDS: Mapping[str, Kind] = {
    "reason": Kind.WORDS,
    "comment": Kind.WORDS,
    "text": Kind.WORDS,
    "note": Kind.WORDS,
    "because": Kind.NAMES,
    "remark": Kind.NAMES,
    "approvers": Kind.NAMES,
    "quiet": Kind.NAMES,
    "alternates": Kind.NAMES,
    "error": Kind.ERRORS,
}
"""The keys of an entry's data whose texts stand beside the chain."""

_LISTS = ("stages",)
"""The keys of lists in whose parts the same keys are looked for. Other values (an app's settings) are not."""
_KEYS = frozenset((*KINDS, *_LISTS))


class Words(NamedTuple):
    """Words of an entry, as `AuditText` keeps them."""

    seq: int
    field: str
    kind: str
    salt: str
    text: str


def digest(salt: str, field: str, text: str) -> str:
    """The digest that the chain has of a text: SHA-256 of salt, field and canonical JSON, a line each."""
    return "sha256:" + hashlib.sha256(f"{salt}\n{field}\n{text}".encode()).hexdigest()


def set_aside(data: Json, seq: int, words: list[Words]) -> Json:
    """Return the data as it is chained; the words that it had are added to `words`."""
    if _KEYS.isdisjoint(data):
        return data

    def put_aside(text: str, field: str, kind: Kind) -> Json:
        salt, encoded = secrets.token_hex(16), canonical(text)
        words.append(Words(seq, field, kind.value, salt, encoded))
        return {"digest": digest(salt, field, encoded)}

    def part(value: Any, field: str, kind: Kind | None) -> Any:
        if isinstance(value, str):
            return put_aside(str(value), field, kind) if kind and value else value
        if isinstance(value, dict):  # by people's ids, each with a reason; or one of several parts
            return {
                key: part(each, f"{field}/{key}", KINDS.get(key, kind if isinstance(each, str) else None))
                for key, each in value.items()
            }
        if isinstance(value, list | tuple):
            return [
                part(each, f"{field}/{place}", kind if isinstance(each, str) else None)
                for place, each in enumerate(value)
            ]
        return value

    return {key: part(each, key, KINDS.get(key)) if key in _KEYS else each for key, each in data.items()}


def fields(data: Json) -> Iterator[str]:
    """The fields of chained data whose words stand beside the chain, erased or not."""

    def search(value: Any, field: str) -> Iterator[str]:
        if _is_digest(value):
            yield field
        elif isinstance(value, dict):
            for key, each in value.items():
                yield from search(each, f"{field}/{key}")
        elif isinstance(value, list):
            for place, each in enumerate(value):
                yield from search(each, f"{field}/{place}")

    for key in _KEYS.intersection(data):
        yield from search(data[key], key)


def put_back(data: Json, words: Mapping[str, str]) -> Json:
    """The data with its words, given by field; `ERASED` for those that are not there any more."""

    def part(value: Any, field: str) -> Any:
        if _is_digest(value):
            return json.loads(words[field]) if field in words else ERASED
        if isinstance(value, dict):
            return {key: part(each, f"{field}/{key}") for key, each in value.items()}
        if isinstance(value, list):
            return [part(each, f"{field}/{place}") for place, each in enumerate(value)]
        return value

    return {key: part(each, key) if key in _KEYS else each for key, each in data.items()}


def _is_digest(value: Any) -> bool:
    return (
        isinstance(value, dict) and value.keys() == {"digest"} and str(value["digest"]).startswith("sha256:")
    )


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
