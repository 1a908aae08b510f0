"""Words that people wrote and sentences that name people, kept beside the chain.

The chain has a salted digest in their place: `{"digest": "sha256:…"}`. So they can be erased for one person,
or after the time that `[audit] retention` says, and the trail still verifies; and as long as they are there,
nobody changes them unnoticed. Entries from before this was so have their words in the chain, and keep them.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from models.tables.audit import canonical
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
