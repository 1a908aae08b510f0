"""Taking access away: by time, by people, when it fails, and when somebody else's word still gives it."""

from datetime import timedelta

import pytest

from bot.connectors.slack_usergroup import SlackUserGroup
from models.catalogue.spec import AppSpec
from models.catalogue.spec.connectors import register_identity
from models.clock import ManualClock
from models.errors import Closed, NotAllowed
from models.jobs import Job, Urgency
from models.lifecycle.grant import give, reconcile, revoke, tasks
from models.lifecycle.grant.reconcile import ByHand, ConnectorFailure, TargetChange
from models.lifecycle.people import update_people
from models.lifecycle.request import decide
from models.registry.policy_snapshot import Snapshot
from models.store.base import Store
from models.tables.cards import Card, CardKind
from models.tables.grants import Cause, Direction, Task, TaskState
from models.tables.people import Person
from models.tables.requests import Term
from models.tables.states import GrantState
from tests.models.company import ADA, ALAN, GITHUB, GRACE, NAMES, ROOT, found
from tests.models.workflow_steps import actions, ask, grant, grant_of, hold, settle, sweep
from tests.rows import all_of, clear, edit, new_row

pytestmark = pytest.mark.both_engines

HOUR = timedelta(hours=1)
EIGHT_HOURS = Term(length=8 * HOUR)


def broken(_change: TargetChange) -> reconcile.ConnectorResult:
    return ConnectorFailure("The plan does not allow it.", transient=False)


def by_hand(_change: TargetChange) -> reconcile.ConnectorResult:
    return ByHand()


async def over(store: Store, clock: ManualClock) -> str:
    """Ada holds something, and its time is up; the grant's reference."""
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    clock.advance(8 * HOUR)
    await sweep(store)
    return ref


async def open_tasks(store: Store) -> list[Task]:
    return await all_of(store, Task, state=TaskState.OPEN)


async def test_what_could_not_be_taken_stands_as_failed_and_is_tried_every_hour(
    store: Store, clock: ManualClock
) -> None:
    ref = await over(store, clock)
    await settle(store, broken)
    for _ in range(3):
        assert (await grant(store, ref)).state is GrantState.FAILED
        clock.advance(HOUR)
        await sweep(store)
        assert (await grant(store, ref)).state is GrantState.REVOKING
        assert len(await settle(store, broken)) == 1
    clock.advance(HOUR)
    await sweep(store)
    await settle(store)
    row = await grant(store, ref)
    assert (row.state, row.cause, row.due_at) == (GrantState.ENDED, None, None)


async def test_what_could_not_be_taken_keeps_why_it_was_taken(store: Store) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    await store.run(revoke.revoke, ref, ROOT)
    await settle(store, broken)
    with pytest.raises(Closed, match="already being revoked"):
        await store.run(revoke.give_back, ref, ADA)
    await store.run(revoke.retry_failed, ref, ROOT)
    await settle(store)
    row = await grant(store, ref)
    assert (row.state, row.cause, row.caused_by) == (GrantState.REVOKED, Cause.ADMIN, ROOT)


async def test_what_could_not_be_given_is_over_at_its_end(store: Store, clock: ManualClock) -> None:
    await store.write(found)
    ref = await ask(store, Term(end=clock.now() + HOUR))
    await store.run(decide.approve, ref, GRACE)
    await settle(store, broken)
    assert (await grant_of(store, ref)).failing is Direction.GIVE
    clock.advance(HOUR)
    await sweep(store)
    calls = await settle(store)
    assert [call.direction for call in calls] == [Direction.TAKE]
    assert (await grant_of(store, ref)).state is GrantState.ENDED


async def test_cancelling_what_could_not_be_given_takes_back_what_may_be_there(store: Store) -> None:
    await store.write(found)
    ref = await ask(store, EIGHT_HOURS)
    await store.run(decide.approve, ref, GRACE)
    await settle(store, broken)
    given = await grant_of(store, ref)
    with pytest.raises(NotAllowed):
        await store.run(revoke.cancel_failed, given.ref, ADA)
    await store.run(revoke.cancel_failed, given.ref, ALAN)
    calls = await settle(store)
    assert [call.direction for call in calls] == [Direction.TAKE]
    assert (await grant_of(store, ref)).state is GrantState.REVOKED


async def test_an_access_that_began_and_ended_while_the_bot_was_away_is_never_given(
    store: Store, clock: ManualClock
) -> None:
    await store.write(found)
    start = clock.now() + HOUR
    ref = await hold(store, Term(start=start, end=start + HOUR))
    clock.advance(timedelta(days=1))
    await sweep(store)
    assert await settle(store) == []
    assert (await grant(store, ref)).state is GrantState.ENDED


async def test_a_start_in_the_future_is_kept_and_so_is_its_end(store: Store, clock: ManualClock) -> None:
    await store.write(found)
    start = clock.now() + HOUR
    ref = await hold(store, Term(start=start, end=start + HOUR))
    await sweep(store)
    assert (await grant(store, ref)).state is GrantState.SCHEDULED
    clock.advance(HOUR)
    await sweep(store)
    await settle(store)
    row = await grant(store, ref)
    assert (row.state, row.due_at) == (GrantState.ACTIVE, start + HOUR)


async def test_nothing_is_given_once_its_end_has_come(store: Store, clock: ManualClock) -> None:
    await store.write(found)
    ref = await ask(store, Term(end=clock.now() + HOUR))
    await store.run(decide.approve, ref, GRACE)
    clock.advance(HOUR)
    calls = await settle(store)
    assert [call.direction for call in calls] == [Direction.TAKE]
    assert (await grant_of(store, ref)).active_at is None


async def test_nothing_without_an_end_is_given_to_who_became_a_guest(store: Store) -> None:
    await store.run(found, GITHUB.model_copy(update={"indefinite": True}))
    ref = await ask(store, Term())
    await store.run(decide.approve, ref, GRACE)
    await store.run(edit, Person, ADA, guest=True)
    assert await settle(store) == []
    row = await grant_of(store, ref)
    assert row.state is GrantState.FAILED
    assert "guest" in row.error


async def test_an_owner_is_known_by_their_address_however_it_is_written(store: Store) -> None:
    await store.run(found, GITHUB.model_copy(update={"owners": (GRACE, "Alan@Example.COM")}))
    ref = await hold(store, EIGHT_HOURS)
    assert (await store.run(revoke.revoke, ref, ALAN)).cause is Cause.ADMIN


async def test_work_by_hand_is_void_when_the_access_is_asked_for_again(
    store: Store, clock: ManualClock
) -> None:
    """Else the owner would take what the new grant gives."""
    ref = await over(store, clock)
    await settle(store, by_hand)
    (task,) = await open_tasks(store)
    assert task.direction is Direction.TAKE
    again = await ask(store, EIGHT_HOURS)
    await store.run(decide.approve, again, GRACE)
    await settle(store, by_hand)
    assert (await grant(store, ref)).state is GrantState.ENDED
    assert [one.direction for one in await open_tasks(store)] == [Direction.GIVE]
    assert (await actions(store, task.ref))[-1] == "task.void"


async def test_the_tasks_of_an_owner_who_leaves_are_the_others(store: Store) -> None:
    await store.run(found, GITHUB.model_copy(update={"owners": (ALAN,)}))
    ref = await ask(store, EIGHT_HOURS)
    await store.run(decide.approve, ref, ALAN)
    await settle(store, by_hand)
    (task,) = await open_tasks(store)
    assert task.asked == [ALAN]
    await store.run(update_people.save_people, [gone(ALAN)])
    (task,) = await open_tasks(store)
    assert task.asked == [ROOT]
    await store.run(tasks.complete_task, task.ref, ROOT)
    assert (await grant_of(store, ref)).state is GrantState.ACTIVE


def gone(person_id: str) -> Person:
    """What Slack says of somebody who was deactivated."""
    return new_row(
        Person,
        id=person_id,
        name=NAMES[person_id],
        email=f"{NAMES[person_id].lower()}@example.com",
        guest=False,
        stranger=False,
        bot=False,
        active=False,
    )


def test_one_user_group_is_one_target_however_it_is_written() -> None:
    register_identity(SlackUserGroup.type, SlackUserGroup.identity)  # as every process does

    def spec(**more: str) -> AppSpec:
        connector = {"type": "slack_usergroup", "usergroup": "S0ENG"} | more
        return AppSpec.model_validate(
            {"key": "a", "name": "A", "access": [{"key": "b", "name": "B", "connector": connector}]}
        )

    targets = {Snapshot(app, app.access[0]).target for app in (spec(), spec(placeholder="U0BOT"))}
    assert len(targets) == 1


async def test_word_that_somebody_left_twice_asks_the_others_once(store: Store) -> None:
    await store.write(found)
    ref = await ask(store, EIGHT_HOURS)
    await store.run(decide.approve, ref, GRACE)
    await settle(store, by_hand)
    before = await open_tasks(store)
    await store.run(update_people.save_people, [gone(ALAN)])
    await store.run(update_people.save_people, [gone(ALAN)])
    after = await open_tasks(store)
    assert (len(before), [one.asked for one in after]) == (1, [[GRACE]])
    assert (await actions(store, after[0].ref)).count("task.open") == 2


async def test_what_a_round_leaves_to_take_goes_before_what_others_are_to_be_given(
    store: Store, clock: ManualClock
) -> None:
    """A system was away for a while: what is left of that round is no less urgent than it was."""
    await over(store, clock)
    await store.run(clear, Job)
    await settle(store, lambda _change: ConnectorFailure("It does not answer."))
    (job,) = await all_of(store, Job, kind="settle")
    assert Urgency(job.urgency) is Urgency.TAKE


async def test_what_failed_stands_before_every_admin(store: Store) -> None:
    await store.write(found)
    ref = await ask(store, EIGHT_HOURS)
    await store.run(decide.approve, ref, GRACE)
    await settle(store, broken)
    cards = await all_of(store, Card, kind=CardKind.FAILURE)
    assert [(card.about, card.person_id) for card in cards] == [((await grant_of(store, ref)).ref, ROOT)]


async def test_what_is_being_taken_away_is_not_taken_away_once_more(store: Store) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    await store.run(revoke.give_back, ref, ADA)
    with pytest.raises(Closed):
        await store.run(revoke.revoke, ref, GRACE)
    assert (await grant(store, ref)).cause is Cause.REQUESTER


async def test_a_wait_that_the_target_asks_for_is_no_failure_however_often(
    store: Store, clock: ManualClock
) -> None:
    wait = timedelta(seconds=30)
    await store.write(found)
    ref = await ask(store, EIGHT_HOURS)
    await store.run(decide.approve, ref, GRACE)
    for _ in range(give.TRIES[Direction.GIVE] + 1):
        await settle(store, lambda _change: ConnectorFailure("Too many calls.", wait=wait))
        clock.advance(wait)
    await settle(store)
    assert (await grant_of(store, ref)).state is GrantState.ACTIVE


async def test_nothing_is_given_to_somebody_who_has_left(store: Store) -> None:
    """Known only since the approval, as where the event was lost."""
    await store.write(found)
    ref = await ask(store, EIGHT_HOURS)
    await store.run(decide.approve, ref, GRACE)
    await store.run(edit, Person, ADA, active=False)
    assert [change.direction for change in await settle(store)] != [Direction.GIVE]
    assert (await grant_of(store, ref)).cause is Cause.OFFBOARDING


async def test_nobody_but_holder_owners_and_admins_takes_an_access_away(store: Store) -> None:
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    for verb, by in ((revoke.give_back, ALAN), (revoke.revoke, ADA), (revoke.revoke, "UNOBODY")):
        with pytest.raises(NotAllowed):
            await store.run(verb, ref, by)
    assert (await grant(store, ref)).state is GrantState.ACTIVE


async def test_a_task_is_done_by_those_who_are_asked_and_nobody_else(store: Store) -> None:
    await store.write(found)
    ref = await ask(store, EIGHT_HOURS)
    await store.run(decide.approve, ref, GRACE)
    await settle(store, by_hand)
    (task,) = await open_tasks(store)
    for by in (ADA, ROOT):
        with pytest.raises(NotAllowed):
            await store.run(tasks.complete_task, task.ref, by)
    await store.run(tasks.complete_task, task.ref, ALAN)
    assert (await grant_of(store, ref)).state is GrantState.ACTIVE
