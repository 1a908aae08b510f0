"""Block Kit's pieces as plain dicts, built by small functions.

Callers hand in escaped text; see `blocks.text`.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypedDict

from blocks.text import HEADER, OPTION, SECTION, TITLE, clean, cut

Block = dict[str, Any]
Element = dict[str, Any]
Option = dict[str, Any]


class Message(TypedDict):
    """What `chat.postMessage` and `chat.update` take: `text` is what notifications and screen readers say."""

    text: str
    blocks: list[Block]


class View(TypedDict, total=False):
    """A modal or an App Home."""

    type: str
    callback_id: str
    title: Element
    submit: Element
    close: Element
    private_metadata: str
    notify_on_close: bool
    blocks: list[Block]


def plain(text: str, limit: int = SECTION) -> Element:
    """A plain_text object; Slack refuses an empty one, so an empty text becomes a dash."""
    return {"type": "plain_text", "text": cut(clean(text), limit) or "–", "emoji": True}


def mrkdwn(text: str, limit: int = SECTION) -> Element:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": cut(text, limit) or "–"}


def section(text: str, *, accessory: Element | None = None, block_id: str | None = None) -> Block:
    """A paragraph, with an element beside it where wanted."""
    return _block("section", block_id, text=mrkdwn(text), accessory=accessory)


def fields(*texts: str, block_id: str | None = None) -> Block:
    """Up to ten short texts in two columns."""
    return _block("section", block_id, fields=[mrkdwn(text, 2000) for text in texts[:10]])


def header(text: str) -> Block:
    """A title."""
    return {"type": "header", "text": plain(text, HEADER)}


def context(*texts: str, block_id: str | None = None) -> Block:
    """Small grey lines."""
    return _block("context", block_id, elements=[mrkdwn(text) for text in texts[:10]])


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def actions(elements: Sequence[Element], *, block_id: str | None = None) -> Block:
    """A row of buttons and menus."""
    return _block("actions", block_id, elements=list(elements))


def button(
    label: str,
    action_id: str,
    value: str = "",
    *,
    style: str | None = None,
    confirm: Element | None = None,
    url: str | None = None,
) -> Element:
    """A button; `value` is a reference (AR-12), `style` is primary or danger."""
    element: Element = {"type": "button", "text": plain(label, OPTION), "action_id": action_id}
    return element | _given(value=value or None, style=style, confirm=confirm, url=url)


def confirm(title: str, text: str, yes: str, no: str = "Cancel", *, danger: bool = False) -> Element:
    """Slack's own "are you sure"."""
    dialog = {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }
    return dialog | ({"style": "danger"} if danger else {})


def option(label: str, value: str, description: str = "") -> Option:
    """One choice of a menu; `value` has at most 75 characters of ours."""
    made: Option = {"text": plain(label, OPTION), "value": value}
    return made | ({"description": plain(description, OPTION)} if description else {})


def input_block(
    label: str,
    element: Element,
    *,
    block_id: str,
    hint: str = "",
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """A field of a form. With `dispatch`, each change is told to the bot at once."""
    made = _block(
        "input",
        block_id,
        label=plain(label, 2000),
        element=element,
        optional=optional,
        hint=plain(hint, 2000) if hint else None,
    )
    return made | ({"dispatch_action": True} if dispatch else {})


def text_input(
    action_id: str,
    *,
    initial: str = "",
    multiline: bool = False,
    limit: int = 2000,
    placeholder: str = "",
    shortest: int = 0,
    live: bool = False,
) -> Element:
    """A field to type in; the most that it takes is 3,000 characters.

    In a block with `dispatch`, the bot is told on Enter, or with `live` while somebody types.
    """
    return {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": multiline,
        "max_length": limit,
    } | _given(
        initial_value=initial or None,
        min_length=shortest or None,
        placeholder=plain(placeholder, 150) if placeholder else None,
        dispatch_action_config={"trigger_actions_on": ["on_character_entered"]} if live else None,
    )


def select(
    action_id: str, options: Sequence[Option], *, initial: str | None = None, placeholder: str = ""
) -> Element:
    """A menu of at most 100 choices; `initial` is the value of the one that is chosen."""
    chosen = next((one for one in options if one["value"] == initial), None)
    return {"type": "static_select", "action_id": action_id, "options": list(options)[:100]} | _given(
        initial_option=chosen, placeholder=plain(placeholder, 150) if placeholder else None
    )


def external_select(
    action_id: str, *, initial: Option | None = None, placeholder: str = "", shortest: int = 0
) -> Element:
    """A menu whose choices are asked for while somebody types, from `shortest` characters on."""
    return {"type": "external_select", "action_id": action_id, "min_query_length": shortest} | _given(
        initial_option=initial, placeholder=plain(placeholder, 150) if placeholder else None
    )


def multi_external_select(
    action_id: str, *, initial: Sequence[Option] = (), placeholder: str = "", most: int | None = None
) -> Element:
    """The same, for several choices."""
    return {"type": "multi_external_select", "action_id": action_id, "min_query_length": 0} | _given(
        initial_options=list(initial) or None,
        max_selected_items=most,
        placeholder=plain(placeholder, 150) if placeholder else None,
    )


def datetime_picker(action_id: str, initial: datetime | None = None) -> Element:
    """A moment, chosen in the person's own time zone (not on App Home)."""
    element: Element = {"type": "datetimepicker", "action_id": action_id}
    return element | _given(initial_date_time=int(initial.timestamp()) if initial else None)


def modal(
    title: str,
    blocks: Iterable[Block],
    *,
    callback_id: str,
    submit: str | None = None,
    close: str = "Cancel",
    carries: dict[str, str] | None = None,
) -> View:
    """A modal. `carries` holds references only, and comes back with the submission (`carried`)."""
    view = View(
        type="modal",
        callback_id=callback_id,
        title=plain(title, TITLE),
        close=plain(close, TITLE),
        blocks=list(blocks)[:100],
    )
    if submit:
        view["submit"] = plain(submit, TITLE)
    if carries:
        view["private_metadata"] = json.dumps(carries, separators=(",", ":"))
    return view


def carried(private_metadata: str) -> dict[str, str]:
    """What a modal carries, read back; anything else than references by name counts as nothing."""
    try:
        value = json.loads(private_metadata or "{}")
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    return {str(key): one for key, one in value.items() if isinstance(one, str)}


def notice(title: str, sentence: str) -> View:
    """A modal that only says something."""
    return modal(title, [{"type": "section", "text": plain(sentence)}], callback_id="notice", close="Close")


def _block(kind: str, block_id: str | None, **parts: Any) -> Block:
    return {"type": kind} | _given(block_id=block_id, **parts)


def _given(**parts: Any) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value is not None}
