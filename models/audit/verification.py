"""Verify the trail: every link against its entry, and the whole against signed checkpoints and the tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import String, Text, bindparam, case, cast, exists, literal, select, type_coerce

from models.audit.canonical_lines import HASHED
from models.audit.chain import GENESIS, EntryText, text_digest
from models.audit.read import BATCH_SIZE, BEFORE_ALL
from models.statements import Reader
from models.tables.audit import HEAD, AuditEntry, AuditHead, AuditText
from models.tables.requests import Decision


@dataclass(frozen=True)
class Verification:
    """The result: how many entries are intact, the hash of the last, and the first fault as a sentence."""

    entries: int
    head: str
    fault: str | None = None

    @property
    def intact(self) -> bool:
        return self.fault is None


@dataclass(frozen=True)
class Checkpoint:
    """The end of the trail at a moment: the number of its last entry and that entry's hash."""

    at: str
    seq: int
    hash: str


Link = tuple[int, str, str, str]
"""Of an entry its number, the previous hash, its own, and the text that its own is the SHA-256 of.

Plain tuples, as the driver makes them: naming the parts of each would cost as much as hashing it.
"""


class Batch(NamedTuple):
    """Consecutive entries, and the texts that stand beside them."""

    links: Sequence[Link]
    texts: Sequence[EntryText]


_HEAD = select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == HEAD)
_HASH_OF = select(AuditEntry.hash).where(AuditEntry.seq == bindparam("entry"))
_LINKS = (
    select(AuditEntry.seq, AuditEntry.previous, AuditEntry.hash, AuditEntry.previous + HASHED)
    .where(AuditEntry.seq > bindparam("after"))
    .order_by(AuditEntry.seq)
    .limit(BATCH_SIZE)
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


def current_checkpoint(case: Reader, at: datetime) -> Checkpoint:
    """The end of the trail now, by its head."""
    return Checkpoint(at.isoformat(), *_head(case))


def verify(
    case: Reader, points: Iterable[Checkpoint] = (), *, after: Checkpoint | None = None
) -> Verification:
    """Verify every link of the trail; stops at the first fault.

    Then the tables: a decision that the trail does not know was put there by hand. With `after`, a checkpoint
    up to which the trail was verified before, only later entries are read.
    """
    if after is not None and (fault := _checkpoint_fault(case, after)):
        return Verification(0, GENESIS, fault)
    verdict = verify_links(_batches(case, after.seq if after else BEFORE_ALL), points, after=after)
    if not verdict.intact:
        return verdict
    return replace(verdict, fault=_ends_early(case, verdict) or _orphan(case, verdict) or _unrecorded(case))


def verify_links(
    batches: Iterable[Batch], points: Iterable[Checkpoint] = (), *, after: Checkpoint | None = None
) -> Verification:
    """Verify the links of these batches, and their entries against signed checkpoints.

    Checkpoints show what links alone do not: a trail that lost its end, or was written anew as a whole.
    """
    open_points: dict[int, list[Checkpoint]] = {}
    for point in points:
        open_points.setdefault(point.seq, []).append(point)
    last, previous, confirmed = (after.seq, after.hash, after.seq) if after else (0, GENESIS, 0)
    for links, texts in batches:
        began, fault = last, None
        for seq, before, own, text in links:
            if seq != last + 1 or before != previous or sha256(text.encode()).hexdigest() != own:
                fault = _fault(seq, before, last + 1, previous)
                break
            last, previous = seq, own
        for seq in sorted(seq for seq in open_points if began < seq <= last):
            _, before, own, _ = links[seq - began - 1]
            if mismatch := _mismatch(seq, own, open_points.pop(seq), confirmed):
                return Verification(seq - 1, before, mismatch)
            confirmed = seq
        if fault := fault or _changed_text(links, texts):
            return Verification(last, previous, fault)
    later = {seq: points for seq, points in open_points.items() if seq > (after.seq if after else 0)}
    return Verification(last, previous, _missing_end(last, later))


def _batches(case: Reader, after: int) -> Iterator[Batch]:
    while rows := case.read(_LINKS, after=after):
        last = rows[-1][0]
        yield Batch(rows, case.read(_WORDS_BETWEEN, after=after, last=last))
        after = last


def _head(case: Reader) -> tuple[int, str]:
    return next(iter(case.read(_HEAD)), (0, GENESIS))


def _checkpoint_fault(case: Reader, point: Checkpoint) -> str | None:
    """What is wrong with the entry of a checkpoint; None if it is as it was."""
    current = next(iter(case.read(_HASH_OF, entry=point.seq)), GENESIS if point.seq == 0 else None)
    if current is None:
        return f"entry {point.seq} is missing, but at {point.at} the trail had it"
    return None if current == point.hash else _written_anew(point.seq, point.at, "")


def _ends_early(case: Reader, verdict: Verification) -> str | None:
    seq, known = _head(case)
    if (seq, known) == (verdict.entries, verdict.head):
        return None
    return f"the trail ends at entry {verdict.entries}, but its head says {seq}: its end is missing"


def _orphan(case: Reader, verdict: Verification) -> str | None:
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


def _changed_text(links: Sequence[Link], texts: Iterable[EntryText]) -> str | None:
    hashed = {seq: text for seq, _, _, text in links} if texts else {}
    for seq, field, _, salt, text in texts:
        if f'"digest":"{text_digest(salt, field, text)}"' not in hashed.get(seq, ""):
            return f"the text “{field}” of entry {seq} was changed"
    return None


def _mismatch(seq: int, own: str, points: Iterable[Checkpoint], confirmed: int) -> str | None:
    point = next((point for point in points if point.hash != own), None)
    if point is None:
        return None
    since = f"after entry {confirmed}, which is as it was" if confirmed else "from the beginning"
    return _written_anew(seq, point.at, f" {since}")


def _written_anew(seq: int, at: str, since: str) -> str:
    return f"entry {seq} is not what it was at {at}: the trail was written anew{since}"


def _missing_end(last: int, open_points: Mapping[int, list[Checkpoint]]) -> str | None:
    if not open_points:
        return None
    point = open_points[max(open_points)][0]
    return f"the trail ends at entry {last}, but at {point.at} it had entry {point.seq}: its end is missing"
