"""Handlers of the page's messages: one function for each action that the page's script sends.

A message is the JSON object that the page sent; `do` is the name of its handler. One about an element names
it by `at` (the surface), `block` and `action`.
"""

from collections.abc import Awaitable, Callable, Mapping

from bot.sandbox.browser import place
from bot.sandbox.browser.actions import conversation, form_fields
from bot.sandbox.browser.actions.page_actions import (
    NOT_ON_SCREEN,
    PageActions,
    find_message,
    page_actions_at,
)
from bot.sandbox.browser.draw import emoji
from bot.sandbox.browser.window import Confirmation, Json, MenuOption, Window
from bot.sandbox.slack import NotVisible, OptionsNotLoaded, Outcome, SubmitResult
from bot.sandbox.slack.blocks.form import parse_input
from bot.sandbox.slack.blocks.visible import BlockElement
from bot.sandbox.slack.core.errors import SlackError

Handler = Callable[[Window, Json], Awaitable[Json | None]]
HANDLERS: dict[str, Handler] = {}
KEEPS_NOTICES = ("type", "open", "visibility", "dismiss")  # any other message clears the notices


def handler(work: Handler) -> Handler:
    """A decorator that registers a handler under its name."""
    HANDLERS[work.__name__] = work
    return work


async def handle(handlers: Mapping[str, Handler], window: Window, message: Json) -> Json | None:
    """Handle one message of the page and return the answer to it, if any; a failure becomes a notice."""
    if message.get("do") not in KEEPS_NOTICES:
        window.notices.clear()
    try:
        return await handlers[str(message.get("do"))](window, message)
    except (NotVisible, SlackError) as refusal:
        window.notice(str(refusal))
    except (KeyError, ValueError, TypeError, IndexError):
        window.notice(NOT_ON_SCREEN)
    window.redraw()
    return None


def _target(window: Window, message: Json) -> tuple[PageActions, BlockElement, str]:
    """The person at the surface, the element that a message names, and the element's key."""
    actions = page_actions_at(window.slack, window.place.user_id, message["at"])
    return (
        actions,
        actions.target(message["block"], message["action"]),
        f"{message['at']}|{message['block']}|{message['action']}",
    )


async def _interact(
    window: Window, target: BlockElement, key: str, work: Callable[[], Awaitable[Outcome]]
) -> None:
    """Run an interaction at once, or after the element's confirm dialog."""

    async def run() -> None:
        await window.run_interaction(key, work())

    confirm = target.element.get("confirm")
    if not confirm:
        return await run()
    window.question = Confirmation(confirm, run)
    window.changed.set()
    return None


@handler
async def go(window: Window, message: Json) -> None:
    """Show another place."""
    target = place.parse_url(message["url"])
    if target and target.user_id in window.slack.workspace.users:
        conversation.go_to(window, target)


@handler
async def visibility(window: Window, message: Json) -> None:
    """Note whether the window is visible: messages count as read only while it is."""
    window.visible = bool(message["on"])
    window.changed.set()


@handler
async def press(window: Window, message: Json) -> None:
    """Press a button, unless an earlier press is pending."""
    actions, target, key = _target(window, message)
    if key not in window.busy:
        await _interact(window, target, key, lambda: actions.press_at(target))


@handler
async def open(window: Window, message: Json) -> Json:  # noqa: A001  the name that the page sends
    """Answer with a menu's options for what is typed in it."""
    actions, target, key = _target(window, message)
    typed = str(message.get("typed", ""))
    missing = form_fields.missing_characters(target, typed)
    if missing:
        return {"hint": f"Type {missing} more character{'' if missing == 1 else 's'}"}
    try:
        options = await form_fields.menu_options(actions, target, typed)
    except OptionsNotLoaded:
        return {"hint": "The options could not be loaded.", "failed": True}
    window.options[key] = options
    value = form_fields.field_value(actions, target)
    return {
        "options": [_option_json(option, form_fields.is_chosen(value, option.value)) for option in options]
    }


def _option_json(option: MenuOption, is_chosen: bool) -> Json:
    return {
        "text": emoji.replace_names(option.text),
        "description": emoji.replace_names(option.description),
        "group": option.group,
        "chosen": is_chosen,
    }


@handler
async def choose(window: Window, message: Json) -> None:
    """Choose an option of an open menu; in a menu of several a chosen one is removed."""
    actions, target, key = _target(window, message)
    value = window.options[key][int(message["index"])].value
    await _interact(window, target, key, lambda: form_fields.choose(actions, target, value))


@handler
async def unpick(window: Window, message: Json) -> None:
    """Remove one choice."""
    actions, target, key = _target(window, message)
    await _interact(
        window, target, key, lambda: form_fields.remove_choice(actions, target, int(message["index"]))
    )


@handler
async def tick(window: Window, message: Json) -> None:
    """Check checkboxes or radio buttons, by the indexes of all that are on."""
    actions, target, key = _target(window, message)
    await _interact(window, target, key, lambda: form_fields.check_options(actions, target, message["on"]))


@handler
async def date(window: Window, message: Json) -> None:
    """Set a date, a time, or both."""
    actions, target, key = _target(window, message)
    value = form_fields.parse_date(actions, target, str(message["value"]))
    await _interact(window, target, key, lambda: actions.set_at(target, value))


@handler
async def type(window: Window, message: Json) -> None:  # noqa: A001  the name that the page sends
    """Set the text of a field; an app that asked for it hears of it after a pause in typing."""
    actions, target, key = _target(window, message)
    actions.type_at(target, parse_input(target.element, str(message["value"])))
    moment = "on_character_entered"
    if form_fields.dispatches_at(target, moment):
        window.debounce(key, lambda: window.run_interaction(key, actions.dispatch_typing_at(target, moment)))


@handler
async def enter(window: Window, message: Json) -> None:
    """Press Enter in a line of text: dispatch an action where the app asked for it, else send the form."""
    actions, target, key = _target(window, message)
    moment = "on_enter_pressed"
    if form_fields.dispatches_at(target, moment):
        await window.run_interaction(key, actions.dispatch_typing_at(target, moment))
    elif (view := actions.view) is not None and view is actions.at and view.submit:
        await submit(window, {})


@handler
async def submit(window: Window, _message: Json) -> None:
    """Send the modal on top, unless it is already being sent."""
    view = window.slack.views.top(window.place.user_id)
    if view and (key := f"v/{view.id}|submit") not in window.busy:
        actions = page_actions_at(window.slack, window.place.user_id, f"v/{view.id}")
        await window.run_interaction(key, _submit(actions))


async def _submit(actions: PageActions) -> Outcome:
    result: SubmitResult = await actions.submit()
    return Outcome(result.trouble)


@handler
async def cancel(window: Window, message: Json) -> None:
    """Close the modal on top, or with `all` the whole stack."""
    view = window.slack.views.top(window.place.user_id)
    if view:
        actions = page_actions_at(window.slack, window.place.user_id, f"v/{view.id}")
        work = actions.close(whole_stack=bool(message.get("all")))
        await window.run_interaction(f"v/{view.id}|cancel", work)


@handler
async def answer(window: Window, message: Json) -> None:
    """Confirm or decline the confirm dialog."""
    question, window.question = window.question, None
    window.redraw()
    if question and message["yes"]:
        await question.action()


@handler
async def say(window: Window, message: Json) -> None:
    """Send the text of the composer."""
    await conversation.say(window, str(message["text"]), message.get("thread") or None)


@handler
async def shortcut(window: Window, message: Json) -> None:
    """Use a global shortcut."""
    await conversation.shortcut(window, str(message["app"]), str(message["callback"]))


@handler
async def message_action(window: Window, message: Json) -> None:
    """Use a shortcut in the menu of a message."""
    await conversation.message_action(
        window, str(message["at"]), str(message["app"]), str(message["callback"])
    )


@handler
async def dismiss(window: Window, message: Json) -> None:
    """Dismiss a notice of this window, or an ephemeral message."""
    if "notice" in message:
        window.notices.pop(int(message["notice"]), None)
        window.changed.set()
    elif ephemeral := find_message(window.slack, window.place.user_id, str(message["at"])):
        window.slack.inbox.dismiss(ephemeral)
