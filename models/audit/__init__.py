"""The audit trail: append-only, each entry carrying the hash of the one before.

An entry's hash is SHA-256 over the hash before it and the entry's canonical JSON (sorted keys, no spaces,
UTF-8), so a changed, missing, added or reordered entry breaks the chain at its place. The head row knows the
last hash, so a trail that was cut at its end is found out as well.

chain      write entries
texts      words that people wrote and names, beside the chain: erasable, a salted digest in the chain
lines      an entry's canonical line, built by the database
reading    entries for timelines, for programs and for spreadsheets
verifying  hold every link against its entry, and the trail against signed checkpoints and the tables
"""

from models.audit.chain import ERASED, GENESIS, KINDS, Fact, Kind, Words, append
from models.audit.reading import Entry, as_record, entries, exported, joined, latest, story_of
from models.audit.verifying import Checkpoint, Link, Part, Verdict, follow, now_at, verify
from models.tables.audit import AuditEntry, AuditHead, AuditText, canonical

__all__ = [
    "ERASED",
    "GENESIS",
    "KINDS",
    "AuditEntry",
    "AuditHead",
    "AuditText",
    "Checkpoint",
    "Entry",
    "Fact",
    "Kind",
    "Link",
    "Part",
    "Verdict",
    "Words",
    "append",
    "as_record",
    "canonical",
    "entries",
    "exported",
    "follow",
    "joined",
    "latest",
    "now_at",
    "story_of",
    "verify",
]
