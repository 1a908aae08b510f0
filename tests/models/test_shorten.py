"""Using less: what was approved stays approved, and the end only ever comes nearer."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.errors import Closed, Invalid, NotAllowed
from models.lifecycle.request import change_duration, decide, submit
from models.lifecycle.request.change_duration import is_shorter
from models.store.base import Store
from models.tables.requests import Term
from models.tables.states import GrantState, RequestState
from tests.models.company import ADA, ALAN, GITHUB, GRACE, ROOT, found
from tests.models.policy_questions import NOW
from tests.models.workflow_steps import actions, ask, grant, grant_of, hold, request, settle, sweep
from tests.rows import trail_of

HOUR = timedelta(hours=1)
EIGHT_HOURS, WEEK = Term(length=8 * HOUR), Term(length=timedelta(days=7))

moments = st.integers(1, 10**8).map(lambda seconds: NOW + timedelta(seconds=seconds))
lengths = st.timedeltas(timedelta(seconds=1), timedelta(days=400))
terms = st.one_of(st.builds(Term, length=lengths), st.builds(Term, end=moments), st.just(Term()))


def ending(term: Term, begins: timedelta) -> float:
    """When a term ends that begins so long after now."""
    if term.end is not None:
        return term.end.timestamp()
    return (NOW + begins + term.length).timestamp() if term.length is not None else float("inf")


@given(terms, terms, st.timedeltas(timedelta(), timedelta(days=30)))
def test_what_is_shorter_ends_sooner_whenever_it_begins(one: Term, other: Term, begins: timedelta) -> None:
    if is_shorter(one, other):
        assert ending(one, begins) < ending(other, begins)
        assert not is_shorter(other, one)


async def two_approvals(store: Store) -> None:
    """GitHub, where Grace and Alan both decide."""
    both = {"name": "Owners", "approvers": ["owners"], "rule": "all"}
    spec = AppSpec.model_validate(GITHUB.stored() | {"stage": [both], "durations": ["1h", "8h"]})
    await store.run(found, spec)


async def test_an_approval_of_more_stays_valid_where_less_is_wanted(store: Store, clock: ManualClock) -> None:
    await two_approvals(store)
    ref = await ask(store, WEEK)
    await store.run(decide.approve, ref, GRACE, term=EIGHT_HOURS)
    await store.run(change_duration.shorten, ref, ADA, Term(length=HOUR))
    await store.run(decide.approve, ref, ALAN)
    await settle(store)
    given_now = await grant_of(store, ref)
    assert (given_now.state, given_now.ends_at) == (GrantState.ACTIVE, clock.now() + HOUR)
    assert "request.shortened" in await actions(store, ref)


@pytest.mark.parametrize("term", [EIGHT_HOURS, WEEK, Term(), Term(length=timedelta(0)), Term(end=NOW)])
async def test_only_less_is_taken(store: Store, term: Term) -> None:
    await two_approvals(store)
    ref = await ask(store, WEEK)
    await store.run(decide.approve, ref, GRACE, term=EIGHT_HOURS)
    with pytest.raises(Invalid) as refused:
        await store.run(change_duration.shorten, ref, ADA, term)
    assert refused.value.field == "term"
    assert Term.from_json((await request(store, ref)).term) == EIGHT_HOURS


async def test_a_start_in_the_future_stays_where_it_is(store: Store, clock: ManualClock) -> None:
    await two_approvals(store)
    start = clock.now() + HOUR
    ref = await ask(store, Term(start=start, end=start + 8 * HOUR))
    await store.run(change_duration.shorten, ref, ADA, Term(end=start + HOUR))
    assert Term.from_json((await request(store, ref)).term) == Term(start=start, end=start + HOUR)
    with pytest.raises(Invalid, match="before the start"):
        await store.run(change_duration.shorten, ref, ADA, Term(end=start))


async def test_less_than_the_maximum_is_flagged_no_more(store: Store) -> None:
    await two_approvals(store)
    ref = await ask(store, Term(length=timedelta(days=60)))
    assert (await request(store, ref)).over_max
    await store.run(change_duration.shorten, ref, ADA, WEEK)
    assert not (await request(store, ref)).over_max


@pytest.mark.parametrize("by", [GRACE, ALAN, ROOT])
async def test_only_who_asked_asks_for_less(store: Store, by: str) -> None:
    await two_approvals(store)
    ref = await ask(store, WEEK)
    with pytest.raises(NotAllowed, match="Only the requester"):
        await store.run(change_duration.shorten, ref, by, EIGHT_HOURS)


async def test_what_is_decided_is_not_asked_for_anew(store: Store) -> None:
    await store.write(found)
    ref = await ask(store, WEEK)
    await store.run(decide.reject, ref, GRACE)
    with pytest.raises(Closed, match="already rejected"):
        await store.run(change_duration.shorten, ref, ADA, EIGHT_HOURS)
    assert (await request(store, ref)).state is RequestState.REJECTED


async def test_an_active_access_ends_sooner_with_a_notice_before(store: Store, clock: ManualClock) -> None:
    await store.write(found)
    ref = await hold(store, WEEK)
    clock.advance(HOUR)
    await store.run(change_duration.shorten, ref, ADA, Term(length=3 * HOUR))
    row = await grant(store, ref)
    end = clock.now() + 3 * HOUR
    assert (row.ends_at, row.due_at, row.notice_at) == (end, end, end - HOUR)
    clock.advance(2 * HOUR)
    await sweep(store)
    assert (await actions(store, ref)).count("grant.notice") == 1
    clock.advance(HOUR)
    await sweep(store)
    assert (await grant(store, ref)).state is GrantState.REVOKING
    entries = await trail_of(store, action="grant.shortened")
    assert [(one.actor, one.data["after"]["end"]) for one in entries] == [(ADA, end.isoformat())]


async def test_an_active_access_never_ends_later_or_at_once(store: Store, clock: ManualClock) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    for term in (EIGHT_HOURS, WEEK, Term(), Term(end=clock.now() + 8 * HOUR)):
        with pytest.raises(Invalid, match="already ends before that"):
            await store.run(change_duration.shorten, ref, ADA, term)
    with pytest.raises(Invalid, match="Give back"):
        await store.run(change_duration.shorten, ref, ADA, Term(end=clock.now()))
    assert (await grant(store, ref)).ends_at == clock.now() + 8 * HOUR


async def test_what_has_no_end_is_given_one(store: Store, clock: ManualClock) -> None:
    await store.run(found, GITHUB.model_copy(update={"indefinite": True}))
    ref = await hold(store, Term())
    await store.run(change_duration.shorten, ref, ADA, WEEK)
    row = await grant(store, ref)
    assert row.due_at == row.ends_at == clock.now() + timedelta(days=7)


async def test_who_asks_for_more_time_does_not_shorten_it_meanwhile(store: Store) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    more = await store.run(submit.extend, ref, ADA, EIGHT_HOURS, "Not done yet")
    with pytest.raises(NotAllowed, match=rf"{more.ref}\). Withdraw it first"):
        await store.run(change_duration.shorten, ref, ADA, Term(length=HOUR))


@pytest.mark.parametrize("by", [GRACE, ROOT])
async def test_nobody_else_shortens_an_access(store: Store, by: str) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    with pytest.raises(NotAllowed):
        await store.run(change_duration.shorten, ref, by, Term(length=HOUR))
