"""Whom the review of an emergency asks: looked up when it begins, at each reminder, and at the click."""

from models.lifecycle import redraw
from models.lifecycle.request.plan import question_of
from models.policy import aftermath
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.store.tx import SYSTEM, Tx
from models.tables.cards import CardKind
from models.tables.requests import Request
from models.tables.reviews import Review


def reviewers(tx: Tx, request: Request) -> tuple[str, ...]:
    """Who may review this emergency now; never who asked for it or had it."""
    question = question_of(request, Snapshot.from_json(request.policy), tx.now)
    return aftermath(question, Directory(tx.session)).reviewers


def ask(tx: Tx, review: Review, request: Request) -> list[str]:
    """Ask whoever may review it now, by the card about the emergency; returns who has that card for it.

    Where nobody may, these are all the admins, even the one whom it is about: the card says what to do.
    """
    before, review.asked = list(review.asked), list(reviewers(tx, request))
    if review.asked != before or not before:
        _record(tx, review, request)
    people = review.asked or list(Directory(tx.session).admins())
    for person_id in people:
        redraw.show(tx, CardKind.ALERT, request.ref, request.ref, person_id)
    redraw.redraw(tx, request.ref)
    redraw.refresh_homes(tx, {*before, *people})
    return people


def _record(tx: Tx, review: Review, request: Request) -> None:
    tx.record(
        SYSTEM,
        "review.open",
        review.ref,
        app=request.app_key,
        person=request.beneficiary_id,
        request=request.ref,
        asked=review.asked,
    )
