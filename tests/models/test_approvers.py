"""Who is asked to decide follows what people are now; where nobody is left, the admins see it."""

from datetime import timedelta
from typing import Any

import pytest

from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.durations import parse_duration
from models.errors import OwnRequest
from models.lifecycle.catalogue import edit_app
from models.lifecycle.people import update_people
from models.lifecycle.request import cancel, decide
from models.registry import apps, directory
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.cards import Card, CardKind
from models.tables.people import Person, UserGroup
from models.tables.requests import Asked, Term
from models.tables.states import GrantState, RequestState
from tests.models.company import ADA, ALAN, GITHUB, GRACE, NAMES, ROOT, found
from tests.models.workflow_steps import actions, ask, grant_of, hold, request, settle, statements, sweep
from tests.rows import all_of, count_of, new_row

pytestmark = pytest.mark.both_engines

EIGHT_HOURS = Term(length=timedelta(hours=8))


def app(*stages: list[str], **fields: Any) -> AppSpec:
    named = [{"name": f"Stage {at}", "approvers": approvers} for at, approvers in enumerate(stages, 1)]
    return AppSpec.model_validate(GITHUB.stored() | {"owners": [], "stage": named} | fields)


def seen(person_id: str, *, active: bool = True) -> Person:
    """What Slack says of somebody now."""
    email = f"{NAMES[person_id].lower()}@example.com"
    facts = {"guest": False, "stranger": False, "bot": False, "active": active}
    return new_row(Person, id=person_id, name=NAMES[person_id], email=email, **facts)


async def asked(store: Store, ref: str) -> dict[str, str]:
    rows = await all_of(store, Asked, request_id=int(ref[3:]))
    return {row.person_id: row.because for row in rows}


async def has_card(store: Store, person_id: str, ref: str) -> bool:
    return await count_of(store, Card, kind=CardKind.APPROVAL, subject=ref, person_id=person_id) == 1


async def stuck(store: Store) -> str:
    """Root stood in for Grace in the first stage, so only Alan could decide in the second; he has left."""
    await store.run(found, app([GRACE], [ALAN]))
    ref = await ask(store, EIGHT_HOURS)
    await store.run(update_people.save_people, [seen(GRACE, active=False)])
    await store.run(decide.approve, ref, ROOT)
    await store.run(update_people.save_people, [seen(ALAN, active=False)])
    return ref


async def test_where_nobody_is_left_nothing_is_approved_and_the_admins_see_it(
    store: Store, clock: ManualClock
) -> None:
    ref = await stuck(store)
    assert (await request(store, ref)).state is RequestState.PENDING
    assert await has_card(store, ROOT, ref)
    assert (await actions(store, ref)).count("stage.stuck") == 1
    with pytest.raises(OwnRequest, match="Nobody can right now"):
        await store.run(decide.approve, ref, ADA)
    clock.advance(timedelta(hours=47))
    await sweep(store)
    assert (await actions(store, ref)).count("stage.stuck") == 1
    clock.advance(timedelta(hours=1))
    await sweep(store)
    assert (await request(store, ref)).state is RequestState.EXPIRED


async def test_who_comes_back_is_asked_again(store: Store) -> None:
    ref = await stuck(store)
    await store.run(update_people.save_people, [seen(ALAN)])
    await store.run(decide.approve, ref, ALAN)
    assert (await request(store, ref)).state is RequestState.APPROVED


async def test_who_may_not_decide_any_more_is_not_asked_any_more(store: Store) -> None:
    await store.run(found, app([GRACE, ALAN], owners=[ROOT]))
    ref = await ask(store, EIGHT_HOURS)
    assert set(await asked(store, ref)) == {GRACE, ALAN}
    await store.run(update_people.save_people, [seen(GRACE, active=False)])
    assert set(await asked(store, ref)) == {ALAN}
    assert "stage.asked" in await actions(store, ref)


async def test_who_has_decided_stays_among_those_asked(store: Store) -> None:
    everybody = [{"name": "All", "approvers": [GRACE, ALAN, ROOT], "rule": "all"}]
    await store.run(found, app(stage=everybody))
    ref = await ask(store, EIGHT_HOURS)
    await store.run(decide.approve, ref, GRACE)
    await store.run(update_people.save_people, [seen(ALAN, active=False)])
    assert set(await asked(store, ref)) == {GRACE, ROOT}


async def test_who_joined_a_group_after_it_was_asked_gives_a_valid_approval(store: Store) -> None:
    """Whoever belongs to it at the click may decide; what they approve is given."""

    def join(out: Outcome, *members: str) -> None:
        group = new_row(
            UserGroup, id="S0ONC", handle="oncall", name="On call", enabled=True, members=list(members)
        )
        directory.remember_group(out, group)

    await store.run(join, GRACE)
    await store.run(found, app(["S0ONC"]))
    ref = await ask(store, EIGHT_HOURS)
    await store.run(join, GRACE, ALAN)
    await store.run(decide.approve, ref, ALAN)
    await settle(store)
    assert (await grant_of(store, ref)).state is GrantState.ACTIVE


async def test_deciding_reads_a_large_group_at_once(store: Store) -> None:
    many = [f"UMEMBER{number}" for number in range(40)]

    def company(out: Outcome, members: list[str]) -> None:
        people = [new_row(Person, id=one, name=one, active=True) for one in members]
        directory.remember_people(out, people)
        group = new_row(UserGroup, id="S0ONC", handle="oncall", name="On call", enabled=True, members=members)
        directory.remember_group(out, group)

    async def read(members: list[str], access: str) -> int:
        await store.run(company, members)
        ref = await ask(store, EIGHT_HOURS, access)
        with statements() as seen:
            await store.run(decide.approve, ref, members[0])
        return len(seen)

    await store.run(found, app(["S0ONC"]))
    few = await read(many[:2], "engineering")
    assert await read(many, "design") <= few


async def test_a_reminder_finds_that_those_who_are_left_have_decided(
    store: Store, clock: ManualClock
) -> None:
    """A manager changes in Slack's profiles without an event of its own."""

    def managed_by(out: Outcome, manager: str) -> None:
        directory.remember_profile(out, ADA, manager_id=manager, department="")

    both = [{"name": "All", "approvers": ["manager", ALAN], "rule": "all"}]
    await store.run(found, app(stage=both, remind_after="1h"))
    await store.run(managed_by, GRACE)
    ref = await ask(store, EIGHT_HOURS)
    await store.run(decide.approve, ref, ALAN)
    await store.run(managed_by, ALAN)
    clock.advance(parse_duration("1h"))
    await sweep(store)
    assert (await request(store, ref)).state is RequestState.APPROVED


async def test_what_leaves_the_catalogue_is_not_decided_any_more(store: Store) -> None:
    await store.write(found)
    refs = [await ask(store, EIGHT_HOURS, "engineering"), await ask(store, EIGHT_HOURS, "design")]
    without = GITHUB.model_copy(update={"access": GITHUB.access[:1]})
    await store.run(edit_app.change_app, "github", 1, lambda _app: without, ROOT)
    kept, gone = [await request(store, ref) for ref in refs]
    assert (kept.state, gone.state) == (RequestState.PENDING, RequestState.CANCELLED)
    assert gone.closed_by == ROOT
    assert "no longer in the catalogue" in gone.closing_note
    await store.run(apps.remove_app, "github", "operator")
    await store.run(cancel.cancel_unoffered, "operator")
    assert (await request(store, refs[0])).state is RequestState.CANCELLED


async def test_what_is_switched_off_is_decided_and_what_is_held_stays(store: Store) -> None:
    await store.write(found)
    pending, held = await ask(store, EIGHT_HOURS, "design"), await hold(store, EIGHT_HOURS, "engineering")
    off = GITHUB.model_copy(update={"enabled": False})
    await store.run(edit_app.change_app, "github", 1, lambda _app: off, ROOT)
    assert (await request(store, pending)).state is RequestState.PENDING
    await store.run(apps.remove_app, "github", "operator")
    await store.run(cancel.cancel_unoffered, "operator")
    assert (await actions(store, held))[-1] == "grant.active"


async def test_an_admin_cancels_what_should_not_be_decided(store: Store) -> None:
    await store.write(found)
    ref = await ask(store, EIGHT_HOURS)
    await store.run(cancel.cancel, ref, ROOT, "Asked for by mistake")
    row = await request(store, ref)
    assert (row.state, row.closed_by, row.closing_note) == (
        RequestState.CANCELLED,
        ROOT,
        "Asked for by mistake",
    )
