"""Find and lock rows by the references that Slack carries: AR-12, GR-7, TK-3, RV-1."""

from typing import TypeVar

from sqlalchemy import bindparam, select

from models.errors import NotFound
from models.store.case import Case
from models.tables.cards import Card
from models.tables.grants import Grant, Task
from models.tables.requests import Request
from models.tables.reviews import Review

DIGITS = 18
"""The most digits that a 64-bit key can always hold."""

_CARD_AT = select(Card).where(Card.channel == bindparam("channel"), Card.ts == bindparam("ts"))

Row = TypeVar("Row", Request, Grant, Task, Review)


def number_of(ref: str, prefix: str) -> int:
    """The number in a reference.

    Raises:
        NotFound: It is no reference with this prefix.
    """
    head, _, digits = ref.partition("-")
    if head != prefix or not digits.isascii() or not digits.isdigit() or len(digits) > DIGITS:
        raise NotFound("This no longer exists.")
    return int(digits)


def lock_request(case: Case, ref: str) -> Request:
    """The request of this reference, held until the commit.

    Raises:
        NotFound: There is no such request.
    """
    return _locked(case, Request, number_of(ref, "AR"), ref)


def lock_grant(case: Case, ref: str) -> Grant:
    """The grant of this reference, held until the commit.

    Raises:
        NotFound: There is no such grant.
    """
    return _locked(case, Grant, number_of(ref, "GR"), ref)


def lock_task(case: Case, ref: str) -> tuple[Task, Grant]:
    """The task of this reference and its grant, held until the commit.

    Raises:
        NotFound: There is no such task.
    """
    key = number_of(ref, "TK")
    task = case.get(Task, key)
    if task is None:
        raise NotFound(f"There is no {ref}.")
    # The grant first, as in every move of a grant with its tasks.
    grant = lock_grant(case, f"GR-{task.grant_id}")
    return _locked(case, Task, key, ref), grant


def lock_review(case: Case, ref: str) -> Review:
    """The review of this reference, held until the commit.

    Raises:
        NotFound: There is no such review.
    """
    return _locked(case, Review, number_of(ref, "RV"), ref)


def find_request(case: Case, ref: str) -> Request:
    """The request of a reference: AR-1 itself, or that of a grant (GR-1), a task (TK-1) or a review (RV-1).

    Raises:
        NotFound: There is none.
    """
    prefix = ref.partition("-")[0]
    if prefix == "RV":
        review = case.get(Review, number_of(ref, "RV"))
        ref = f"AR-{review.request_id}" if review else ref
    if prefix == "TK":
        task = case.get(Task, number_of(ref, "TK"))
        ref = f"GR-{task.grant_id}" if task else ""
    if prefix in ("GR", "TK"):
        return case.get_one(Request, find_grant(case, ref).request_id)
    request = case.get(Request, number_of(ref, "AR"))
    if request is None:
        raise NotFound(f"There is no {ref}.")
    return request


def find_grant(case: Case, ref: str) -> Grant:
    """The grant of a reference (GR-1).

    Raises:
        NotFound: There is none.
    """
    grant = case.get(Grant, number_of(ref, "GR"))
    if grant is None:
        raise NotFound(f"There is no {ref}.")
    return grant


def card_at(case: Case, channel: str, ts: str) -> Card | None:
    """The card that is this message."""
    return next(iter(case.read(_CARD_AT, channel=channel, ts=ts)), None)


def _locked(case: Case, table: type[Row], key: int, ref: str) -> Row:
    row = case.lock(table, key)
    if row is None:
        raise NotFound(f"There is no {ref}.")
    return row
