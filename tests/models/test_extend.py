"""More time on an access: what counts is the grant's end, whatever happens to it while somebody decides."""

from datetime import timedelta

import pytest

from models.clock import ManualClock
from models.durations import parse_duration
from models.errors import Duplicate, Invalid, NotAllowed
from models.lifecycle.grant import revoke
from models.lifecycle.request import cancel, decide, submit
from models.store.base import Store
from models.tables.requests import Term
from models.tables.states import GrantState, RequestState
from tests.models.company import ADA, ALAN, GITHUB, GRACE, ROOT, found
from tests.models.workflow_steps import actions, ask, grant, grant_of, hold, request, settle, sweep

HOUR = timedelta(hours=1)
EIGHT_HOURS, WEEK = Term(length=8 * HOUR), Term(length=timedelta(days=7))


async def more(store: Store, ref: str, term: Term = EIGHT_HOURS) -> str:
    return (await store.run(submit.extend, ref, ADA, term, "Not done yet")).ref


async def test_an_end_that_is_not_later_is_no_more_time(store: Store, clock: ManualClock) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    with pytest.raises(Invalid, match="later end"):
        await more(store, ref, Term(end=clock.now() + 8 * HOUR))
    extension = await more(store, ref, Term(end=clock.now() + 9 * HOUR))
    with pytest.raises(Invalid, match="later end"):
        await store.run(decide.approve, extension, GRACE, term=Term(end=clock.now() + HOUR))
    await store.run(decide.approve, extension, GRACE)
    assert (await grant(store, ref)).ends_at == clock.now() + 9 * HOUR


async def test_more_time_that_is_approved_after_the_end_gives_the_access_anew(
    store: Store, clock: ManualClock
) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    extension = await more(store, ref)
    clock.advance(8 * HOUR)
    await sweep(store)
    await settle(store)
    assert (await grant(store, ref)).state is GrantState.ENDED
    await store.run(decide.approve, extension, GRACE)
    await settle(store)
    anew = await grant_of(store, extension)
    assert (anew.ref == ref, anew.state) == (False, GrantState.ACTIVE)
    assert anew.ends_at == clock.now() + 8 * HOUR


async def test_a_grace_period_holds_the_end_up_only_while_more_time_is_asked_for(
    store: Store, clock: ManualClock
) -> None:
    await store.run(found, GITHUB.model_copy(update={"grace": parse_duration("4h")}))
    ref = await hold(store, EIGHT_HOURS)
    extension = await more(store, ref)
    clock.advance(8 * HOUR)
    await sweep(store)
    await sweep(store)
    assert (await grant(store, ref)).state is GrantState.ACTIVE
    assert (await actions(store, ref)).count("grant.grace") == 1
    await store.run(decide.reject, extension, GRACE)
    await sweep(store)
    assert (await grant(store, ref)).state is GrantState.REVOKING


async def test_a_grace_period_ends_even_if_nobody_decides(store: Store, clock: ManualClock) -> None:
    await store.run(found, GITHUB.model_copy(update={"grace": parse_duration("4h")}))
    ref = await hold(store, EIGHT_HOURS)
    await more(store, ref)
    clock.advance(8 * HOUR)
    await sweep(store)
    clock.advance(4 * HOUR)
    await sweep(store)
    assert (await grant(store, ref)).state is GrantState.REVOKING


async def test_more_time_that_is_approved_in_the_grace_period_counts_from_the_approval(
    store: Store, clock: ManualClock
) -> None:
    await store.run(found, GITHUB.model_copy(update={"grace": parse_duration("4h")}))
    ref = await hold(store, EIGHT_HOURS)
    extension = await more(store, ref, Term(length=HOUR))
    clock.advance(10 * HOUR)
    await sweep(store)
    await store.run(decide.approve, extension, GRACE)
    assert (await grant(store, ref)).ends_at == clock.now() + HOUR
    await sweep(store)
    assert (await grant(store, ref)).state is GrantState.ACTIVE


async def test_who_gives_an_access_back_does_not_ask_for_more_of_it(store: Store) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    extension = await more(store, ref)
    await store.run(revoke.give_back, ref, ADA)
    assert (await request(store, extension)).state is RequestState.WITHDRAWN


async def test_what_an_admin_takes_away_no_approval_of_more_time_gives_back(store: Store) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    extension = await more(store, ref)
    await store.run(revoke.revoke, ref, ROOT, "Incident")
    row = await request(store, extension)
    assert (row.state, row.closed_by) == (RequestState.CANCELLED, ROOT)
    assert (await grant(store, ref)).state is GrantState.REVOKING


async def test_who_was_just_given_more_time_is_not_told_at_once_that_it_ends_soon(
    store: Store, clock: ManualClock
) -> None:
    await store.write(found)
    ref = await hold(store, WEEK)
    clock.advance(timedelta(days=7) - HOUR / 2)
    await sweep(store)
    sent = (await actions(store, ref)).count("grant.notice")
    await store.run(decide.approve, await more(store, ref), GRACE)
    await sweep(store)
    assert (await actions(store, ref)).count("grant.notice") == sent == 1
    clock.advance(8 * HOUR - HOUR / 2)
    await sweep(store)
    assert (await actions(store, ref)).count("grant.notice") == 2


async def test_more_time_without_an_end_is_looked_at_no_more(store: Store, clock: ManualClock) -> None:
    await store.run(found, GITHUB.model_copy(update={"indefinite": True}))
    ref = await hold(store, WEEK)
    await store.run(decide.approve, await more(store, ref, Term()), GRACE)
    row = await grant(store, ref)
    assert (row.length, row.ends_at, row.due_at, row.notice_at) == (None, None, None, None)
    clock.advance(timedelta(days=8))
    await sweep(store)
    assert (await actions(store, ref))[-1] == "grant.extended"


async def test_a_length_is_added_to_an_explicit_end_and_an_explicit_end_replaces_a_length(
    store: Store, clock: ManualClock
) -> None:
    await store.write(found)
    end = clock.now() + timedelta(days=2)
    explicit = await hold(store, Term(end=end), "engineering")
    await store.run(decide.approve, await more(store, explicit), GRACE)
    counted = await hold(store, EIGHT_HOURS, "design")
    await store.run(decide.approve, await more(store, counted, Term(end=end)), GRACE)
    first, second = await grant(store, explicit), await grant(store, counted)
    assert (first.ends_at, first.due_at) == (end + 8 * HOUR, end + 8 * HOUR)
    assert (second.length, second.ends_at, second.due_at) == (None, end, end)
    assert (first.notice_at, second.notice_at) == (
        end + 8 * HOUR - timedelta(days=1),
        end - timedelta(days=1),
    )


@pytest.mark.parametrize("by", [ALAN, ROOT])
async def test_only_the_holder_asks_for_more_time(store: Store, by: str) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    with pytest.raises(NotAllowed):
        await store.run(submit.extend, ref, by, EIGHT_HOURS, "For her")


async def test_more_time_is_asked_for_once_at_a_time(store: Store) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    extension = await more(store, ref)
    with pytest.raises(Duplicate, match=extension):
        await more(store, ref)
    await store.run(cancel.withdraw, extension, ADA)
    await more(store, ref)


async def test_what_has_no_end_and_what_is_not_active_gets_no_more_time(
    store: Store, clock: ManualClock
) -> None:
    await store.run(found, GITHUB.model_copy(update={"indefinite": True}))
    with pytest.raises(NotAllowed, match="no end"):
        await more(store, await hold(store, Term()))
    start = clock.now() + HOUR
    later = await hold(store, Term(start=start, end=start + HOUR), "design")
    with pytest.raises(NotAllowed, match="scheduled"):
        await more(store, later)


async def test_an_end_that_passed_while_nobody_decided_is_not_approved_as_it_is(
    store: Store, clock: ManualClock
) -> None:
    await store.write(found)
    ref = await ask(store, Term(end=clock.now() + HOUR))
    clock.advance(HOUR)
    with pytest.raises(Invalid, match="has passed"):
        await store.run(decide.approve, ref, GRACE)
    await store.run(decide.approve, ref, GRACE, term=EIGHT_HOURS)
    await settle(store)
    assert (await grant_of(store, ref)).ends_at == clock.now() + 8 * HOUR
