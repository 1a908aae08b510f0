"""In a restored database nothing that people have is taken away by itself, until an admin says so."""

from datetime import timedelta

import pytest

from models.catalogue.spec.enums import RequestKind
from models.clock import ManualClock
from models.errors import Closed, NotAllowed, NotFound
from models.lifecycle import mass_revocation
from models.lifecycle.grant import revoke
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.queries.admin_stories import pause_story
from models.store.base import Store
from models.tables.pauses import PauseKind
from models.tables.requests import Term
from models.tables.states import GrantState
from tests.models.company import ADA, ALAN, GRACE, ROOT, found
from tests.models.workflow_steps import actions, grant, hold, settle, sweep

pytestmark = pytest.mark.both_engines

HOUR = timedelta(hours=1)
EIGHT_HOURS = Term(length=8 * HOUR)


@pytest.fixture
async def held(store: Store, clock: ManualClock) -> str:
    """An access that is over by the backup, and was not taken away; gives its reference."""
    await store.write(found)
    ref = await hold(store, EIGHT_HOURS)
    since = clock.now()
    clock.advance(9 * HOUR)
    await store.run(mass_revocation.open_pause, PauseKind.RESTORED, since, clock.now())
    await sweep(store)
    await sweep(store)
    return ref


async def test_what_is_over_by_a_backup_waits_and_goes_when_an_admin_says_so(store: Store, held: str) -> None:
    assert (await grant(store, held)).state is GrantState.ACTIVE
    assert (await actions(store, held)).count("grant.held") == 1
    story = await store.read(lambda case: pause_story(case, "PS-1"))
    assert (story.count, [one.ref for one in story.first]) == (1, [held])
    await store.run(mass_revocation.keep_pause, "PS-1", ROOT)
    await sweep(store)
    assert (await grant(store, held)).state is GrantState.ACTIVE
    await store.run(mass_revocation.lift_pause, "PS-1", ROOT)
    await sweep(store)
    assert (await grant(store, held)).state is GrantState.REVOKING


@pytest.mark.usefixtures("held")
async def test_it_waits_as_well_where_it_ends_while_the_admins_look(store: Store, clock: ManualClock) -> None:
    await store.run(mass_revocation.lift_pause, "PS-1", ROOT)
    await sweep(store)
    await settle(store)
    ref = await hold(store, EIGHT_HOURS, "design")
    await store.run(mass_revocation.open_pause, PauseKind.RESTORED, clock.now(), clock.now())
    clock.advance(8 * HOUR)
    await sweep(store)
    assert (await grant(store, ref)).state is GrantState.ACTIVE


async def test_what_was_given_since_ends_as_usual(store: Store, held: str, clock: ManualClock) -> None:
    clock.advance(HOUR)
    ref = await hold(store, EIGHT_HOURS, "design")
    clock.advance(8 * HOUR)
    await sweep(store)
    assert (await grant(store, ref)).state is GrantState.REVOKING
    assert (await grant(store, held)).state is GrantState.ACTIVE


async def test_who_is_held_can_be_given_more_time_and_can_give_it_back(
    store: Store, held: str, clock: ManualClock
) -> None:
    draft = Draft(
        ADA, ADA, "github", ("engineering",), EIGHT_HOURS, "INC-42", RequestKind.EXTEND, int(held[3:])
    )
    (request,) = await store.run(submit.submit, draft)
    await store.run(decide.approve, request.ref, GRACE)
    assert (await grant(store, held)).ends_at == clock.now() + 8 * HOUR
    await sweep(store)
    await store.run(mass_revocation.lift_pause, "PS-1", ROOT)
    await sweep(store)
    assert (await grant(store, held)).state is GrantState.ACTIVE
    await store.run(revoke.give_back, held, ADA)
    assert (await grant(store, held)).state is GrantState.REVOKING


@pytest.mark.usefixtures("held")
async def test_only_admins_and_only_while_it_holds(store: Store) -> None:
    for by in (ADA, GRACE, ALAN, ""):
        with pytest.raises(NotAllowed, match=r"admins can decide on this\. Ask Root"):
            await store.run(mass_revocation.lift_pause, "PS-1", by)
    for ref in ("PS-2", "AR-1", "", "PS-x"):
        with pytest.raises(NotFound):
            await store.run(mass_revocation.lift_pause, ref, ROOT)
    await store.run(mass_revocation.lift_pause, "PS-1", ROOT)
    with pytest.raises(Closed):
        await store.run(mass_revocation.keep_pause, "PS-1", ROOT)
    assert (await actions(store, "PS-1")) == ["pause.open", "pause.lifted"]


async def test_the_sweep_after_a_pause_finds_nothing_left(store: Store, held: str) -> None:
    await store.run(revoke.give_back, held, ADA)
    await store.run(mass_revocation.lift_pause, "PS-1", ROOT)
    await sweep(store)
    assert (await grant(store, held)).cause is not None
