"""From the references that Slack carries (AR-12, GR-7, TK-3, RV-1) to the rows they name."""

from typing import TypeVar

from sqlalchemy import select

from models.errors import NotFound
from models.store.tx import Tx
from models.tables.grants import Grant, Task
from models.tables.requests import Request
from models.tables.reviews import Review

DIGITS = 18
"""As many as a 64-bit key can always hold."""

Row = TypeVar("Row", Request, Grant, Task, Review)


def number_of(ref: str, prefix: str) -> int:
    """The number in a reference; raises NotFound for anything that is not one."""
    head, _, digits = ref.partition("-")
    if head != prefix or not digits.isascii() or not digits.isdigit() or len(digits) > DIGITS:
        raise NotFound("That is not there any more.")
    return int(digits)


def lock_request(tx: Tx, ref: str) -> Request:
    """The request of this reference, held until the commit."""
    return _locked(tx, Request, number_of(ref, "AR"), ref)


def lock_grant(tx: Tx, ref: str) -> Grant:
    """The grant of this reference, held until the commit."""
    return _locked(tx, Grant, number_of(ref, "GR"), ref)


def lock_task(tx: Tx, ref: str) -> tuple[Task, Grant]:
    """The task of this reference and its grant, held until the commit."""
    key = number_of(ref, "TK")
    grant_id = tx.session.scalar(select(Task.grant_id).where(Task.id == key))
    if grant_id is None:
        raise NotFound(f"There is no {ref}.")
    # The grant first, as everybody does who moves a grant and its tasks with it.
    grant = lock_grant(tx, f"GR-{grant_id}")
    return _locked(tx, Task, key, ref), grant


def lock_review(tx: Tx, ref: str) -> Review:
    """The review of this reference, held until the commit."""
    return _locked(tx, Review, number_of(ref, "RV"), ref)


def _locked(tx: Tx, table: type[Row], key: int, ref: str) -> Row:
    row = tx.locked(table, key)
    if row is None:
        raise NotFound(f"There is no {ref}.")
    return row
