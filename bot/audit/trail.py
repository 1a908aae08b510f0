"""Verify, sign, export and erase the audit trail for the command line."""

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.audit import checkpoints, schedule
from bot.audit.atomic_output import open_output, translate_write_errors
from bot.audit.checkpoints import SignedCheckpoint
from bot.audit.files import WRITERS, Selection, Write, person_id_of, read_jsonl
from bot.config import AuditConfig
from bot.database.connection import explain_errors, open_database
from bot.errors import Failure
from bot.plural import plural
from bot.progress import Progress, progress
from models import audit
from models.audit import Verification
from models.durations import duration_words
from models.lifecycle import erase_words
from models.store.case import Case
from models.store.outcome import OPERATOR

T = TypeVar("T")


@dataclass(frozen=True)
class Evidence:
    """What a trail is compared with: the checkpoints of a file, and digests that the second witness has."""

    path: Path | None = None
    checkpoints: Sequence[SignedCheckpoint] = ()
    demanded: bool = False
    """Whether there has to be a checkpoint, since the configuration wants them."""

    @classmethod
    def read(
        cls, path: Path, key: Ed25519PublicKey, *, demanded: bool = False, witnessed: Sequence[str] = ()
    ) -> "Evidence":
        """Read a file.

        Raises:
            Failure: A line is wrong, or the file lacks what the witness heard of.
        """
        in_file = checkpoints.read(path, key)
        digests = {checkpoint.digest for checkpoint in in_file}
        for digest in witnessed:
            if digest.lower() not in digests:
                raise Failure(
                    f"No checkpoint in {path} has the digest {digest}: the one that the witness received "
                    "is missing, or was signed again."
                )
        return cls(path, in_file, demanded)


NO_EVIDENCE = Evidence()


async def verify(url: str, evidence: Evidence = NO_EVIDENCE) -> str:
    """Verify the trail; returns a summary.

    Raises:
        Failure: The trail is not whole; names the entry.
    """
    points = [checkpoint.point for checkpoint in evidence.checkpoints]
    with progress("Verifying the audit trail") as shown:

        def verify_all(case: Case) -> Verification:
            if shown:
                shown.text = f"Verifying {entries_in_words(audit.current_checkpoint(case, case.now).seq)}"
            return audit.verify(case, points)

        verdict = await _read(url, verify_all)
    return _verdict_in_words(verdict, evidence)


def verify_export(file: Path, evidence: Evidence = NO_EVIDENCE) -> str:
    """Verify an export in JSON Lines, without a database; returns a summary.

    Raises:
        Failure: The file cannot be read, or its entries are not whole.
    """
    points = [checkpoint.point for checkpoint in evidence.checkpoints]
    try:
        with file.open(encoding="utf-8") as lines, progress("Verifying the export") as shown:
            verdict = audit.verify_links(read_jsonl(_counted(lines, shown)), points)
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise Failure(f"{file} is not text in UTF-8.") from None
    return _verdict_in_words(verdict, evidence)


async def sign(
    url: str, key: Ed25519PrivateKey, *, to: Path | None, after: Path | None, config: AuditConfig | None
) -> SignedCheckpoint:
    """Verify the trail and sign where it ends, after the last checkpoint of the file that it is added to.

    Where it is added to none it follows the last of `after`, or is the first. With `config` the second
    witness hears of it.

    Raises:
        Failure: The trail is not whole, or the file or the database cannot be used.
    """
    with explain_errors(url):
        async with open_database(url) as store:
            if to is None:
                existing = checkpoints.read(after, key.public_key()) if after else []
                return await schedule.sign(store, key, existing[-1] if existing else None)
            checkpoint = await schedule.sign_into(store, key, to)
            if config is not None:
                words = schedule.describe(checkpoint)
                await store.run(schedule.notify_witness, config, str(checkpoint.counter), words)
            return checkpoint


async def find_texts(url: str, person: str) -> tuple[str, list[erase_words.Text]]:
    """The id of a person, named by it or by an address, and the texts of the trail that are theirs."""

    def find(case: Case) -> tuple[str, list[erase_words.Text]]:
        person_id = person_id_of(case, person)
        return person_id, erase_words.texts_of_person(case, person_id)

    return await _read(url, find)


async def erase(url: str, person_id: str, texts: Sequence[erase_words.Text]) -> None:
    """Erase these texts, in batches."""
    async with open_database(url) as store:
        for start in range(0, len(texts), erase_words.AT_ONCE):
            piece = texts[start : start + erase_words.AT_ONCE]
            await store.run(erase_words.erase_person, person_id, piece, OPERATOR)


async def export(url: str, selection: Selection, form: str, output: Path | None) -> int:
    """Write the entries to a file (None: standard output) in a form of WRITERS; returns how many."""
    # On a terminal that shows the entries themselves, a line about them would only be in the way.
    told = output is not None or not sys.stdout.isatty()
    with (
        open_output(output) as file,
        explain_errors(url),
        progress("Exporting entries") if told else nullcontext() as shown,
    ):
        counted = _CountedFile(file, shown) if shown else file
        return await _read(url, lambda case: _write(case, selection, WRITERS[form], counted))


def entries_in_words(entries: int) -> str:
    """A number of entries: "1 entry", "10,000 entries"."""
    return plural(entries, "entry", "entries")


def _counted(lines: Iterable[str], shown: Progress | None) -> Iterator[str]:
    for line in lines:
        if shown:
            shown.count += 1
        yield line


class _CountedFile(io.StringIO):
    """Passes on what is written, and counts its lines."""

    def __init__(self, file: TextIO, shown: Progress) -> None:
        super().__init__()
        self._file, self._shown = file, shown

    def write(self, text: str) -> int:
        self._shown.count += text.count("\n")
        return self._file.write(text)

    def flush(self) -> None:
        self._file.flush()


async def _read(url: str, work: Callable[[Case], T]) -> T:
    async with open_database(url) as store:
        return await store.read(work)


def _write(case: Case, selection: Selection, write: Write, file: TextIO) -> int:
    with translate_write_errors():
        count = write(case, selection, file)
        file.flush()
    return count


def _verdict_in_words(verdict: Verification, evidence: Evidence) -> str:
    if verdict.fault:
        raise Failure(_fault_in_words(verdict))
    number = len(evidence.checkpoints)
    checked = f", as {plural(number, 'checkpoint says', 'checkpoints say')}" if number else ""
    news = f"{entries_in_words(verdict.entries)}, whole{checked}, ends at {verdict.head}"
    if evidence.path is None:
        return news
    if number:
        return f"{news}\n{_last_checkpoint_in_words(evidence.checkpoints[-1])}"
    nothing = f"No checkpoint to compare with: there is none in {evidence.path}."
    if evidence.demanded:
        raise Failure(f"{nothing} [audit] requires one. The trail itself: {news}")
    return f"{news}\n{nothing}"


def _last_checkpoint_in_words(checkpoint: SignedCheckpoint) -> str:
    """The last checkpoint, with its age."""
    point = checkpoint.point
    age = datetime.now(UTC) - datetime.fromisoformat(point.at)
    unit = next((unit for unit in _UNITS if age >= unit), None)
    age_in_words = f"{duration_words(age // unit * unit)} old" if unit else "less than a minute old"
    return (
        f"The last checkpoint, number {checkpoint.counter}, is {age_in_words} ({point.at}, at entry "
        f"{point.seq}); its digest is {checkpoint.digest}"
    )


_UNITS = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1))


def _fault_in_words(verdict: Verification) -> str:
    whole = f" {entries_in_words(verdict.entries)} before that: whole." if verdict.entries else ""
    return f"The audit trail is not whole: {verdict.fault}.{whole}"
