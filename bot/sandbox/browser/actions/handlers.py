"""What a window can ask for: one small function for each verb of the page's script.

`said` is the JSON that the page sent. A verb that touches an element names it by `at`, `block` and `action`.
"""

from collections.abc import Awaitable, Callable, Mapping

from bot.sandbox.browser import place
from bot.sandbox.browser.actions import conversation, form_fields
from bot.sandbox.browser.actions.page_actions import GONE, Hands, hands_at, message_of
from bot.sandbox.browser.draw import emoji
from bot.sandbox.browser.window import Json, Question, Window
from bot.sandbox.slack import NotVisible, Outcome, SubmitResult, Trouble
from bot.sandbox.slack.blocks.visible import Placed
from bot.sandbox.slack.core.errors import SlackError

Verb = Callable[[Window, Json], Awaitable[Json | None]]
VERBS: dict[str, Verb] = {}
QUIET = ("type", "open", "shown", "dismiss")  # these leave what was told on the screen


def verb(work: Verb) -> Verb:
    """Registers a verb under its name."""
    VERBS[work.__name__] = work
    return work


async def hear(verbs: Mapping[str, Verb], window: Window, said: Json) -> Json | None:
    """Carries out one message of the page; what cannot be done is told in the window."""
    if said.get("do") not in QUIET:
        window.notices.clear()
    try:
        return await verbs[str(said.get("do"))](window, said)
    except (NotVisible, SlackError) as refusal:
        window.notice(str(refusal))
    except (KeyError, ValueError, TypeError, IndexError):
        window.notice(GONE)
    window.redraw()
    return None


def _touched(window: Window, said: Json) -> tuple[Hands, Placed, str]:
    hands = hands_at(window.slack, window.place.user_id, said["at"])
    return (
        hands,
        hands.target(said["block"], said["action"]),
        f"{said['at']}|{said['block']}|{said['action']}",
    )


async def _confirmed(
    window: Window, target: Placed, key: str, work: Callable[[], Awaitable[Outcome]]
) -> None:
    """Does it at once, or after the element's confirm dialog."""

    async def then() -> None:
        await window.attempt(key, work())

    confirm = target.element.get("confirm")
    if not confirm:
        return await then()
    window.question = Question(confirm, then)
    window.changed.set()
    return None


@verb
async def go(window: Window, said: Json) -> None:
    """Shows another place."""
    there = place.read(said["url"])
    if there and there.user_id in window.slack.workspace.users:
        conversation.arrive(window, there)


@verb
async def shown(window: Window, said: Json) -> None:
    """Whether anybody sees this window; only then messages count as read."""
    window.visible = bool(said["on"])
    window.changed.set()


@verb
async def press(window: Window, said: Json) -> None:
    """Presses a button, once while the app is being asked."""
    hands, target, key = _touched(window, said)
    if key not in window.busy:
        await _confirmed(window, target, key, lambda: hands.press_at(target))


@verb
async def open(window: Window, said: Json) -> Json:  # noqa: A001  the verb's name
    """The options of a menu, for what is typed in it."""
    hands, target, key = _touched(window, said)
    typed = str(said.get("typed", ""))
    short = form_fields.too_short(target, typed)
    if short:
        return {"hint": f"Type {short} more character{'' if short == 1 else 's'}"}
    try:
        options = await form_fields.offered(hands, target, typed)
    except Trouble:
        return {"hint": "The options could not be loaded.", "failed": True}
    window.offered[key] = options
    held = form_fields.held(hands, target)
    return {"options": [_line(each, form_fields.is_held(held, each.value)) for each in options]}


def _line(option: form_fields.Option, chosen: bool) -> Json:
    return {
        "text": emoji.replaced(option.text),
        "description": emoji.replaced(option.description),
        "group": option.group,
        "chosen": chosen,
    }


@verb
async def choose(window: Window, said: Json) -> None:
    """A line of an open menu; in a menu of several it is taken or given back."""
    hands, target, key = _touched(window, said)
    value = window.offered[key][int(said["index"])].value
    await _confirmed(window, target, key, lambda: form_fields.choose(hands, target, value))


@verb
async def unpick(window: Window, said: Json) -> None:
    """Takes one choice back."""
    hands, target, key = _touched(window, said)
    await _confirmed(window, target, key, lambda: form_fields.unpick(hands, target, int(said["index"])))


@verb
async def tick(window: Window, said: Json) -> None:
    """Checkboxes or radio buttons, by the numbers of those that are on."""
    hands, target, key = _touched(window, said)
    await _confirmed(window, target, key, lambda: form_fields.tick(hands, target, said["on"]))


@verb
async def date(window: Window, said: Json) -> None:
    """A date, a time, or both."""
    hands, target, key = _touched(window, said)
    value = form_fields.moment(hands, target, str(said["value"]))
    await _confirmed(window, target, key, lambda: hands.set_at(target, value))


@verb
async def type(window: Window, said: Json) -> None:  # noqa: A001  the verb's name
    """What a text field holds now; an app that asked for it hears after a rest."""
    hands, target, key = _touched(window, said)
    hands.type_at(target, form_fields.written(target, str(said["value"])))
    if form_fields.hears(target, "on_character_entered"):
        window.later(key, lambda: window.attempt(key, hands.typed_at(target, "on_character_entered")))


@verb
async def enter(window: Window, said: Json) -> None:
    """Enter in a line of text: tells an app that asked for it, else sends the form."""
    hands, target, key = _touched(window, said)
    if form_fields.hears(target, "on_enter_pressed"):
        await window.attempt(key, hands.typed_at(target, "on_enter_pressed"))
    elif (view := hands.view) is not None and view is hands.at and view.submit:
        await submit(window, {})


@verb
async def submit(window: Window, _said: Json) -> None:
    """Sends the modal on top, once."""
    view = window.slack.views.top(window.place.user_id)
    if view and (key := f"v/{view.id}|submit") not in window.busy:
        hands = hands_at(window.slack, window.place.user_id, f"v/{view.id}")
        await window.attempt(key, _sent(hands))


async def _sent(hands: Hands) -> Outcome:
    result: SubmitResult = await hands.submit()
    return Outcome(result.trouble)


@verb
async def cancel(window: Window, said: Json) -> None:
    """Closes the modal on top, or with `all` the whole stack."""
    view = window.slack.views.top(window.place.user_id)
    if view:
        hands = hands_at(window.slack, window.place.user_id, f"v/{view.id}")
        await window.attempt(f"v/{view.id}|cancel", hands.close(whole_stack=bool(said.get("all"))))


@verb
async def answer(window: Window, said: Json) -> None:
    """A confirm dialog is confirmed or declined."""
    question, window.question = window.question, None
    window.redraw()
    if question and said["yes"]:
        await question.then()


@verb
async def say(window: Window, said: Json) -> None:
    """Writes what stands in the composer."""
    await conversation.say(window, str(said["text"]), said.get("thread") or None)


@verb
async def shortcut(window: Window, said: Json) -> None:
    """A global shortcut."""
    await conversation.shortcut(window, str(said["app"]), str(said["callback"]))


@verb
async def message_action(window: Window, said: Json) -> None:
    """A shortcut in the menu of a message."""
    await conversation.message_action(window, str(said["at"]), str(said["app"]), str(said["callback"]))


@verb
async def dismiss(window: Window, said: Json) -> None:
    """A notice of this window, or a message that was only visible to this person."""
    if "notice" in said:
        window.notices.pop(int(said["notice"]), None)
        window.changed.set()
    elif message := message_of(window.slack, window.place.user_id, str(said["at"])):
        window.slack.inbox.dismiss(message)
