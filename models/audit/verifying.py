"""Verify the trail: every link against its entry, and all of it against what is known from elsewhere."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import String, Text, bindparam, case, cast, exists, literal, select, type_coerce

from models.audit.chain import GENESIS, Words, digest
from models.audit.lines import HASHED
from models.audit.reading import AT_ONCE, BEFORE_ALL
from models.statements import Reader
from models.tables.audit import HEAD, AuditEntry, AuditHead, AuditText
from models.tables.requests import Decision


@dataclass(frozen=True)
class Verdict:
    """What a verification found: how many entries were read, and the first fault's place and sentence."""

    entries: int
    head: str
    fault: str | None = None

    @property
    def whole(self) -> bool:
        return self.fault is None


@dataclass(frozen=True)
class Checkpoint:
    """Where the trail ended at a moment: the number of its last entry and that entry's hash."""

    at: str
    seq: int
    hash: str


Link = tuple[int, str, str, str]
"""Of an entry its number, the previous hash, its own, and the text that its own is the SHA-256 of.

Plain tuples, as the driver makes them: naming the parts of each would cost as much as hashing it.
"""


class Part(NamedTuple):
    """Entries that follow each other, and the words that stand beside them."""

    links: Sequence[Link]
    words: Sequence[Words]


_HEAD = select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == HEAD)
_HASH_OF = select(AuditEntry.hash).where(AuditEntry.seq == bindparam("entry"))
_LINKS = (
    select(AuditEntry.seq, AuditEntry.previous, AuditEntry.hash, AuditEntry.previous + HASHED)
    .where(AuditEntry.seq > bindparam("after"))
    .order_by(AuditEntry.seq)
    .limit(AT_ONCE)
)
_WORDS = select(AuditText.seq, AuditText.field, AuditText.kind, AuditText.salt, AuditText.text)
_WORDS_BETWEEN = _WORDS.where(AuditText.seq > bindparam("after"), AuditText.seq <= bindparam("last"))
_WORDS_AFTER = select(AuditText.seq).where(AuditText.seq > bindparam("after")).limit(1)

_DATA = type_coerce(AuditEntry.data, Text)
_RECORDED = exists().where(
    AuditEntry.subject == literal("AR-") + cast(Decision.request_id, String),
    AuditEntry.actor == Decision.person_id,
    AuditEntry.action == case((Decision.approve, "decision.approve"), else_="decision.reject"),
    _DATA.like(literal('%"position":') + cast(Decision.position, String) + literal(",%")),
)
_UNRECORDED = (
    select(Decision.request_id, Decision.person_id, Decision.approve)
    .where(~_RECORDED)
    .order_by(Decision.request_id)
    .limit(1)
)


def now_at(case: Reader, at: datetime) -> Checkpoint:
    """Where the trail ends now, by its head."""
    return Checkpoint(at.isoformat(), *_head(case))


def verify(case: Reader, points: Iterable[Checkpoint] = (), *, after: Checkpoint | None = None) -> Verdict:
    """Read the trail and hold every link against its entry. Stops at the first fault and names it.

    Looks at the tables too: a decision that the trail does not know was put there by hand. With `after`, a
    checkpoint up to which the trail was verified before, only what came after it is read.
    """
    if after is not None and (fault := _contradicts(case, after)):
        return Verdict(0, GENESIS, fault)
    verdict = follow(_parts(case, after.seq if after else BEFORE_ALL), points, after=after)
    if not verdict.whole:
        return verdict
    return replace(verdict, fault=_ends_early(case, verdict) or _orphan(case, verdict) or _unrecorded(case))


def follow(
    parts: Iterable[Part], points: Iterable[Checkpoint] = (), *, after: Checkpoint | None = None
) -> Verdict:
    """Hold every link against its entry, and the entries against what is known from elsewhere of the trail.

    That shows what the links alone do not: a trail that lost its end, or was written anew as a whole.
    """
    signed: dict[int, list[Checkpoint]] = {}
    for point in points:
        signed.setdefault(point.seq, []).append(point)
    last, previous, sure = (after.seq, after.hash, after.seq) if after else (0, GENESIS, 0)
    for links, words in parts:
        began, fault = last, None
        for seq, before, own, text in links:
            if seq != last + 1 or before != previous or sha256(text.encode()).hexdigest() != own:
                fault = _fault(seq, before, last + 1, previous)
                break
            last, previous = seq, own
        for seq in sorted(seq for seq in signed if began < seq <= last):
            _, before, own, _ = links[seq - began - 1]
            if unlike := _unlike(seq, own, signed.pop(seq), sure):
                return Verdict(seq - 1, before, unlike)
            sure = seq
        if fault := fault or _changed_words(links, words):
            return Verdict(last, previous, fault)
    signed = {seq: found for seq, found in signed.items() if seq > (after.seq if after else 0)}
    return Verdict(last, previous, _cut(last, signed))


def _parts(case: Reader, after: int) -> Iterator[Part]:
    while rows := case.read(_LINKS, after=after):
        last = rows[-1][0]
        yield Part(rows, case.read(_WORDS_BETWEEN, after=after, last=last))
        after = last


def _head(case: Reader) -> tuple[int, str]:
    return next(iter(case.read(_HEAD)), (0, GENESIS))


def _contradicts(case: Reader, point: Checkpoint) -> str | None:
    """What is wrong with the entry that a checkpoint is about."""
    found = next(iter(case.read(_HASH_OF, entry=point.seq)), GENESIS if point.seq == 0 else None)
    if found is None:
        return f"entry {point.seq} is missing, but at {point.at} the trail had it"
    return None if found == point.hash else _written_anew(point.seq, point.at, "")


def _ends_early(case: Reader, verdict: Verdict) -> str | None:
    seq, known = _head(case)
    if (seq, known) == (verdict.entries, verdict.head):
        return None
    return f"the trail ends at entry {verdict.entries}, but its head says {seq}: its end is missing"


def _orphan(case: Reader, verdict: Verdict) -> str | None:
    for seq in case.read(_WORDS_AFTER, after=verdict.entries):
        return f"there is a text of entry {seq}, and no such entry"
    return None


def _unrecorded(case: Reader) -> str | None:
    for request_id, person_id, approve in case.read(_UNRECORDED):
        what = "approval" if approve else "rejection"
        return (
            f"the {what} of AR-{request_id} by {person_id} is in the table of decisions, "
            "but not in the trail: it was put there by hand"
        )
    return None


def _fault(seq: int, before: str, expected: int, previous: str) -> str:
    if seq != expected:
        return f"entry {expected} is missing (entry {seq} comes next)"
    if before != previous:
        return f"entry {seq} does not follow the entry before it"
    return f"entry {seq} was changed"


def _changed_words(links: Sequence[Link], words: Iterable[Words]) -> str | None:
    texts = {seq: text for seq, _, _, text in links} if words else {}
    for seq, field, _, salt, text in words:
        if f'"digest":"{digest(salt, field, text)}"' not in texts.get(seq, ""):
            return f"the text “{field}” of entry {seq} was changed"
    return None


def _unlike(seq: int, own: str, points: Iterable[Checkpoint], sure: int) -> str | None:
    point = next((point for point in points if point.hash != own), None)
    if point is None:
        return None
    since = f"after entry {sure}, which is as it was" if sure else "from the beginning"
    return _written_anew(seq, point.at, f" {since}")


def _written_anew(seq: int, at: str, since: str) -> str:
    return f"entry {seq} is not what it was at {at}: the trail was written anew{since}"


def _cut(last: int, left: Mapping[int, list[Checkpoint]]) -> str | None:
    if not left:
        return None
    point = left[max(left)][0]
    return f"the trail ends at entry {last}, but at {point.at} it had entry {point.seq}: its end is missing"
