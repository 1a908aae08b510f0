"""The audit trail, read from the database for the command line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TextIO, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot import checkpoints, notary
from bot.audit_files import WRITERS, Selection, Write, id_of, read_jsonl
from bot.checkpoints import Signed
from bot.config import AuditConfig
from bot.database import explained, opened
from bot.failure import Failure
from bot.importing import OPERATOR
from bot.output import destination, writing
from bot.words import counted
from models import audit
from models.audit import Verdict
from models.durations import spoken
from models.lifecycle import erase_words
from models.store.case import Case

T = TypeVar("T")


@dataclass(frozen=True)
class Outside:
    """What is held against a trail: the checkpoints of a file, and digests that the second witness heard."""

    path: Path | None = None
    signed: Sequence[Signed] = ()
    demanded: bool = False
    """Whether there has to be a checkpoint, since the configuration wants them."""

    @classmethod
    def read(
        cls, path: Path, key: Ed25519PublicKey, *, demanded: bool = False, witnessed: Sequence[str] = ()
    ) -> "Outside":
        """Read a file. Raises Failure for one that is wrong, or lacks what the witness heard of."""
        signed = checkpoints.read(path, key)
        digests = {each.digest for each in signed}
        for digest in witnessed:
            if digest.lower() not in digests:
                raise Failure(
                    f"No checkpoint in {path} has the digest {digest}: the one that the witness heard of is "
                    "missing, or was signed anew."
                )
        return cls(path, signed, demanded)


NOTHING = Outside()


async def verify(url: str, outside: Outside = NOTHING) -> str:
    """The good news about the whole trail. Raises Failure that names the entry where it is not whole."""
    points = [signed.point for signed in outside.signed]
    return _good_news(await _read(url, lambda case: audit.verify(case, points)), outside)


def verify_export(file: Path, outside: Outside = NOTHING) -> str:
    """The same of a whole export in JSON Lines, which needs no database. Raises Failure."""
    points = [signed.point for signed in outside.signed]
    try:
        with file.open(encoding="utf-8") as lines:
            return _good_news(audit.follow(read_jsonl(lines), points), outside)
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise Failure(f"{file} is not text in UTF-8.") from None


async def sign(
    url: str, key: Ed25519PrivateKey, *, to: Path | None, after: Path | None, config: AuditConfig | None
) -> Signed:
    """Verify the trail and sign where it ends, after the last checkpoint of the file that it is added to.

    Where it is added to none it follows the last of `after`, or is the first. With `config` the second
    witness hears of it. Raises Failure.
    """
    with explained(url):
        async with opened(url) as store:
            if to is None:
                known = checkpoints.read(after, key.public_key()) if after else []
                return await notary.sign(store, key, known[-1] if known else None)
            signed = await notary.sign_into(store, key, to)
            if config is not None:
                words = notary.words_of(signed)
                await store.run(notary.tell_witness, config, str(signed.counter), words)
            return signed


async def texts_of(url: str, person: str) -> tuple[str, list[erase_words.Text]]:
    """The id of a person, named by it or by an address, and the texts of the trail that are theirs."""

    def find(case: Case) -> tuple[str, list[erase_words.Text]]:
        person_id = id_of(case, person)
        return person_id, erase_words.texts_of_person(case, person_id)

    return await _read(url, find)


async def erase(url: str, person_id: str, texts: Sequence[erase_words.Text]) -> None:
    """Erase these texts, some at a time."""
    async with opened(url) as store:
        for start in range(0, len(texts), erase_words.AT_ONCE):
            piece = texts[start : start + erase_words.AT_ONCE]
            await store.run(erase_words.erase_person, person_id, piece, OPERATOR)


async def export(url: str, selection: Selection, form: str, output: Path | None) -> int:
    """Write the entries to a file (None: standard output) in a form of WRITERS; returns how many."""
    with destination(output) as file, explained(url):
        return await _read(url, lambda case: _write(case, selection, WRITERS[form], file))


def said(entries: int) -> str:
    """A number of entries in words."""
    return counted(entries, "entry", "entries")


async def _read(url: str, work: Callable[[Case], T]) -> T:
    async with opened(url) as store:
        return await store.read(work)


def _write(case: Case, selection: Selection, write: Write, file: TextIO) -> int:
    with writing():
        count = write(case, selection, file)
        file.flush()
    return count


def _good_news(verdict: Verdict, outside: Outside) -> str:
    if verdict.fault:
        raise Failure(_broken(verdict))
    number = len(outside.signed)
    checked = f", as {counted(number, 'checkpoint says', 'checkpoints say')}" if number else ""
    news = f"{said(verdict.entries)}, whole{checked}, ends at {verdict.head}"
    if outside.path is None:
        return news
    if number:
        return f"{news}\n{_last(outside.signed[-1])}"
    nothing = f"No checkpoint was held against it: there is none in {outside.path}."
    if outside.demanded:
        raise Failure(f"{nothing} [audit] wants them. By itself: {news}")
    return f"{news}\n{nothing}"


def _last(signed: Signed) -> str:
    """The last checkpoint, with its age."""
    age = datetime.now(UTC) - datetime.fromisoformat(signed.point.at)
    unit = next((unit for unit in _UNITS if age >= unit), None)
    old = f"{spoken(age // unit * unit)} old" if unit else "less than a minute old"
    return (
        f"The last checkpoint, number {signed.counter}, is {old} ({signed.point.at}, at entry "
        f"{signed.point.seq}); its digest is {signed.digest}"
    )


_UNITS = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1))


def _broken(verdict: Verdict) -> str:
    whole = f" {said(verdict.entries)} before that: whole." if verdict.entries else ""
    return f"The audit trail is not whole: {verdict.fault}.{whole}"
