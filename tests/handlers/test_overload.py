"""Whoever gets no turn is answered at once, nothing of it was done, and they know: each kind of delivery."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp

from handlers.overload import Limiter
from models.jobs import Job
from models.lifecycle.redraw import OVERLOADED
from models.lifecycle.request.plan import Draft
from models.lifecycle.request.submit import submit
from models.tables.cards import Home
from models.tables.people import Person as PersonRow
from models.tables.states import RequestState
from tests.home_tabs import press_tab
from tests.ready_world import EIGHT_HOURS, request_of, submit_request
from tests.rows import all_of, row_of
from tests.world import World

TOO_MUCH = "Keyturn is busy right now."


@asynccontextmanager
async def full(world: World) -> AsyncIterator[None]:
    """Somebody has the only turn, for as long as the block."""
    limiter, before = Limiter(concurrent=1, timeout=0.05), world.bot.context.limiter
    limiter.on_overload = before.on_overload
    object.__setattr__(world.bot.context, "limiter", limiter)
    await limiter.enter(person=True)
    yield
    limiter.leave()


def told(world: World) -> int:
    """How many messages Ada has that say so."""
    return sum(message.text == OVERLOADED for message in world.person("Ada").messages())


async def test_a_command_says_so(world: World) -> None:
    ada = world.person("Ada")
    async with full(world):
        answer = await ada.command("/request-access", "github engineering 8h because INC-42")
    assert answer.ok
    assert answer.text is not None
    assert answer.text.startswith(TOO_MUCH)
    assert ada.view is None
    assert (await ada.command("/request-access")).ok
    assert ada.view is not None


async def test_a_form_says_so_and_stays_as_it_is_filled_in(world: World) -> None:
    ref = await submit_request(world)
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "requests"), "Approve")
    await grace.fill("Comment", "Fine by me")
    async with full(world):
        sent = await grace.submit()
    assert sent.errors == {"Comment": OVERLOADED}
    assert (await request_of(world, ref)).state is RequestState.PENDING
    assert (await grace.submit()).ok
    await world.settle()
    assert "Fine by me" in world.card("Ada", "*Active*").text


async def test_who_pressed_a_button_is_sent_it_once_a_minute(world: World) -> None:
    ref = await submit_request(world)
    ada, card = world.person("Ada"), world.card("Ada", "You requested")
    async with full(world):
        for _ in range(5):
            assert (await ada.click(card, "Withdraw")).ok
        await world.slack.until(lambda: told(world) == 1)
        await world.pass_time(timedelta(seconds=59))
        assert (await ada.click(card, "Withdraw")).ok
        await world.pass_time(timedelta(seconds=1))
        assert told(world) == 1
        assert (await ada.click(card, "Withdraw")).ok
        await world.slack.until(lambda: told(world) == 2)
    assert (await request_of(world, ref)).state is RequestState.PENDING
    assert (await ada.click(card, "Withdraw")).ok
    assert (await request_of(world, ref)).state is RequestState.WITHDRAWN


async def test_a_menu_has_nothing_to_offer(world: World) -> None:
    ada = world.person("Ada")
    await ada.command("/request-access", "")
    async with full(world):
        assert await ada.options("Application") == []
    assert "GitHub" in await ada.options("Application")


async def test_slack_sends_an_event_again(world: World) -> None:
    async with full(world):
        world.slack.workspace.update_person(world.ids["Ada"], real_name="Ada Lovelace")
        await world.settle()
        (delivery,) = world.slack.log.deliveries("event:user_change")[:1]
        assert delivery.error is not None
    await world.pass_time(timedelta(minutes=2))
    assert (await row_of(world.bot.store, PersonRow, world.ids["Ada"])).name == "Ada Lovelace"


async def test_until_then_nobody_is_taken_for_what_they_were(world: World) -> None:
    await submit_request(world)
    grace = world.person("Grace")
    world.clock.advance(timedelta(seconds=1))
    async with full(world):
        world.slack.workspace.deactivate(world.ids["Grace"])
        await world.slack.idle()
    await grace.click(world.card("Grace", "requests"), "Approve")
    assert grace.view is None


async def test_opening_home_needs_no_turn(world: World) -> None:
    async with full(world):
        await world.person("Ada").open_home()
        await world.settle()
    assert world.person("Ada").home is not None


async def test_it_is_counted(world: World) -> None:
    async with full(world):
        await world.person("Ada").command("/request-access", "")
    async with aiohttp.ClientSession() as http, http.get(f"{world.bot.health_url}/metrics") as answer:
        assert "keyturn_turned_away_total 1.0" in await answer.text()


async def opens_home(world: World, name: str, times: int) -> None:
    """Slack tells so many times that somebody opened App Home."""
    await asyncio.gather(*(world.person(name).open_home() for _ in range(times)))


def published(world: World, name: str) -> int:
    calls = world.slack.log.calls("views.publish")
    return sum(call.request["user_id"] == world.ids[name] for call in calls)


async def asks_only(world: World, access: str) -> None:
    """Ada asks, and nobody waits for what comes of it."""
    who = world.ids["Ada"]
    await world.bot.store.run(submit, Draft(who, who, "github", (access,), EIGHT_HOURS, "INC-42"))


async def test_many_openings_of_home_are_one_publication(world: World) -> None:
    await opens_home(world, "Ada", 40)
    await world.settle()
    assert published(world, "Ada") == 1


async def test_what_changes_while_home_is_published_takes_one_more(world: World) -> None:
    with world.slack.faults.slow("views.publish", delay=0.3):
        await opens_home(world, "Ada", 5)
        await world.slack.until(lambda: world.slack.log.calls("views.publish"))
        for access in ("engineering", "admin"):
            await asks_only(world, access)
            await opens_home(world, "Ada", 5)
        await world.settle()
    assert published(world, "Ada") == 2
    home = world.person("Ada").home
    assert home is not None
    assert "My requests 2" in home.buttons


async def test_a_home_that_slack_has_none_of_is_published_again(world: World) -> None:
    ada = world.person("Ada")
    await opens_home(world, "Ada", 1)
    await world.settle()
    world.slack.views.homes.clear()
    await opens_home(world, "Ada", 3)
    await world.settle()
    assert published(world, "Ada") == 1  # it may be on its way
    world.clock.advance(timedelta(minutes=2))
    await opens_home(world, "Ada", 3)
    await world.settle()
    assert published(world, "Ada") == 2
    assert ada.home is not None


async def test_what_somebody_presses_on_home_is_published_before_what_others_opened(world: World) -> None:
    await world.person("Ada").open_home()
    await world.settle()
    await world.bot.worker.stop()
    await asyncio.gather(*(world.person(name).open_home() for name in ("Mia", "Otto", "Grace")))
    await press_tab(world.person("Ada"), "To do")
    jobs = await all_of(world.bot.store, Job, kind="home")
    first = min(jobs, key=lambda job: (job.urgency, job.run_at, job.id))
    assert first.payload == {"person": world.ids["Ada"]}
    assert len(await all_of(world.bot.store, Home)) == 4


async def test_a_command_whose_form_opens_late_is_acknowledged_and_explained(world: World) -> None:
    world.wait_like_slack()
    ada = world.person("Ada")
    with world.slack.faults.slow("views.open", delay=3.5):
        answer = await ada.command("/request-access", "")
        assert answer.ok
        assert answer.text is None
        await world.slack.until(lambda: ada.ephemeral)
    assert ada.ephemeral == ["That took too long for Slack to open the form. Try again."]
