"""Write the trail: each entry with the hash of the one before, its words beside it with a salted digest."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from os import urandom
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from models.statements import Read, Sql, Write
from models.tables.audit import HEAD, AuditEntry, AuditHead, AuditText, canonical, quote
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

    chained = dict(data)
    for key, each in data.items():
        if each and key in _KEYS:
            chained[key] = _chained(each, key, KINDS.get(key), seq, words)
    return chained


def _chained(value: Any, field: str, kind: Kind | None, seq: int, words: list[Words]) -> Any:
    """One value of an entry's data as it is chained."""
    if isinstance(value, str):
        if not kind or not value:
            return value
        salt, encoded = urandom(16).hex(), quote(value)
        words.append(Words(seq, field, kind.value, salt, encoded))
        return {"digest": digest(salt, field, encoded)}
    if isinstance(value, dict):  # by people's ids, each with a reason; or one of several parts
        kinds = {key: KINDS.get(key, kind if isinstance(each, str) else None) for key, each in value.items()}
        return {key: _chained(each, f"{field}/{key}", kinds[key], seq, words) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [
            _chained(each, f"{field}/{place}", kind if isinstance(each, str) else None, seq, words)
            for place, each in enumerate(value)
        ]
    return value


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


class Fact(NamedTuple):
    """What a verb records; it becomes an entry when its transaction commits."""

    actor: str
    action: str
    subject: str
    app: str = ""
    person: str = ""
    data: Json = {}  # noqa: RUF012 - nobody changes a fact


_LOCKED_HEAD = select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == HEAD).with_for_update()
_ADD = insert(AuditEntry)
_ADD_WORDS = insert(AuditText)
_ADD_HEAD = insert(AuditHead)
_MOVE_HEAD = (
    update(AuditHead)
    .where(AuditHead.id == HEAD)
    .values(seq=bindparam("last_seq"), hash=bindparam("last_hash"))
)


def append(
    sql: Sql,
    facts: Iterable[Fact],
    at: datetime,
    head: tuple[int, str] | None = None,
    *,
    after: Sequence[Write] = (),
) -> tuple[int, str]:
    """Chain the facts to the trail. The last thing a transaction does, since others wait for the head.

    `head` is the number and the hash of the last entry, where they are known and nobody else can write one;
    `after` is what is written before the entries. Returns the number and hash of the last entry now.
    """
    if head is None:
        head = _head(sql, after)
    else:
        sql.write(after)
    seq, previous = head
    moment, rows, words = at.astimezone(UTC), list[Json](), list[Words]()
    written = quote(moment.isoformat())
    for fact in facts:
        seq += 1
        data = canonical(set_aside(fact.data, seq, words))
        # What `canonical` makes of all of the entry; its data is encoded once for both, chain and column.
        line = (
            f'{{"action":{_quoted(fact.action)},"actor":{_quoted(fact.actor)},"app":{_quoted(fact.app)},'
            f'"at":{written},"data":{data},"person":{_quoted(fact.person)},"seq":{seq},'
            f'"subject":{quote(fact.subject)}}}'
        )
        link = sha256((previous + line).encode()).hexdigest()
        rows.append(
            {
                "seq": seq, "at": moment, "actor": fact.actor, "action": fact.action, "subject": fact.subject,
                "app": fact.app, "person": fact.person, "data": data, "previous": previous, "hash": link,
            }
        )  # fmt: skip
        previous = link
    moved = {"last_seq": seq, "last_hash": previous}
    sql.write(
        [
            Write(_ADD, rows),
            Write(_ADD_WORDS, [each._asdict() for each in words]),
            Write(_MOVE_HEAD, [moved]),
        ]
    )
    return seq, previous


_quoted = lru_cache(1000)(quote)
"""People, actions and apps come again and again."""


def _head(sql: Sql, after: Sequence[Write]) -> tuple[int, str]:
    """The number and the hash of the last entry; nobody else writes one until the commit."""
    head = next(iter(sql.write(after, then=Read(_LOCKED_HEAD))), None)
    if head is None:  # the migration has written it; so it was taken away, and `verify` says what is missing
        sql.run(_ADD_HEAD, [{"id": HEAD, "seq": 0, "hash": GENESIS}])
        head = 0, GENESIS
    return head[0], head[1]
