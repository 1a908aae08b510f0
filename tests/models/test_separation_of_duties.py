"""Separation of duties while a request goes its way: sent, decided, given."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models.catalogue.spec.conflicts import CONFLICT, ConflictSpec
from models.catalogue.spec.enums import OnBehalf
from models.clock import ManualClock
from models.errors import Conflicting, Denied
from models.lifecycle.grant import give, revoke
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.queries.stories import request_story
from models.registry import catalogue_entries
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.grants import Direction, Grant
from models.tables.requests import Request, Stage, Term
from models.tables.states import GrantState, RequestState
from tests.models.company import ADA, ALAN, GITHUB, GRACE, ROOT, found
from tests.models.workflow_steps import ask, grant, grant_of, hold, obliging, request, settle, sweep
from tests.rows import all_of, count_of, trail_of

pytestmark = pytest.mark.both_engines

HOUR = timedelta(hours=1)
EIGHT_HOURS = Term(length=8 * HOUR)


async def rule(store: Store, action: str = "block", **fields: Any) -> None:
    """The company finds that nobody should have both teams."""
    usual: dict[str, Any] = {
        "key": "teams", "name": "One team only", "why": "One builds, the other tests.",
        "these": ["github/engineering"], "those": ["github/design"], "action": action,
    }  # fmt: skip
    extra = {"stage": {"name": "Auditors", "approvers": ["admins"]}} if action == "stage" else {}
    spec = ConflictSpec.model_validate(usual | extra | fields)
    await store.run(catalogue_entries.save_entry, CONFLICT, spec, ROOT)


async def conflicts_shown(store: Store, ref: str) -> list[str]:
    """What a request's card says of conflicts now."""
    story = await store.read(lambda case: request_story(case, ref))
    return [clash.sentence("She has") for clash in story.conflicts]


async def recorded(store: Store, ref: str, action: str) -> Any:
    """The conflicts that the trail has with this step."""
    (row,) = await trail_of(store, subject=ref, action=action)
    return [(one["key"], one["action"], one["access"], one["how"]) for one in row.data.get("conflicts", [])]


async def test_who_has_one_is_refused_the_other_before_anything_is_sent(store: Store) -> None:
    await store.write(found)
    await rule(store)
    await hold(store, EIGHT_HOURS)

    with pytest.raises(
        Denied, match=r"You have GitHub · Engineering team .*One builds, the other tests\.$"
    ) as no:
        await ask(store, EIGHT_HOURS, "design")

    assert no.value.field == "access"
    assert await count_of(store, Request) == 1


async def test_what_is_asked_for_already_counts(store: Store) -> None:
    await store.write(found)
    await rule(store)
    await ask(store, EIGHT_HOURS)

    with pytest.raises(Denied, match="You have an open request for GitHub · Engineering team"):
        await ask(store, EIGHT_HOURS, "design")


async def test_two_that_conflict_cannot_be_asked_for_in_one_form(store: Store) -> None:
    await store.write(found)
    await rule(store)

    with pytest.raises(
        Denied, match="GitHub · Engineering team and GitHub · Design team can't be held together"
    ):
        await ask(store, EIGHT_HOURS, "engineering", "design")


async def test_what_counts_is_what_the_other_person_has(store: Store) -> None:
    await store.run(found, GITHUB.model_copy(update={"on_behalf": OnBehalf.ANYONE}))
    await rule(store)
    await hold(store, EIGHT_HOURS)
    draft = Draft(ALAN, ADA, "github", ("design",), EIGHT_HOURS, "For Ada")

    with pytest.raises(Denied, match=r"Ada has GitHub · Engineering team"):
        await store.run(submit.submit, draft)


async def test_what_is_over_is_in_nobodys_way(store: Store, clock: ManualClock) -> None:
    await store.write(found)
    await rule(store)
    await hold(store, EIGHT_HOURS)
    clock.advance(8 * HOUR)
    await sweep(store)

    with pytest.raises(Denied, match="being revoked"):
        await ask(store, EIGHT_HOURS, "design")
    await settle(store)

    assert await ask(store, EIGHT_HOURS, "design")


async def test_a_stage_of_a_conflict_decides_after_the_others(store: Store) -> None:
    await store.write(found)
    await rule(store, "stage")
    await hold(store, EIGHT_HOURS)
    ref = await ask(store, EIGHT_HOURS, "design")

    await store.run(decide.approve, ref, GRACE)
    assert (await request(store, ref)).state is RequestState.PENDING
    await store.run(decide.approve, ref, ROOT)
    await settle(store)

    assert (await grant_of(store, ref)).state is GrantState.ACTIVE
    stages = await all_of(store, Stage, request_id=int(ref[3:]))
    assert [one.name for one in sorted(stages, key=lambda one: one.position)] == ["Owner", "Auditors"]
    assert await recorded(store, ref, "request.pending") == [("teams", "stage", "github/engineering", "has")]


async def test_a_flag_is_told_to_whoever_decides_and_kept_with_the_decision(store: Store) -> None:
    await store.write(found)
    await rule(store, "flag")
    await hold(store, EIGHT_HOURS)
    ref = await ask(store, EIGHT_HOURS, "design")

    assert "She has GitHub · Engineering team" in (await conflicts_shown(store, ref))[0]
    await store.run(decide.approve, ref, GRACE)

    assert await recorded(store, ref, "decision.approve") == [("teams", "flag", "github/engineering", "has")]
    assert (await request(store, ref)).state is RequestState.APPROVED


async def test_a_block_that_has_come_up_since_lets_nobody_approve(store: Store) -> None:
    await store.write(found)
    ref = await ask(store, EIGHT_HOURS, "design")
    await hold(store, EIGHT_HOURS)
    await rule(store)

    assert "can't be held together" in (await conflicts_shown(store, ref))[0]
    with pytest.raises(Conflicting, match=r"can't be approved now. GitHub · "):
        await store.run(decide.approve, ref, GRACE)
    assert (await request(store, ref)).state is RequestState.PENDING

    await store.run(decide.reject, ref, GRACE)
    assert (await request(store, ref)).state is RequestState.REJECTED


async def test_of_two_requests_the_first_approval_counts(store: Store) -> None:
    await store.write(found)
    first, second = await ask(store, EIGHT_HOURS), await ask(store, EIGHT_HOURS, "design")
    await rule(store)

    await store.run(decide.approve, second, GRACE)
    with pytest.raises(Conflicting, match="\\(being set up\\)"):
        await store.run(decide.approve, first, ALAN)


async def test_two_approvals_at_once_give_one_access(store: Store) -> None:
    await store.write(found)
    refs = [await ask(store, EIGHT_HOURS), await ask(store, EIGHT_HOURS, "design")]
    await rule(store)

    done = await asyncio.gather(
        *(store.run(decide.approve, ref, by) for ref, by in zip(refs, (GRACE, ALAN), strict=True)),
        return_exceptions=True,
    )
    await settle(store)

    assert sorted(isinstance(one, Conflicting) for one in done) == [False, True]
    active = await count_of(store, Grant, state=GrantState.ACTIVE)
    assert active == 1


async def test_a_block_that_came_up_after_the_approval_stops_the_second_at_the_grant(store: Store) -> None:
    await store.write(found)
    refs = [await ask(store, EIGHT_HOURS), await ask(store, EIGHT_HOURS, "design")]
    for ref in refs:
        await store.run(decide.approve, ref, GRACE)
    await rule(store)

    await settle(store)

    first, second = [await grant_of(store, ref) for ref in refs]
    assert (first.state, second.state) == (GrantState.ACTIVE, GrantState.FAILED)
    assert second.failing is Direction.GIVE
    assert second.error.startswith("GitHub · Design team and GitHub · Engineering team")
    assert second.error.endswith("No access was granted.")


async def test_a_start_in_the_future_is_looked_at_when_it_comes(store: Store, clock: ManualClock) -> None:
    await store.write(found)
    later = await ask(store, Term(length=HOUR, start=clock.now() + 2 * HOUR), "design")
    await store.run(decide.approve, later, GRACE)
    await hold(store, EIGHT_HOURS)
    await rule(store)

    clock.advance(2 * HOUR)
    await sweep(store)
    calls = await settle(store)

    assert calls == []
    failed = await grant_of(store, later)
    assert failed.state is GrantState.FAILED
    assert "Engineering team" in failed.error


async def test_what_stood_in_the_way_is_gone_and_retry_gives_it(store: Store, clock: ManualClock) -> None:
    await store.write(found)
    later = await ask(store, Term(length=HOUR, start=clock.now() + 2 * HOUR), "design")
    await store.run(decide.approve, later, GRACE)
    held = await hold(store, EIGHT_HOURS)
    await rule(store)
    clock.advance(2 * HOUR)
    await sweep(store)
    await settle(store)

    await store.run(revoke.give_back, held, ADA)
    await settle(store)
    await store.run(revoke.retry_failed, (await grant_of(store, later)).ref, ROOT)
    await settle(store)

    assert (await grant_of(store, later)).state is GrantState.ACTIVE


async def test_what_could_not_be_given_is_in_nobodys_way(store: Store) -> None:
    await store.write(found)
    ref = await ask(store, EIGHT_HOURS)
    await store.run(decide.approve, ref, GRACE)
    await rule(store, these=["github/design"], those=["github/engineering"])

    await store.run(_fail, ref)

    assert await ask(store, EIGHT_HOURS, "design")


async def test_more_time_is_refused_for_what_conflicts_by_now(store: Store) -> None:
    await store.write(found)
    held = await hold(store, EIGHT_HOURS)
    await hold(store, EIGHT_HOURS, "design")
    await rule(store)

    with pytest.raises(Denied, match="You have GitHub · Design team"):
        await store.run(submit.extend, held, ADA, EIGHT_HOURS, "Not done yet")


async def test_more_time_that_waits_cannot_be_approved_any_more(store: Store) -> None:
    await store.write(found)
    held = await hold(store, EIGHT_HOURS)
    await hold(store, EIGHT_HOURS, "design")
    more = await store.run(submit.extend, held, ADA, EIGHT_HOURS, "Not done yet")
    before = (await grant(store, held)).ends_at
    await rule(store)

    with pytest.raises(Conflicting):
        await store.run(decide.approve, more.ref, GRACE)
    assert (await grant(store, held)).ends_at == before


async def test_one_way_lets_the_other_way_pass(store: Store) -> None:
    await store.write(found)
    await rule(store, one_way=True)
    await hold(store, EIGHT_HOURS, "design")

    await hold(store, EIGHT_HOURS)

    states = [one.state for one in await all_of(store, Grant)]
    assert states == [GrantState.ACTIVE, GrantState.ACTIVE]


async def test_the_cards_of_what_conflicts_are_drawn_anew_when_access_comes_and_goes(store: Store) -> None:
    await store.write(found)
    await rule(store, "flag")
    ref = await ask(store, EIGHT_HOURS, "design")
    assert await conflicts_shown(store, ref) == []

    def touched(out: Outcome, verb: Any, *args: Any) -> set[str]:
        verb(out, *args)
        return set(out.touched)

    other = await ask(store, EIGHT_HOURS)
    assert ref in await store.run(touched, decide.approve, other, GRACE)
    await settle(store, obliging)
    assert len(await conflicts_shown(store, ref)) == 1


def _fail(out: Outcome, ref: str) -> None:
    row = out.case.get_one(Request, int(ref[3:]))
    give.mark_failed(out, out.case.get_one(Grant, row.grant_id), Direction.GIVE, "It is switched off.")
