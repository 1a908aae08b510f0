"""Approving with another duration: never more than an approver may give, by the policy of the submission."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.errors import Invalid
from models.lifecycle.request import change_duration, decide
from models.registry.by_reference import lock_request
from models.store.base import Store
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.people import Person
from models.tables.requests import Request, Term
from models.tables.states import RequestState
from tests.models.company import ADA, GITHUB, GRACE, ROOT, found
from tests.models.workflow_steps import ask, request

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EIGHT_HOURS = Term(length=8 * HOUR)
LONG = {"duration_over": "7d"}
SECURITY = {"name": "Security", "approvers": [ROOT], "when": LONG}
OWNERS = {"name": "Owners", "approvers": ["owners"]}

some_time = st.none() | st.timedeltas(timedelta(days=-1), timedelta(days=400))


def github(**changes: object) -> AppSpec:
    return AppSpec.model_validate(GITHUB.stored() | changes)


def taken(out: Outcome, ref: str, term: Term) -> Term | None:
    """What Grace gives who approves it for so long; None where she cannot."""
    request = lock_request(out.case, ref)
    try:
        change_duration.change_term(out, request, GRACE, term)
    except Invalid:
        return None
    return Term.from_json(out.case.get_one(Request, request.id).term)


async def test_whatever_an_approver_chooses_it_keeps_to_the_maximum_and_a_guest_has_an_end(
    store: Store, clock: ManualClock
) -> None:
    await store.run(found, github(indefinite=True, guests=True))
    ref, now = await ask(store, EIGHT_HOURS), clock.now()

    def tried(out: Outcome) -> None:
        @example(None, None, None, True)
        @example(None, 5 * DAY, 35 * DAY, False)
        @example(30 * DAY, None, None, True)
        @given(some_time, some_time, some_time, st.booleans())
        def check(
            length: timedelta | None, start: timedelta | None, end: timedelta | None, guest: bool
        ) -> None:
            trial = Outcome(Case(out.sql, out.now))
            trial.change(trial.case.get_one(Person, ADA), guest=guest)
            term = Term(length, *(now + one if one is not None else None for one in (start, end)))
            given = taken(trial, ref, term)
            if given is not None:
                lasts = given.length or (given.end - max(given.start or now, now) if given.end else None)
                assert lasts is None or timedelta() < lasts <= 30 * DAY
                assert not (guest and lasts is None)
            else:
                assert not (length and timedelta() < length <= 30 * DAY and start is None and end is None)

        check()

    await store.write(tried)


async def test_an_approver_does_not_give_what_others_would_have_been_asked_for(store: Store) -> None:
    await store.run(found, github(stage=[OWNERS, SECURITY]))
    ref = await ask(store, EIGHT_HOURS)
    with pytest.raises(Invalid, match="8 days also needs the stage “Security”") as refused:
        await store.run(decide.approve, ref, GRACE, term=Term(length=8 * DAY))
    assert refused.value.field == "term"
    await store.run(decide.approve, ref, GRACE, term=Term(length=7 * DAY))
    assert (await request(store, ref)).state is RequestState.APPROVED


async def test_who_is_asked_for_long_may_give_long_whatever_was_changed_before(store: Store) -> None:
    await store.run(found, github(stage=[OWNERS, SECURITY]))
    ref = await ask(store, Term(length=10 * DAY))
    await store.run(decide.approve, ref, GRACE, term=EIGHT_HOURS)
    decided = await store.run(decide.approve, ref, ROOT, term=Term(length=9 * DAY))
    assert Term.from_json(decided.term) == Term(length=9 * DAY)


async def test_an_approver_does_not_give_what_a_rule_refuses(store: Store) -> None:
    rule = {"name": "Never long", "why": "Nobody has it for longer than a week.", "when": LONG}
    await store.run(found, github(deny=[rule]))
    ref = await ask(store, EIGHT_HOURS)
    with pytest.raises(Invalid, match=r"Nobody has it for longer than a week\. Choose less"):
        await store.run(decide.approve, ref, GRACE, term=Term(length=8 * DAY))
    await store.run(decide.approve, ref, GRACE, term=Term(length=7 * DAY))


async def test_a_policy_that_was_changed_meanwhile_changes_nothing_of_what_may_be_given(store: Store) -> None:
    await store.write(found)
    ref = await ask(store, EIGHT_HOURS)
    await store.run(found, github(max_duration="1h", durations=["1h"]))
    decided = await store.run(decide.approve, ref, GRACE, term=Term(length=30 * DAY))
    assert Term.from_json(decided.term) == Term(length=30 * DAY)


async def test_an_end_is_measured_from_now_however_long_the_request_has_waited(
    store: Store, clock: ManualClock
) -> None:
    await store.run(found, github(stage=[OWNERS, SECURITY]))
    ref = await ask(store, EIGHT_HOURS)
    clock.advance(DAY)
    term = Term(end=clock.now() + 7 * DAY)
    assert Term.from_json((await store.run(decide.approve, ref, GRACE, term=term)).term) == term
