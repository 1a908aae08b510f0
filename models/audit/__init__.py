"""The audit trail: append-only, each entry carrying the hash of the one before.

An entry's hash is SHA-256 over the hash before it and the entry's canonical JSON (sorted keys, no spaces,
UTF-8), so a changed, missing, added or reordered entry breaks the chain at its place. The head row knows the
last hash, so that a trail that was cut at its end is detected too.

chain            append entries; people's words stand beside the chain, erasable, with a salted digest in it
canonical_lines  an entry's canonical JSON, built by the database
read             entries for timelines and exports
verification     check every link, and the trail against signed checkpoints and the tables
"""

from models.audit.chain import ERASED, GENESIS, TEXT_KINDS, AuditEvent, EntryText, TextKind, append
from models.audit.read import (
    TrailEntry,
    entries,
    entries_about,
    export_lines,
    hashed_fields,
    latest_time,
    with_texts,
)
from models.audit.verification import (
    Batch,
    Checkpoint,
    Link,
    Verification,
    current_checkpoint,
    verify,
    verify_links,
)
from models.tables.audit import AuditEntry, AuditHead, AuditText, canonical

__all__ = [
    "ERASED",
    "GENESIS",
    "TEXT_KINDS",
    "AuditEntry",
    "AuditEvent",
    "AuditHead",
    "AuditText",
    "Batch",
    "Checkpoint",
    "EntryText",
    "Link",
    "TextKind",
    "TrailEntry",
    "Verification",
    "append",
    "canonical",
    "current_checkpoint",
    "entries",
    "entries_about",
    "export_lines",
    "hashed_fields",
    "latest_time",
    "verify",
    "verify_links",
    "with_texts",
]
