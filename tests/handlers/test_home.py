from datetime import timedelta

import pytest

from bot.sandbox.slack.state.views import View
from models.jobs import ATTEMPTS, Job, JobState, Urgency
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.states import GrantState, RequestState
from tests.home_tabs import TABS, open_tab_of, press_tab
from tests.ready_world import request_of, submit_request
from tests.rows import row_of
from tests.world import World


async def opens(world: World, name: str, tab: str = "My access") -> View:
    """Somebody opens App Home, at this tab."""
    await world.person(name).open_home()
    await world.settle()
    if open_tab_of(home(world, name)) != tab:
        await press(world, name, tab)
    return home(world, name)


async def press(world: World, name: str, button: str, near: str | None = None) -> None:
    """Press a tab or a button on App Home, and let happen what follows from it."""
    if button in TABS:
        await press_tab(world.person(name), button)
    else:
        outcome = await world.person(name).press_home(button, near=near)
        assert outcome.ok, outcome
    await world.settle()


def home(world: World, name: str) -> View:
    """What somebody sees on App Home now."""
    view = world.person(name).home
    assert view is not None
    return view


async def holds(world: World, access: str = "engineering") -> Grant:
    """Ada asks, Grace approves, and it is given."""
    ref = await submit_request(world, access=access)
    await world.approve("Grace", "requests")
    grant_id = (await request_of(world, ref)).grant_id
    return await row_of(world.bot.store, Grant, grant_id)


async def test_home_opens_on_what_one_holds(world: World) -> None:
    await holds(world)
    view = await opens(world, "Ada")
    assert "Active" in view.text
    assert "expires in 8 hours" in view.text
    assert view.buttons[4:] == ["Extend", "Give back"]


async def test_home_keeps_up_with_what_happens(world: World) -> None:
    await opens(world, "Ada", "My requests")
    await opens(world, "Grace", "To do")
    await submit_request(world)
    assert "waiting for" in home(world, "Ada").text
    assert "INC-42: &lt;!channel&gt; &amp; co" in home(world, "Grace").text
    await world.approve("Grace", "requests")
    assert "*Approved* by" in home(world, "Ada").text
    assert "Nothing needs your attention." in home(world, "Grace").text
    assert "*Approved* by you" in home(world, "Grace").text


async def test_a_home_that_shows_what_is_true_costs_no_call(world: World) -> None:
    await opens(world, "Ada")
    before = home(world, "Ada").hash
    await world.bot.store.run(Outcome.enqueue, "home", f"home:{world.ids['Ada']}", person=world.ids["Ada"])
    await world.settle()
    assert home(world, "Ada").hash == before


async def test_the_messages_tab_draws_nothing(world: World) -> None:
    assert await world.person("Ada").open_home("messages") is None


async def test_giving_back_from_home_asks_first_and_takes_it(world: World) -> None:
    grant = await holds(world)
    await opens(world, "Ada")
    ada = world.person("Ada")
    assert not (await ada.press_home("Give back", confirm=False)).sent
    await press(world, "Ada", "Give back")
    after = await row_of(world.bot.store, Grant, grant.id)
    assert after.state is GrantState.REVOKED
    assert "No access yet." in home(world, "Ada").text
    assert "Request again" in home(world, "Ada").buttons


async def test_asking_again_opens_the_form_as_it_was_filled_in(world: World) -> None:
    ref = await submit_request(world)
    await opens(world, "Ada", "My requests")
    await press(world, "Ada", "Withdraw")
    assert (await request_of(world, ref)).state is RequestState.WITHDRAWN
    await press(world, "Ada", "Request again")
    form = world.person("Ada").view
    assert form is not None
    assert form.value("Application") == "GitHub"
    assert form.value("Access") == ["Engineering team"]
    assert form.value("How long") == "8 hours"
    assert form.value("Reason") == "INC-42: <!channel> & co"
    assert (await world.person("Ada").submit()).ok


async def test_what_is_held_still_is_extended_from_its_request_and_asked_for_again_only_afterwards(
    world: World,
) -> None:
    await holds(world)
    await opens(world, "Ada", "My requests")
    assert "Request again" not in home(world, "Ada").buttons
    await press(world, "Ada", "Extend")
    form = world.person("Ada").view
    assert form is not None
    assert form.title == "Extend access"
    await press(world, "Ada", "My access")
    await press(world, "Ada", "Give back")
    await press(world, "Ada", "My requests")
    assert "Request again" in home(world, "Ada").buttons
    assert "Extend" not in home(world, "Ada").buttons


async def test_nobody_fills_the_form_with_somebody_elses_reason(world: World) -> None:
    await submit_request(world)
    await opens(world, "Ada", "My requests")
    await press(world, "Ada", "Withdraw")
    otto, ada = world.person("Otto"), world.person("Ada")
    await otto.open_home()
    await world.settle()
    assert otto.home is not None
    assert ada.home is not None
    otto.home.replace(ada.home.definition)
    await otto.press_home("Request again")
    assert otto.view is not None
    assert "someone else's request" in otto.view.text


async def test_the_filter_leaves_one_status(world: World) -> None:
    await submit_request(world)
    await submit_request(world, access="admin")
    await opens(world, "Ada", "My requests")
    await press(world, "Ada", "Withdraw", near="Admin role")
    ada = world.person("Ada")
    await ada.choose("Status", "Withdrawn", where=home(world, "Ada"))
    await world.settle()
    assert "Admin role" in home(world, "Ada").text
    assert "Engineering team" not in home(world, "Ada").text
    await ada.choose("Status", ["Pending", "Active", "Withdrawn"], where=home(world, "Ada"))
    await world.settle()
    assert "Engineering team" in home(world, "Ada").text
    assert "Admin role" in home(world, "Ada").text


async def test_pages_are_turned(world: World) -> None:
    accesses = [{"key": f"a{n:02}", "name": f"Access {n:02}"} for n in range(25)]
    await world.offer(key="many", name="Many", access=accesses)
    for access in accesses:
        await world.ask("Ada", f"many {access['key']} 8h because I need it")
    view = await opens(world, "Ada", "My requests")
    assert "1–20 of 25" in view.text
    await press(world, "Ada", "Older")
    assert "21–25 of 25" in home(world, "Ada").text
    assert "Access 00" in home(world, "Ada").text
    await press(world, "Ada", "Newer")
    assert "1–20 of 25" in home(world, "Ada").text


async def test_an_owner_does_work_by_hand_from_home(world: World) -> None:
    await opens(world, "Alan", "To do")
    grant = await holds(world, access="admin")
    assert f"for <@{world.ids['Ada']}>" in home(world, "Alan").text
    await press(world, "Alan", "Mark done")
    assert (await world.person("Alan").submit()).ok
    await world.settle()
    after = await row_of(world.bot.store, Grant, grant.id)
    assert after.state is GrantState.ACTIVE
    assert "Nothing needs your attention." in home(world, "Alan").text


async def test_an_admin_sees_what_was_given_up_and_lets_it_run_again(world: World) -> None:
    await opens(world, "Root", "To do")
    with world.slack.faults.fail("users.info", status=200, error="fatal_reason"):

        def last_try(out: Outcome) -> None:
            key, who = "person:UADA", {"person": world.ids["Ada"]}
            out.add(
                Job, kind="person", key=key, lane=key, payload=who, urgency=Urgency.LATER,
                state=JobState.READY, run_at=out.now, attempts=ATTEMPTS - 1, created_at=out.now,
            )  # fmt: skip
            out.woke = True

        await world.bot.store.write(last_try)
        await world.settle()
    assert "A person couldn't be looked up in Slack" in home(world, "Root").text
    assert "fatal_reason" in home(world, "Root").text
    await press(world, "Root", "Retry")
    assert "Nothing needs your attention." in home(world, "Root").text


@pytest.mark.parametrize("trouble", ["fail", "cut", "ratelimit"])
async def test_where_slack_does_not_take_the_home_at_once_it_comes_a_little_later(
    world: World, trouble: str
) -> None:
    await opens(world, "Ada")
    getattr(world.slack.faults, trouble)("views.publish", times=1)
    await press(world, "Ada", "To do")
    await world.pass_time(timedelta(seconds=5))
    assert "Nothing needs your attention." in home(world, "Ada").text
