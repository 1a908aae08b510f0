"""Erase words of the audit trail: those of one person, or those whose retention is over. It still verifies.

The entries stay, with the digests of what was erased; that it was erased is an entry too.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import and_, bindparam, delete, or_, select

from models.audit import TextKind, canonical
from models.audit.read import BEFORE_ALL
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.audit import AuditEntry, AuditText
from models.tables.people import Person

AT_ONCE = 500
"""How many texts are erased in one transaction, so that nobody waits for it."""

Text = tuple[int, str]
"""The number of a text's entry, and its field there."""

_OF_ENTRY = or_(AuditEntry.person == bindparam("person"), AuditEntry.actor == bindparam("person"))
_NAMES_THEM = and_(
    AuditText.kind == TextKind.NAMES.value, AuditText.text.like(bindparam("name"), escape="\\")
)
_THEIRS = (
    select(AuditText.seq, AuditText.field)
    .join(AuditEntry, AuditEntry.seq == AuditText.seq)
    .where(AuditText.seq >= bindparam("after"))
    .where(or_(AuditText.seq > bindparam("after"), AuditText.field > bindparam("after_field")))
    .where(or_(_OF_ENTRY, AuditText.field.like(bindparam("about"), escape="\\"), _NAMES_THEM))
    .order_by(AuditText.seq, AuditText.field)
    .limit(AT_ONCE)
)
_OLDEST = (
    select(AuditText.seq, AuditText.field, AuditEntry.at)
    .join(AuditEntry, AuditEntry.seq == AuditText.seq)
    .where(AuditText.kind == bindparam("kind"))
    .order_by(AuditText.seq)
    .limit(AT_ONCE)
)
_ERASE = delete(AuditText).where(AuditText.seq == bindparam("entry"), AuditText.field == bindparam("place"))


def texts_of_person(case: Case, person_id: str) -> list[Text]:
    """The texts of entries by or about a person, and those beside their id or with their name elsewhere."""
    known = case.get(Person, person_id)
    name = _like(canonical(known.name)[1:-1]) if known and known.name else ""
    wanted = {"person": person_id, "about": f"%/{_like(person_id)}", "name": f"%{name}%" if name else ""}
    return list(_pages(case, wanted))


def erase_person(out: Outcome, person_id: str, texts: Sequence[Text], by: str) -> int:
    """Erase these texts of a person, at most `AT_ONCE`; returns how many."""
    _erase(out, texts)
    out.record(by, "audit.erased", person_id, person=person_id, texts=len(texts))
    return len(texts)


def erase_expired(out: Outcome, retention: Mapping[TextKind, timedelta]) -> int:
    """Erase the oldest texts whose retention is over, by their kind; returns how many."""
    texts: list[Text] = []
    for kind, kept in retention.items():
        oldest = out.case.read(_OLDEST, kind=kind.value)
        texts += [(seq, field) for seq, field, at in oldest if at < out.now - kept]
    if texts:
        _erase(out, texts)
        out.record(SYSTEM, "audit.expired", "audit", texts=len(texts))
    return len(texts)


def _erase(out: Outcome, texts: Sequence[Text]) -> None:
    for seq, field in texts:
        out.bulk(_ERASE, entry=seq, place=field)


def _pages(case: Case, wanted: Mapping[str, str]) -> Iterator[Text]:
    after: Text = (BEFORE_ALL, "")
    while page := case.read(_THEIRS, after=after[0], after_field=after[1], **wanted):
        yield from page
        after = page[-1]


def _like(text: str) -> str:
    """Escape a text for a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
