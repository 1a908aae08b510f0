"""A person and a Bolt app, over Socket Mode and HTTP: commands, modals, buttons, menus, Home, threads."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import LocalSlack, NotVisible, OptionsNotLoaded, Person
from bot.sandbox.slack.delivery.delivery import CONNECTING
from tests.slack.conftest import button, field, modal, option, section

TEXT = {"type": "plain_text_input"}
FIND = {"type": "external_select"}


def opens(bolt: AsyncApp, view: dict[str, Any]) -> None:
    """`/ask` opens this modal."""

    @bolt.command("/ask")
    async def ask(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=view)
        await ack()


def submits(bolt: AsyncApp, seen: list[dict[str, Any]], **answer: Any) -> None:
    """The form is acknowledged with this answer."""

    @bolt.view("form")
    async def form(ack: Any, body: dict[str, Any]) -> None:
        seen.append(body)
        await ack(**answer)


def acts(bolt: AsyncApp, action_id: str, seen: list[dict[str, Any]]) -> None:
    """The action is acknowledged and kept."""

    @bolt.action(action_id)
    async def action(ack: Any, body: dict[str, Any]) -> None:
        seen.append(body)
        await ack()


async def test_a_command_is_answered_for_its_person_only(bolt: AsyncApp, ada: Person, ben: Person) -> None:
    @bolt.command("/ask")
    async def ask(ack: Any, command: dict[str, Any]) -> None:
        await ack(f"{command['user_name']} asks for {command['text']}")

    result = await ada.command("/ask", "github 8h")
    assert (result.text, result.trouble) == ("ada asks for github 8h", None)
    assert (ada.ephemeral, ben.ephemeral) == (["ada asks for github 8h"], [])


async def test_a_command_that_is_not_there_or_in_a_thread(ada: Person) -> None:
    assert (await ada.command("/other")).trouble == "/other is not a valid command."
    in_thread = await ada.command("/ask", thread_ts="1.0")
    assert in_thread.trouble == "/ask is not supported in threads. Sorry!"


async def test_a_form_is_filled_and_sent(bolt: AsyncApp, ada: Person) -> None:
    seen: list[dict[str, Any]] = []
    opens(bolt, modal(field("Reason", "reason", TEXT), field("App", "app", FIND), private_metadata="kept"))
    submits(bolt, seen)

    @bolt.options("app")
    async def apps(ack: Any, payload: dict[str, Any]) -> None:
        names = [name for name in ("GitHub", "GitLab", "Jira") if payload["value"].lower() in name.lower()]
        await ack(options=[option(name) for name in names])

    await ada.command("/ask")
    assert ada.view is not None
    assert ada.view.labels == ["Reason", "App"]
    assert await ada.options("App", "git") == ["GitHub", "GitLab"]
    assert await ada.options("App", "gi") == []
    await ada.fill("Reason", "because")
    await ada.choose("App", "GitHub")
    result = await ada.submit()
    assert (result.ok, result.action) == (True, "close")
    assert ada.slack.views.stack(ada.id) == []
    (body,) = seen
    values = body["view"]["state"]["values"]
    assert values["reason"]["reason"] == {"type": "plain_text_input", "value": "because"}
    assert values["app"]["app"]["selected_option"]["value"] == "github"
    assert body["view"]["private_metadata"] == "kept"


async def test_what_the_client_refuses_never_reaches_the_app(bolt: AsyncApp, ada: Person) -> None:
    seen: list[dict[str, Any]] = []
    opens(
        bolt,
        modal(
            field("Reason", "reason", {**TEXT, "min_length": 3, "max_length": 5}),
            field("Hours", "hours", {"type": "number_input", "is_decimal_allowed": False, "max_value": "8"}),
            field("Mail", "mail", {"type": "email_text_input"}, optional=True),
        ),
    )
    submits(bolt, seen)
    await ada.command("/ask")
    empty = await ada.submit()
    assert (empty.ok, set(empty.errors)) == (False, {"Reason", "Hours"})
    await ada.fill("Reason", "hi")
    await ada.fill("Hours", "9")
    await ada.fill("Mail", "nonsense")
    assert set((await ada.submit()).errors) == {"Reason", "Hours", "Mail"}
    assert ada.view is not None
    assert set(ada.view.errors) == {"Reason", "Hours", "Mail"}
    assert seen == []
    await ada.fill("Reason", "hello")
    await ada.fill("Hours", 8)
    await ada.clear("Mail")
    assert (await ada.submit()).ok
    assert len(seen) == 1


async def test_the_app_shows_errors_at_its_fields(bolt: AsyncApp, ada: Person) -> None:
    opens(bolt, modal(field("Reason", "reason", TEXT)))
    submits(bolt, [], response_action="errors", errors={"reason": "Say more"})
    await ada.command("/ask")
    await ada.fill("Reason", "x")
    result = await ada.submit()
    assert (result.ok, result.errors, result.action) == (False, {"Reason": "Say more"}, "errors")
    assert ada.view is not None
    assert ada.view.errors == {"Reason": "Say more"}


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"text": "not an input"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
    ],
)
async def test_an_answer_that_slack_cannot_read_is_trouble(
    bolt: AsyncApp, ada: Person, answer: dict[str, Any]
) -> None:
    opens(bolt, modal(section("hello", block_id="text"), field("Reason", "reason", TEXT)))

    @bolt.view("form")
    async def form(ack: Any) -> None:
        ack.response = BoltResponse(status=200, body=answer)

    await ada.command("/ask")
    await ada.fill("Reason", "x")
    result = await ada.submit()
    assert (result.ok, result.trouble) == (False, CONNECTING)
    assert ada.view is not None


async def test_an_answer_can_update_push_and_clear(bolt: AsyncApp, ada: Person) -> None:
    opens(bolt, modal(section("first")))
    submits(bolt, [], response_action="update", view=modal(section("second"), callback_id="second"))

    @bolt.view("second")
    async def second(ack: Any) -> None:
        await ack(response_action="push", view=modal(section("third"), callback_id="third"))

    @bolt.view("third")
    async def third(ack: Any) -> None:
        await ack(response_action="clear")

    await ada.command("/ask")
    shown = []
    for _ in range(3):
        assert ada.view is not None
        shown.append(ada.view.text)
        assert (await ada.submit()).ok
    assert (shown, ada.view) == (["first", "second", "third"], None)


async def test_cancel_is_told_where_it_was_asked_for(bolt: AsyncApp, ada: Person) -> None:
    closed: list[bool] = []
    opens(bolt, modal(section("hello"), notify_on_close=True))

    @bolt.view_closed("form")
    async def gone(ack: Any, body: dict[str, Any]) -> None:
        closed.append(body["is_cleared"])
        await ack()

    await ada.command("/ask")
    assert (await ada.close()).sent
    await ada.command("/ask")
    await ada.close(whole_stack=True)
    assert (closed, ada.view) == ([False, True], None)


async def test_a_button_of_a_message_carries_what_is_needed(
    bolt: AsyncApp, client: AsyncWebClient, ada: Person
) -> None:
    seen: list[dict[str, Any]] = []
    acts(bolt, "yes", seen)
    blocks = [
        section("May I?"),
        {"type": "actions", "block_id": "row", "elements": [button("Yes", "yes", value="AR-1")]},
    ]
    sent = await client.chat_postMessage(channel=ada.id, blocks=blocks, text="May I?")
    assert (await ada.click(ada.messages()[0], "Yes")).ok
    (body,) = seen
    (action,) = body["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == ("yes", "row", "AR-1")
    assert (body["message"]["ts"], body["channel"]["id"]) == (sent["ts"], sent["channel"])
    assert (body["user"]["id"], body["container"]["type"]) == (ada.id, "message")


async def test_which_button_is_said_by_what_stands_near(
    bolt: AsyncApp, client: AsyncWebClient, ada: Person
) -> None:
    seen: list[dict[str, Any]] = []
    acts(bolt, "end", seen)
    blocks: list[dict[str, Any]] = []
    for name in ("GitHub", "Jira"):
        row = {"type": "actions", "elements": [button("End", "end", value=name), button("Other", "other")]}
        blocks += [section(f"*{name}*"), {"type": "context", "elements": [section("until May")["text"]]}, row]
    await client.views_publish(user_id=ada.id, view={"type": "home", "blocks": blocks})
    await ada.press_home("End", near="Jira")
    assert seen[0]["actions"][0]["value"] == "Jira"
    assert (seen[0]["view"]["type"], seen[0]["container"]["type"]) == ("home", "view")
    with pytest.raises(NotVisible, match="2 times"):
        await ada.press_home("End")
    with pytest.raises(NotVisible, match="no button 'Begin' near"):
        await ada.press_home("Begin", near="GitHub")


async def test_a_confirm_dialog_can_be_declined(bolt: AsyncApp, client: AsyncWebClient, ada: Person) -> None:
    seen: list[dict[str, Any]] = []
    acts(bolt, "end", seen)
    confirm = {
        "title": {"type": "plain_text", "text": "Sure?"},
        "text": {"type": "plain_text", "text": "Really?"},
        "confirm": {"type": "plain_text", "text": "Yes"},
        "deny": {"type": "plain_text", "text": "No"},
    }
    row = {"type": "actions", "elements": [button("End", "end", confirm=confirm)]}
    await client.chat_postMessage(channel=ada.id, blocks=[row], text="x")
    (message,) = ada.messages()
    assert not (await ada.click(message, "End", confirm=False)).sent
    assert seen == []
    assert (await ada.click(message, "End")).sent
    assert len(seen) == 1


async def test_an_overflow_menu_sends_its_choice(bolt: AsyncApp, client: AsyncWebClient, ada: Person) -> None:
    seen: list[dict[str, Any]] = []
    acts(bolt, "more", seen)
    menu = {"type": "overflow", "action_id": "more", "options": [option("Details"), option("Report")]}
    await client.chat_postMessage(channel=ada.id, blocks=[section("x", accessory=menu)], text="x")
    await ada.menu(ada.messages()[0], "Report")
    assert seen[0]["actions"][0]["selected_option"]["value"] == "report"


async def test_a_choice_that_dispatches_updates_the_modal_and_keeps_the_rest(
    bolt: AsyncApp, ada: Person
) -> None:
    app = field("App", "app", {"type": "static_select", "options": [option("Git")]}, dispatch_action=True)
    reason = field("Reason", "reason", TEXT)
    opens(bolt, modal(app, reason))

    @bolt.action("app")
    async def chosen(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        view, picked = body["view"], body["actions"][0]["selected_option"]["value"]
        assert view["state"]["values"]["app"]["app"]["selected_option"]["value"] == picked
        await client.views_update(
            view_id=view["id"], hash=view["hash"], view=modal(app, section(f"You chose {picked}"), reason)
        )
        await ack()

    await ada.command("/ask")
    await ada.fill("Reason", "because")
    assert (await ada.choose("App", "Git")).ok
    assert ada.view is not None
    assert "You chose git" in ada.view.texts
    assert (ada.view.value("Reason"), ada.view.value("App")) == ("because", "Git")


async def test_every_kind_of_field_is_filled_by_what_one_sees(
    bolt: AsyncApp, ada: Person, ben: Person, slack: LocalSlack
) -> None:
    seen: list[dict[str, Any]] = []
    many = [option("One"), option("Two"), option("Three")]
    opens(
        bolt,
        modal(
            field("Owner", "owner", {"type": "users_select"}),
            field("Others", "others", {"type": "multi_users_select"}),
            field("Room", "room", {"type": "conversations_select"}),
            field("Some", "some", {"type": "checkboxes", "options": many}),
            field("One", "one", {"type": "radio_buttons", "options": many}),
            field("Day", "day", {"type": "datepicker"}),
            field("Hour", "hour", {"type": "timepicker"}),
            field("Moment", "moment", {"type": "datetimepicker"}),
            field("Link", "link", {"type": "url_text_input"}),
        ),
    )
    submits(bolt, seen)
    room = ada.slack.workspace.add_channel("general")
    await ada.command("/ask")
    await ada.choose("Owner", "Ben Okri")
    await ada.choose("Others", ["@ada", ben.id])
    await ada.choose("Room", "#general")
    await ada.choose("Some", ["One", "Three"])
    await ada.choose("One", "Two")
    await ada.fill("Day", "2026-01-31")
    await ada.fill("Hour", "14:30")
    await ada.fill("Moment", slack.clock.now())
    await ada.fill("Link", "https://example.com")
    assert (ada.value("Owner"), ada.value("Others")) == ("Ben Okri", ["Ada Lovelace", "Ben Okri"])
    assert (await ada.submit()).ok
    values = {block: next(iter(held.values())) for block, held in seen[0]["view"]["state"]["values"].items()}
    assert values["owner"]["selected_user"] == ben.id
    assert values["others"]["selected_users"] == [ada.id, ben.id]
    assert values["room"]["selected_conversation"] == room.id
    assert [each["value"] for each in values["some"]["selected_options"]] == ["one", "three"]
    assert values["one"]["selected_option"]["value"] == "two"
    assert (values["day"]["selected_date"], values["hour"]["selected_time"]) == ("2026-01-31", "14:30")
    assert values["moment"]["selected_date_time"] == int(slack.clock.now().timestamp())


async def test_enter_tells_apps_that_asked_for_it(bolt: AsyncApp, ada: Person) -> None:
    seen: list[dict[str, Any]] = []
    acts(bolt, "quick", seen)
    acts(bolt, "live", seen)
    live = {**TEXT, "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}
    opens(
        bolt,
        modal(
            field("Quick", "quick", TEXT, dispatch_action=True),
            field("Live", "live", live, dispatch_action=True),
        ),
    )
    await ada.command("/ask")
    assert not (await ada.fill("Quick", "a")).sent
    assert (await ada.enter("Quick")).sent
    assert (await ada.fill("Live", "b")).sent
    assert [body["actions"][0]["value"] for body in seen] == ["a", "b"]


async def test_menus_that_offer_too_much_are_trouble(bolt: AsyncApp, ada: Person) -> None:
    opens(bolt, modal(field("App", "app", {**FIND, "min_query_length": 0})))

    @bolt.options("app")
    async def apps(ack: Any) -> None:
        await ack(options=[option(str(number)) for number in range(101)])

    await ada.command("/ask")
    with pytest.raises(OptionsNotLoaded, match="no more than 100 items"):
        await ada.options("App", "")


async def test_shortcuts_global_and_on_a_message(bolt: AsyncApp, client: AsyncWebClient, ada: Person) -> None:
    seen: list[str] = []

    @bolt.shortcut("ask")
    async def ask(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=modal(section("from a shortcut")))
        await ack()

    @bolt.shortcut("about")
    async def about(ack: Any, body: dict[str, Any]) -> None:
        seen.append(body["message"]["text"])
        await ack()

    assert (await ada.shortcut("ask")).ok
    assert ada.view is not None
    assert ada.view.texts == ["from a shortcut"]
    await client.chat_postMessage(channel=ada.id, text="this one")
    await ada.message_action(ada.messages()[0], "about")
    assert seen == ["this one"]
    with pytest.raises(NotVisible):
        await ada.shortcut("about")


async def test_home_is_published_when_it_is_opened(bolt: AsyncApp, ada: Person) -> None:
    @bolt.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:
        view = {"type": "home", "blocks": [section(f"Welcome <@{event['user']}>")]}
        await client.views_publish(user_id=event["user"], view=view)

    home = await ada.open_home()
    assert home is not None
    assert home.texts == [f"Welcome <@{ada.id}>"]


async def test_replies_in_threads_reach_the_app(bolt: AsyncApp, client: AsyncWebClient, ada: Person) -> None:
    seen: list[tuple[str, str]] = []

    @bolt.event("message")
    async def message(event: dict[str, Any]) -> None:
        seen.append((event["text"], event.get("thread_ts", "")))

    sent = await client.chat_postMessage(channel=ada.id, text="card")
    await ada.reply(ada.messages()[0], "a comment")
    await ada.say(None, "hello")
    assert seen == [("a comment", sent["ts"]), ("hello", "")]


async def test_a_response_url_answers_five_times_within_half_an_hour(
    bolt: AsyncApp, client: AsyncWebClient, ada: Person, slack: LocalSlack, hands: Any
) -> None:
    urls: list[str] = []

    @bolt.action("yes")
    async def yes(ack: Any, body: dict[str, Any], respond: Any) -> None:
        urls.append(body["response_url"])
        await respond("only for you", replace_original=False)
        await respond("replaced", replace_original=True)
        await ack()

    row = {"type": "actions", "elements": [button("Yes", "yes")]}
    await client.chat_postMessage(channel=ada.id, blocks=[row], text="x")
    (message,) = ada.messages()
    await ada.click(message, "Yes")
    assert (ada.ephemeral, message.text) == (["only for you"], "replaced")
    key = urls[0].rsplit("/", 1)[-1]
    for _ in range(3):
        slack.response_urls.respond(key, {"text": "more"})
    with pytest.raises(Exception, match="used_url"):
        slack.response_urls.respond(key, {"text": "too much"})
    late = slack.response_urls.issue(ada.app, ada.id, ada.dm.id).rsplit("/", 1)[-1]
    hands.advance(minutes=31)
    with pytest.raises(Exception, match="expired_url"):
        slack.response_urls.respond(late, {"text": "too late"})


async def test_what_is_not_on_the_screen_cannot_be_touched(
    bolt: AsyncApp, client: AsyncWebClient, ada: Person
) -> None:
    with pytest.raises(NotVisible, match="no modal is open"):
        await ada.submit()
    await client.chat_postMessage(channel=ada.id, text="x")
    with pytest.raises(NotVisible, match="no button 'Yes'"):
        await ada.click(ada.messages()[0], "Yes")
    opens(bolt, modal(section("read this"), field("Reason", "reason", TEXT)))
    await ada.command("/ask")
    with pytest.raises(NotVisible, match=r"no field 'App'; there are \['Reason'\]"):
        await ada.fill("App", "x")


async def test_a_delivery_can_be_sent_again_and_changed(
    bolt: AsyncApp, ada: Person, slack: LocalSlack
) -> None:
    seen: list[str] = []

    @bolt.command("/ask")
    async def ask(ack: Any, command: dict[str, Any]) -> None:
        seen.append(command["text"])
        await ack()

    await ada.command("/ask", "true")
    (entry,) = ada.slack.log.deliveries("slash_command")
    assert (await slack.deliver_again(entry)).ok
    forged = {**entry.request["payload"], "text": "forged"}
    assert (await slack.deliver_again(entry, forged)).ok
    assert seen == ["true", "true", "forged"]


async def test_typed_text_is_escaped_and_mentions_are_resolved(
    bolt: AsyncApp, ada: Person, ben: Person
) -> None:
    seen: list[str] = []

    @bolt.event("message")
    async def message(event: dict[str, Any]) -> None:
        seen.append(event["text"])

    said = await ada.say(None, "@ben is 1 < 2 & <!channel>?")
    assert seen == [f"<@{ben.id}> is 1 &lt; 2 &amp; &lt;!channel&gt;?"]
    assert said.text == "@ben is 1 < 2 & <!channel>?"
