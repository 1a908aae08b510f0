"""Each of Slack's deliveries counts once, however often Slack (or a forger) sends it."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import bindparam, delete

from models.errors import Repeated, SentBefore
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.deliveries import Delivery

KEPT = timedelta(days=2)
"""Longer than Slack's last retry (minutes) and than any signature is taken as fresh (5 minutes)."""

BEFORE = (
    "This was sent already, and what you have changed since is not in it. Close the form, and look what "
    "became of what you sent."
)
_OLD = delete(Delivery).where(Delivery.at < bindparam("before"))


def in_hand(case: Case, deliveries: Iterable[str]) -> None:
    """Read at once which of these were carried out, before `once` asks for each."""
    case.hand(Delivery, [_parts(delivery)[0] for delivery in deliveries])


def once(out: Outcome, delivery: str) -> None:
    """Take note of a delivery in the outcome that carries it out; a digest may stand in it after a #.

    Raises Repeated if it was noted before, SentBefore if that was with another digest.
    """
    key, content = _parts(delivery)
    known = out.case.get(Delivery, key)
    if known is None:
        out.add(Delivery, key=key, content=content, at=out.now)
    elif known.content != content:
        raise SentBefore(BEFORE)
    else:
        raise Repeated(key)


def forget(out: Outcome) -> None:
    """Drop the notes that are older than any repetition could be."""
    out.bulk(_OLD, before=out.now - KEPT)


def _parts(delivery: str) -> tuple[str, str]:
    """Its key, and the digest of what was sent with it, if any."""
    key, _, content = delivery.partition("#")
    return key, content
