"""Bolt for Node against the local Slack: the lending app of this directory, used by people."""

import pytest

from bot.sandbox.slack import App, LocalSlack, Person

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("lending")]


@pytest.fixture
def ada(slack: LocalSlack, app: App) -> Person:
    """Somebody new for every test: the app and Slack go on from one to the next."""
    return slack.person(slack.workspace.add_person("Ada Lovelace").id, app)


async def opened(ada: Person) -> None:
    """The form is open. Bolt acknowledges first and opens it after."""
    assert (await ada.command("/borrow")).ok
    await ada.until(lambda: ada.view)


async def filled(ada: Person, reason: str) -> None:
    await opened(ada)
    await ada.choose("Thing", "Bicycle")
    await ada.choose("Days", "7")
    await ada.until(lambda: ada.view and "Back in 7" in ada.view.texts)
    await ada.fill("Reason", reason)


async def borrowed(ada: Person) -> None:
    """A card of a loan is in the conversation with the app."""
    await filled(ada, "To get to work")
    assert (await ada.submit()).ok
    await ada.until(ada.messages)


async def test_a_menu_asks_the_app_for_what_is_typed(ada: Person) -> None:
    await opened(ada)
    assert await ada.options("Thing", "bi") == ["Bicycle", "Binoculars"]
    assert await ada.options("Thing", "b") == []


async def test_a_form_changes_under_ones_hands_and_keeps_what_was_typed(ada: Person) -> None:
    await opened(ada)
    await ada.fill("Reason", "Because")
    assert (await ada.choose("Days", "1")).ok
    await ada.until(lambda: ada.view and "Back in 1" in ada.view.texts)
    assert (ada.value("Reason"), ada.value("Days")) == ("Because", "1")


async def test_a_form_opens_another_on_top_of_itself(ada: Person) -> None:
    await opened(ada)
    assert (await ada.press("Read the rules")).ok
    await ada.until(lambda: ada.view and ada.view.title == "Rules")
    assert (await ada.submit()).ok
    assert ada.view is not None
    assert ada.view.title == "Borrow"


async def test_errors_stand_at_their_fields(ada: Person) -> None:
    await filled(ada, "Why")
    result = await ada.submit()
    assert (result.ok, result.errors) == (False, {"Reason": "Say a little more."})


async def test_a_form_that_was_sent_becomes_a_message_with_its_metadata(ada: Person) -> None:
    await borrowed(ada)
    (card,) = ada.messages()
    assert (card.text, card.buttons) == ("*Bicycle* is yours: To get to work", ["Give back"])
    assert card.metadata == {"event_type": "loan", "event_payload": {"thing": "Bicycle"}}
    assert ada.view is None


async def test_the_app_is_told_that_a_form_was_closed(ada: Person) -> None:
    await opened(ada)
    assert (await ada.close()).ok
    await ada.until(ada.messages)
    assert [message.text for message in ada.messages()] == ["Another time, then."]


async def test_a_button_changes_its_message_and_thanks_who_pressed_it(ada: Person) -> None:
    await borrowed(ada)
    (card,) = ada.messages()
    assert (await ada.click(card, "Give back")).ok
    await ada.until(lambda: ada.ephemeral)
    assert (card.text, card.buttons, ada.ephemeral) == ("Bicycle is back", [], ["Thank you."])


async def test_a_command_is_answered_at_once_later_and_for_one_person(
    slack: LocalSlack, app: App, ada: Person
) -> None:
    channel = slack.workspace.add_channel(f"loans-{ada.id.lower()}", members=[ada.id, app.bot_user_id])
    result = await ada.command("/things", channel=channel)
    assert result.text == "Let me look."
    await slack.until(lambda: len(ada.ephemeral) == 2)
    assert [message.text for message in channel.messages] == ["There are 3."]
    assert ada.ephemeral[1] == "Bicycle, Binoculars, Projector"


async def test_home_is_there_when_it_is_opened(ada: Person) -> None:
    await ada.open_home()
    await ada.until(lambda: ada.home)
    assert ada.home is not None
    assert ada.home.text == f"Things to lend to <@{ada.id}>: Bicycle, Binoculars, Projector"


async def test_what_is_said_to_the_app_is_answered_in_a_thread(ada: Person) -> None:
    said = await ada.say(None, "Is it 1 < 2?")
    await ada.until(lambda: said.replies)
    assert [reply.text for reply in said.replies] == ["You said: Is it 1 &lt; 2?"]


async def test_shortcuts_reach_the_app_from_anywhere_and_from_a_message(ada: Person) -> None:
    assert (await ada.shortcut("borrow")).ok
    await ada.until(lambda: ada.view)
    said = await ada.say(None, "Thanks for the bicycle")
    assert (await ada.message_action(said, "praise")).ok
    await ada.until(lambda: said.reactions)
    assert said.reactions[0]["name"] == "heart"


@pytest.mark.parametrize("lending", ["socket"], indirect=True)
async def test_the_app_comes_back_when_slack_wants_a_new_connection(
    slack: LocalSlack, app: App, ada: Person
) -> None:
    (old,) = slack.sockets.connections(app)
    await slack.sockets.disconnect(app)
    # Bolt waits 5 seconds before it connects again.
    await slack.until(
        lambda: [each for each in slack.sockets.connections(app) if each is not old], timeout=20
    )
    await opened(ada)


@pytest.mark.parametrize("lending", ["http"], indirect=True)
async def test_the_app_believes_nobody_without_slacks_signature(
    slack: LocalSlack, app: App, ada: Person
) -> None:
    await opened(ada)
    sent = slack.log.deliveries("slash_command")[-1].request
    assert (await slack.deliver_raw(sent["headers"], sent["body"], app)).ok
    assert (await slack.deliver_raw(sent["headers"], sent["body"] + b"&text=more", app)).status == 401
