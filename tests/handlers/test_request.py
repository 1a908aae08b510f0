"""The form itself, as Ada meets it, in a real bot that is connected to the local Slack."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.slack.core.traffic_log import LogEntry
from bot.sandbox.slack.state.views import View
from models.clock import ManualClock
from models.tables.requests import Request
from tests.ready_world import ready_world, submit_request
from tests.rows import all_of
from tests.world import World

OWNER = "*Owner:* <@{Grace}> or <@{Alan}> (owner of GitHub)"


@pytest.fixture
async def world(sqlite_template: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[World]:
    """GitHub and its access to design, which Mia decides on too, are in the catalogue."""
    async with ready_world(sqlite_template, tmp_path, clock) as ready:
        await ready.offer(
            key="figma",
            name="Figma",
            access=[{"key": "editor", "name": "Editor", "description": "Draws"}],
            durations=["4h"],
            stage=[{"name": "Lead", "approvers": [ready.ids["Mia"]]}],
        )
        yield ready


async def form_of(world: World, name: str = "Ada", text: str = "") -> View:
    """The form that the command opens."""
    person = world.person(name)
    outcome = await person.command("/request-access", text)
    assert outcome.trouble is None
    assert person.view is not None
    return person.view


async def sent(world: World) -> list[Request]:
    """All requests there are, in their order."""
    return await all_of(world.bot.store, Request)


def owners(world: World) -> str:
    return OWNER.format(**world.ids)


async def test_the_form_fills_step_by_step_and_shows_who_will_be_asked(world: World) -> None:
    ada, view = world.person("Ada"), await form_of(world)
    assert view.labels == ["Application", "Reason"]
    assert await ada.options("Application", "git") == ["GitHub"]
    await ada.choose("Application", "GitHub")
    assert view.labels == ["Application", "Access", "How long", "Reason"]
    assert ada.value("How long") == "1 hour"
    assert await ada.options("Access") == ["Engineering team", "Admin role"]
    await ada.choose("Access", ["Engineering team", "Admin role"])
    assert "This sends 2 separate requests." in view.text
    assert owners(world) in view.text
    await ada.fill("Reason", "INC-42: <!channel>")
    outcome = await ada.submit()
    assert outcome.action == "close"
    requests = await sent(world)
    assert [one.access_key for one in requests] == ["engineering", "admin"]
    assert len({one.submission for one in requests}) == 1
    assert {one.reason for one in requests} == {"INC-42: <!channel>"}


async def test_an_only_access_is_chosen_and_the_preview_is_there_at_once(world: World) -> None:
    ada, view = world.person("Ada"), await form_of(world)
    await ada.choose("Application", "Figma")
    assert ada.value("Access") == ["Editor"]
    assert ada.value("How long") == "4 hours"
    assert f"*Lead:* <@{world.ids['Mia']}> (named in this stage)" in view.text


async def test_another_application_starts_without_an_access_and_keeps_the_rest(world: World) -> None:
    ada, _ = world.person("Ada"), await form_of(world, text="github engineering 8h because INC-42")
    await ada.choose("Application", "Figma")
    assert ada.value("Access") == ["Editor"]
    assert ada.value("How long") == "8 hours"
    assert ada.value("Reason") == "INC-42"
    await ada.choose("Application", "GitHub")
    assert ada.value("Access") == []


async def test_the_command_fills_in_the_form(world: World) -> None:
    ada, view = world.person("Ada"), await form_of(world, text="github engineering 9h because INC-42")
    held = [ada.value(field) for field in view.labels]
    assert held == ["GitHub", ["Engineering team"], "Another length", "9 hours", "INC-42"]
    assert owners(world) in view.text


async def test_what_was_typed_waits_for_the_application(world: World) -> None:
    ada, view = world.person("Ada"), await form_of(world, text="githb engineering 8h because INC-42")
    assert "No app called “githb”. Did you mean GitHub?" in view.text
    await ada.choose("Application", "GitHub")
    held = [ada.value(field) for field in view.labels]
    assert held == ["GitHub", ["Engineering team"], "8 hours", "INC-42"]


async def test_help_is_said_to_the_person_alone(world: World) -> None:
    ada = world.person("Ada")
    outcome = await ada.command("/request-access", "help")
    assert "github engineering 8h because INC-42" in (outcome.text or "")
    assert ada.view is None


async def test_the_shortcut_opens_the_same_form(world: World) -> None:
    ada = world.person("Ada")
    await ada.shortcut("request_access")
    assert ada.view is not None
    assert ada.view.labels == ["Application", "Reason"]


async def test_the_button_on_home_opens_the_same_form(world: World) -> None:
    ada = world.person("Ada")
    await ada.open_home()
    await world.settle()
    await ada.press_home("Request access")
    assert ada.view is not None
    assert ada.view.labels == ["Application", "Reason"]


async def test_an_application_without_anything_to_ask_for_says_so(world: World) -> None:
    await world.offer(key="empty", name="Empty", access=[])
    view = await form_of(world, text="empty")
    assert "Empty has nothing to request right now." in view.text
    assert (await world.person("Ada").submit()).errors == {"Application": "Choose at least one access."}


async def test_a_length_over_the_maximum_is_flagged_while_it_is_typed(world: World) -> None:
    ada, view = world.person("Ada"), await form_of(world, text="github engineering because INC-42")
    await ada.choose("How long", "Another length")
    assert "Enter how long" in view.text
    await ada.fill("Length", "60 days")
    assert "The limit for GitHub is 30 days." in view.text
    assert (await ada.submit()).action == "close"
    assert [one.over_max for one in await sent(world)] == [True]


async def test_what_was_not_flagged_before_is_flagged_instead_of_sent(world: World) -> None:
    ada, view = world.person("Ada"), await form_of(world, text="github engineering because INC-42")
    await ada.choose("How long", "Another length")
    view.form.set(("term_length", "request.term"), "60 days")  # sent before Slack told of the typing
    assert (await ada.submit()).action == "update"
    assert await sent(world) == []
    assert "The limit for GitHub is 30 days." in view.text
    assert (await ada.submit()).action == "close"
    assert [one.over_max for one in await sent(world)] == [True]


async def test_a_length_that_is_none_is_said_at_its_field(world: World) -> None:
    ada, _ = world.person("Ada"), await form_of(world, text="github engineering because INC-42")
    await ada.choose("How long", "Another length")
    await ada.fill("Length", "soon")
    outcome = await ada.submit()
    assert list(outcome.errors) == ["Length"]


async def test_an_access_that_is_taken_out_meanwhile_is_said_in_the_form(world: World) -> None:
    ada, view = world.person("Ada"), await form_of(world, text="github engineering 1h because INC-42")
    await world.offer(access=[{"key": "admin", "name": "Admin role"}])
    await ada.choose("How long", "8 hours")
    assert "GitHub no longer offers this access. Choose again." in view.text


async def test_an_access_that_is_asked_for_already_says_so_everywhere(world: World) -> None:
    ref = await submit_request(world)
    ada, view = world.person("Ada"), await form_of(world, text="github engineering 8h because INC-42")
    sentence = f"You already have an open request for this ({ref})."
    assert sentence in view.text
    assert (await ada.submit()).errors == {"Access": sentence}
    assert len(await sent(world)) == 1


async def test_an_end_that_has_passed_is_said_in_the_form(world: World) -> None:
    ada, view = world.person("Ada"), await form_of(world, text="github engineering because INC-42")
    await ada.choose("How long", "Start and end…")
    await ada.fill("End", world.clock.now() - timedelta(hours=1))
    assert "The end has passed. Choose a later one." in view.text
    await ada.fill("End", world.clock.now() + timedelta(hours=1))
    assert owners(world) in view.text


async def test_a_guest_reads_why_not(world: World) -> None:
    gus, view = world.person("Gus"), await form_of(world, "Gus", "github engineering 8h because INC-42")
    assert "Guests can't request GitHub" in view.text
    assert not (await gus.submit()).ok


async def test_people_who_are_not_of_the_company_are_refused_when_they_send(world: World) -> None:
    ada, _ = world.person("Ada"), await form_of(world, text="github engineering 8h because INC-42")
    world.slack.workspace.users[world.ids["Ada"]].deleted = True  # and no event tells of it
    world.clock.advance(timedelta(minutes=11))
    assert not (await ada.submit()).ok
    assert await sent(world) == []


async def test_an_application_that_is_switched_off_meanwhile_is_refused_in_words(world: World) -> None:
    ada, _ = world.person("Ada"), await form_of(world, text="figma 4h because INC-42")
    await world.offer(key="figma", name="Figma", enabled=False, access=[{"key": "editor", "name": "Editor"}])
    assert await ada.options("Application") == ["GitHub"]
    assert (await ada.submit()).errors == {"Application": "Figma can't be requested right now."}


async def test_a_form_that_arrives_twice_counts_once(world: World) -> None:
    ada, _ = world.person("Ada"), await form_of(world, text="github engineering 8h because INC-42")
    world.slack.faults.duplicate("view_submission")
    assert (await ada.submit()).ok
    await world.settle()
    assert len(await sent(world)) == 1


async def test_the_form_is_there_before_slack_has_told_who_is_who(world: World) -> None:
    world.clock.advance(timedelta(days=1))
    world.wait_like_slack()
    with world.slack.faults.hang("users.info") as hanging:
        world.slack.log.observers.append(
            lambda entry: hanging.remove() if entry.name == "views.open" and entry.duration else None
        )
        view = await form_of(world, text="github engineering 8h because INC-42")
    (opened,) = world.slack.log.calls("views.open")
    assert "Looking up approvers…" in str(opened.request)
    assert owners(world) in view.text


async def test_a_form_that_is_closed_meanwhile_does_no_harm(world: World) -> None:
    ada, view = world.person("Ada"), await form_of(world)

    def close(entry: LogEntry) -> None:
        if entry.name == "block_actions":
            world.slack.views.close(view)

    world.slack.log.observers.append(close)
    outcome = await ada.choose("Application", "GitHub")
    assert outcome.trouble is None
    assert ada.view is None


async def test_a_form_that_is_sent_before_it_has_grown_grows_instead(world: World) -> None:
    ada, view = world.person("Ada"), await form_of(world)
    with world.slack.faults.drop("block_actions"):
        await ada.choose("Application", "GitHub")
    await ada.fill("Reason", "INC-42")
    assert view.labels == ["Application", "Reason"]
    await ada.submit()
    assert ada.view is not None
    assert ada.view.labels == ["Application", "Access", "How long", "Reason"]
    await ada.choose("Access", "Engineering team")
    assert (await ada.submit()).ok
    await world.settle()
    assert "INC-42" in world.card("Grace", "requests").text


async def test_the_manager_is_asked_whom_slack_names(world: World) -> None:
    world.slack.workspace.users[world.ids["Ada"]].manager = world.ids["Mia"]
    await world.offer(key="figma", name="Figma", stage=[{"name": "Manager", "approvers": ["manager"]}])
    view = await form_of(world, text="figma engineering 1h")
    assert f"*Manager:* <@{world.ids['Mia']}> (your manager)" in view.text


async def test_a_choice_that_changes_nothing_to_be_seen_is_not_drawn_again(world: World) -> None:
    ada, _ = world.person("Ada"), await form_of(world, text="github engineering 8h because INC-42")
    world.slack.log.clear()
    await ada.choose("How long", "7 days")
    assert world.slack.log.calls("views.update") == []


async def test_a_changed_state_never_breaks_the_form(world: World) -> None:
    ada, view = world.person("Ada"), await form_of(world, text="github engineering 8h because INC-42")
    strange = {"text": {"type": "plain_text", "text": "x"}, "value": "\x00<!channel>"}
    view.form.set(("access:github", "request.access"), [strange])
    assert (await ada.submit()).errors == {"Access": "GitHub no longer offers this access. Choose again."}
    view.form.set(("app", "request.app"), strange)
    assert (await ada.submit()).errors == {"Application": "Choose an app from the list."}
    assert await sent(world) == []
