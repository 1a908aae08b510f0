import pytest

from bot.sandbox.browser import Browser
from tests.sandbox.conftest import window
from tests.sandbox.demo import Demo


async def test_a_message_appears_in_every_window_at_once(browser: Browser) -> None:
    async with window(browser, "/as/UADA/CGENERAL") as ada, window(browser, "/as/UMIA/CGENERAL") as mia:
        await ada.send("say", text="Good morning & <b>hello</b>")
        for page in (ada, mia):
            assert "Good morning &amp; &lt;b&gt;hello&lt;/b&gt;" in await page.until("main", "Good morning")


async def test_a_card_changes_where_others_see_it(world: Demo, browser: Browser) -> None:
    async with window(browser, "/as/UADA") as page:
        await page.send("say", text="/everything")
        await page.until("main", "Approve")
        message = world.slack.person("UADA", world.app).messages()[-1]
        at = f"m/{message.channel}/{message.ts}"
        await page.send("press", at=at, block="buttons", action="approve")
        await page.until("main", "Approved by")
        assert 'data-action="approve"' not in page.regions["main"]


async def test_a_confirm_dialog_stands_before_the_deed(world: Demo, browser: Browser) -> None:
    async with window(browser, "/as/UADA") as page:
        await page.send("say", text="/everything")
        await page.until("main", "Approve")
        message = world.slack.person("UADA", world.app).messages()[-1]
        press = {"at": f"m/{message.channel}/{message.ts}", "block": "buttons", "action": "reject"}
        await page.send("press", **press)
        assert "<strong>cannot</strong>" in await page.until("question", "Are you sure?")
        await page.send("answer", yes=False)
        await page.until_gone("question", "Are you sure?")
        assert not world.heard
        await page.send("press", **press)
        await page.until("question", "Are you sure?")
        await page.send("answer", yes=True)
        await world.slack.until(lambda: world.heard)
        assert world.heard[0]["action_id"] == "reject"


async def test_a_form_is_filled_refused_at_its_field_and_sent(world: Demo, browser: Browser) -> None:
    async with window(browser, "/as/UADA") as page:
        await page.send("say", text="/form")
        await page.until("modal", "Every field")
        view = world.slack.views.top("UADA")
        assert view is not None

        def at(name: str) -> dict[str, str]:
            return {"at": f"v/{view.id}", "block": name, "action": name}

        await page.send("type", **at("name"), value="x")
        await page.send("submit")
        await page.until("modal", "Please complete this required field.")
        assert (await page.ask("open", **at("application"), typed=""))["hint"] == "Type 1 more character"
        offered = await page.ask("open", **at("application"), typed="git")
        assert [each["text"] for each in offered["options"]] == ["GitHub", "GitLab"]
        await page.send("choose", **at("application"), index=1)
        assert 'value="x"' in await page.until("modal", "You chose <strong>GitLab</strong>")
        await page.send("type", **at("hours"), value="8")
        await page.ask("open", **at("people"), typed="mia")
        await page.send("choose", **at("people"), index=0)
        await page.send("tick", **at("wanted"), on=[0, 1])
        await page.send("tick", **at("how"), on=[2])
        await page.send("date", **at("until"), value="2026-03-02T09:00")
        await page.send("submit")
        await page.until("modal", "That is no name.")
        await page.send("type", **at("name"), value="Ada")
        await page.send("submit")
        await page.until_gone("modal", "Every field")
    values = world.heard[-1]
    assert values["name"]["name"]["value"] == "Ada"
    assert values["people"]["people"]["selected_users"] == ["UMIA"]
    assert len(values["wanted"]["wanted"]["selected_options"]) == 2
    assert values["how"]["how"]["selected_option"]["value"] == "blue"
    assert values["until"]["until"]["selected_date_time"] == 1772442000


async def test_three_modals_lie_on_each_other_and_close_one_by_one(world: Demo, browser: Browser) -> None:
    async with window(browser, "/as/UADA") as page:
        await page.send("say", text="/form")
        await page.until("modal", "Every field")
        for depth in ("2 of 3", "3 of 3"):
            view = world.slack.views.top("UADA")
            assert view is not None
            await page.send("press", at=f"v/{view.id}", block="further", action="push")
            await page.until("modal", depth)
        await page.send("cancel")
        await page.until("modal", "2 of 3")
        await page.send("cancel", all=True)
        await page.until_gone("modal", "dialog")


async def test_what_slack_says_when_the_app_does_not_answer(world: Demo, browser: Browser) -> None:
    world.slack.deliveries.timeout = 0.05
    async with window(browser, "/as/UADA") as page:
        await page.send("say", text="/silent")
        await page.until("notices", "operation_timeout")
        await page.send("say", text="/unknown")
        await page.until("notices", "/unknown is not a valid command.")
        await page.send("say", text="/form")
        await page.until("modal", "Every field")
        world.slack.faults.drop("view_submission")
        view = world.slack.views.top("UADA")
        assert view is not None
        for name, value in (("name", "Ada"), ("hours", "1")):
            await page.send("type", at=f"v/{view.id}", block=name, action=name, value=value)
        await page.ask("open", at=f"v/{view.id}", block="application", action="application", typed="sales")
        await page.send("choose", at=f"v/{view.id}", block="application", action="application", index=0)
        await page.until("modal", "You chose")
        await page.send("submit")
        await page.until("modal", "We had some trouble connecting. Try again?")


async def test_only_you_see_what_is_for_you_and_can_dismiss_it(world: Demo, browser: Browser) -> None:
    async with window(browser, "/as/UADA/CGENERAL") as ada, window(browser, "/as/UMIA/CGENERAL") as mia:
        await ada.send("say", text="/secret")
        assert "Only visible to you" in await ada.until("main", "read this.")
        await mia.until("main", "Message #general")
        assert "read this." not in mia.regions["main"]
        await ada.send("dismiss", at=f"e/{world.slack.inbox.ephemeral('UADA')[0].ts}")
        await ada.until_gone("main", "read this.")


async def test_a_thread_opens_beside_and_takes_replies(world: Demo, browser: Browser) -> None:
    first = await world.slack.person("UADA", world.app).say(None, "a question")
    async with window(browser, f"/as/UADA?thread={first.ts}") as page:
        await page.until("side", "a question")
        await page.send("say", text="echo an answer", thread=first.ts)
        await page.until("main", "2 replies")
        assert page.regions["side"].count("echo an answer") == 2
        await page.send("say", text="/form", thread=first.ts)
        await page.until("notices", "not supported in threads")


async def test_unread_messages_count_until_somebody_looks(world: Demo, browser: Browser) -> None:
    async with window(browser, "/as/UMIA") as mia:
        await mia.until("people", "Ada")
        await world.slack.person("UADA", world.app).say("CGENERAL", "news")
        await mia.until("talks", "1 unread")
        await mia.send("visibility", on=False)
        await mia.send("go", url="/as/UMIA/CGENERAL")
        await mia.until("main", "news")
        assert "1 unread" in mia.regions["talks"]
        await mia.send("visibility", on=True)
        await mia.until_gone("talks", "1 unread")


async def test_app_home_is_shown_and_the_app_hears_that_it_was_opened(browser: Browser, world: Demo) -> None:
    async with window(browser, f"/as/UADA/{world.app.id}") as page:
        await page.until("main", "My access")
    assert world.slack.log.deliveries("event:app_home_opened")


@pytest.mark.parametrize(
    ("drawer", "words"),
    [("traffic", "chat.postMessage"), ("kit", "has nothing to say against it"), ("members", "@oncall"),
     ("break", "Slack answers with"), ("elsewhere", "no such panel")],
)  # fmt: skip
async def test_the_drawer_tells_what_happened(world: Demo, browser: Browser, drawer: str, words: str) -> None:
    person = world.slack.person("UADA", world.app)
    await person.command("/everything")
    item = f"m/{person.dm.id}/{person.messages()[-1].ts}" if drawer == "kit" else ""
    async with window(browser, f"/as/UADA?drawer={drawer}&item={item}") as page:
        await page.until("drawer", words)


async def test_faults_are_injected_and_fixed(world: Demo, browser: Browser) -> None:
    async with window(browser, "/as/UADA?drawer=break") as page:
        await page.send("fault", how="500", match="chat.*", times="2")
        await page.until("drawer", "used 0")
        assert "1 fault" in page.regions["top"]
        await page.send("fix")
        await page.until_gone("drawer", "used 0")
        assert not world.slack.faults.active


async def test_junk_from_the_page_harms_nobody(browser: Browser) -> None:
    async with window(browser, "/as/UADA") as page:
        await page.until("main", "Demo")
        await page.send("nothing")
        await page.send("press")
        await page.send("press", at="m/x/1", block=1, action=2)
        await page.send("choose", at="v/x", block="b", action="a", index="x")
        await page.until("notices", "no longer on the screen")
        await page.send("say", text="still here")
        await page.until("main", "still here")


async def test_what_was_sent_goes_on_when_the_window_is_closed(world: Demo, browser: Browser) -> None:
    async with window(browser, "/as/UADA") as page:
        await page.send("say", text="/slow_form")
        await page.until("modal", "Slow form")
        await page.send("submit")
        await page.until("modal", "Sending …")
    await world.slack.until(lambda: world.slack.views.top("UADA") is None)


async def test_a_long_conversation_shows_its_end_and_says_how_much_is_missing(
    world: Demo, browser: Browser
) -> None:
    room = world.slack.workspace.channels["CGENERAL"]
    for number in range(103):
        world.slack.workspace.say(room, "UMIA", f"line {number:03}")
    async with window(browser, "/as/UADA/CGENERAL") as page:
        await page.until("main", "3 earlier messages are not shown.")
        assert "line 002" not in page.regions["main"]
        assert "line 003" in page.regions["main"]
