"""From the references that Slack carries (AR-12, GR-7, TK-3, RV-1) to the rows they name."""

from typing import TypeVar

from models.errors import NotFound
from models.store.case import Case
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


def lock_request(case: Case, ref: str) -> Request:
    """The request of this reference, held until the commit; raises NotFound."""
    return _locked(case, Request, number_of(ref, "AR"), ref)


def lock_grant(case: Case, ref: str) -> Grant:
    """The grant of this reference, held until the commit; raises NotFound."""
    return _locked(case, Grant, number_of(ref, "GR"), ref)


def lock_task(case: Case, ref: str) -> tuple[Task, Grant]:
    """The task of this reference and its grant, held until the commit; raises NotFound."""
    key = number_of(ref, "TK")
    task = case.get(Task, key)
    if task is None:
        raise NotFound(f"There is no {ref}.")
    # The grant first, as everybody does who moves a grant and its tasks with it.
    grant = lock_grant(case, f"GR-{task.grant_id}")
    return _locked(case, Task, key, ref), grant


def lock_review(case: Case, ref: str) -> Review:
    """The review of this reference, held until the commit; raises NotFound."""
    return _locked(case, Review, number_of(ref, "RV"), ref)


def _locked(case: Case, table: type[Row], key: int, ref: str) -> Row:
    row = case.lock(table, key)
    if row is None:
        raise NotFound(f"There is no {ref}.")
    return row
