"""Append to the trail: each entry with the hash of the one before, people's words beside it."""

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
"""Stands in the data that is read where a text was erased."""


class TextKind(StrEnum):
    """What a text is; each kind has its own retention."""

    WORDS = "words"  # what people wrote: reasons, comments, notes
    NAMES = "names"  # sentences of Keyturn's own that may name people: why an approver is asked
    ERRORS = "errors"  # messages of other systems


TEXT_KINDS: Mapping[str, TextKind] = {
    "reason": TextKind.WORDS,
    "comment": TextKind.WORDS,
    "text": TextKind.WORDS,
    "note": TextKind.WORDS,
    "because": TextKind.NAMES,
    "remark": TextKind.NAMES,
    "approvers": TextKind.NAMES,
    "quiet": TextKind.NAMES,
    "alternates": TextKind.NAMES,
    "error": TextKind.ERRORS,
}
"""The keys of an entry's data whose texts stand beside the chain."""

_LISTS = ("stages",)
"""The keys of lists whose items are searched for the same keys. Other values (an app's settings) are not."""
_KEYS = frozenset((*TEXT_KINDS, *_LISTS))


class EntryText(NamedTuple):
    """A text of an entry, as `AuditText` stores it."""

    seq: int
    field: str
    kind: str
    salt: str
    text: str


def text_digest(salt: str, field: str, text: str) -> str:
    """The digest of a text in the chain: SHA-256 of salt, field and canonical JSON, a line each."""
    return "sha256:" + hashlib.sha256(f"{salt}\n{field}\n{text}".encode()).hexdigest()


def separate_texts(data: Json, seq: int, texts: list[EntryText]) -> Json:
    """Return the data as it is chained, with digests for texts; the texts are added to `texts`."""
    if _KEYS.isdisjoint(data):
        return data

    chained = dict(data)
    for key, value in data.items():
        if value and key in _KEYS:
            chained[key] = _chained(value, key, TEXT_KINDS.get(key), seq, texts)
    return chained


def _chained(value: Any, field: str, kind: TextKind | None, seq: int, texts: list[EntryText]) -> Any:
    """One value of an entry's data as it is chained."""
    if isinstance(value, str):
        if not kind or not value:
            return value
        salt, encoded = urandom(16).hex(), quote(value)
        texts.append(EntryText(seq, field, kind.value, salt, encoded))
        return {"digest": text_digest(salt, field, encoded)}
    if isinstance(value, dict):  # by people's ids, each with a reason; or one of several items
        kinds = {
            key: TEXT_KINDS.get(key, kind if isinstance(each, str) else None) for key, each in value.items()
        }
        return {key: _chained(each, f"{field}/{key}", kinds[key], seq, texts) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [
            _chained(each, f"{field}/{place}", kind if isinstance(each, str) else None, seq, texts)
            for place, each in enumerate(value)
        ]
    return value


def text_fields(data: Json) -> Iterator[str]:
    """The fields of chained data whose texts stand beside the chain, erased or not: "stages/0/because"."""

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


def restore_texts(data: Json, words: Mapping[str, str]) -> Json:
    """Return chained data with its texts, by field; with `ERASED` where a text is not there any more."""

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


class AuditEvent(NamedTuple):
    """What a lifecycle verb records; it becomes an entry when its transaction commits."""

    actor: str
    action: str
    subject: str
    app: str = ""
    person: str = ""
    data: Json = {}  # noqa: RUF012 - nobody changes an event


_LOCKED_HEAD = select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == HEAD).with_for_update()
_ADD = insert(AuditEntry)
_ADD_TEXTS = insert(AuditText)
_ADD_HEAD = insert(AuditHead)
_MOVE_HEAD = (
    update(AuditHead)
    .where(AuditHead.id == HEAD)
    .values(seq=bindparam("last_seq"), hash=bindparam("last_hash"))
)


def append(
    sql: Sql,
    events: Iterable[AuditEvent],
    at: datetime,
    head: tuple[int, str] | None = None,
    *,
    after: Sequence[Write] = (),
) -> tuple[int, str]:
    """Append events to the trail. The last thing a transaction does, since others wait for the head.

    `head` is the number and the hash of the last entry, where they are known and nobody else can write one;
    `after` is what is written before the entries. Returns the number and the hash of the new last entry.
    """
    if head is None:
        head = _head(sql, after)
    else:
        sql.write(after)
    seq, previous = head
    moment, rows, texts = at.astimezone(UTC), list[Json](), list[EntryText]()
    time = quote(moment.isoformat())
    for event in events:
        seq += 1
        data = canonical(separate_texts(event.data, seq, texts))
        # What `canonical` makes of the whole entry; its data is encoded once for both, chain and column.
        line = (
            f'{{"action":{_quoted(event.action)},"actor":{_quoted(event.actor)},"app":{_quoted(event.app)},'
            f'"at":{time},"data":{data},"person":{_quoted(event.person)},"seq":{seq},'
            f'"subject":{quote(event.subject)}}}'
        )
        link = sha256((previous + line).encode()).hexdigest()
        rows.append(
            {
                "seq": seq, "at": moment, "actor": event.actor, "action": event.action,
                "subject": event.subject, "app": event.app, "person": event.person, "data": data,
                "previous": previous, "hash": link,
            }
        )  # fmt: skip
        previous = link
    moved = {"last_seq": seq, "last_hash": previous}
    sql.write(
        [
            Write(_ADD, rows),
            Write(_ADD_TEXTS, [text._asdict() for text in texts]),
            Write(_MOVE_HEAD, [moved]),
        ]
    )
    return seq, previous


_quoted = lru_cache(1000)(quote)
"""Cached, since people, actions and apps recur."""


def _head(sql: Sql, after: Sequence[Write]) -> tuple[int, str]:
    """The number and the hash of the last entry; nobody else writes one until the commit."""
    head = next(iter(sql.write(after, then=Read(_LOCKED_HEAD))), None)
    if head is None:  # the migration has written it; so it was removed, and `verify` says what is missing
        sql.run(_ADD_HEAD, [{"id": HEAD, "seq": 0, "hash": GENESIS}])
        head = 0, GENESIS
    return head[0], head[1]
