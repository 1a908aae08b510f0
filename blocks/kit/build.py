"""Block Kit's blocks, messages and views as plain dicts.

Callers pass escaped text; see `blocks.kit.text`. The elements of forms are in `blocks.kit.inputs`.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

from blocks.kit.text import HEADER, OPTION, SECTION, TITLE, cut
from models.text import remove_unseen

Block = dict[str, Any]
Element = dict[str, Any]
Option = dict[str, Any]


class Message(TypedDict):
    """What `chat.postMessage` and `chat.update` take; `text` is for notifications and screen readers."""

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
    """A plain_text object. Slack rejects an empty one, so an empty text becomes a dash."""
    return {"type": "plain_text", "text": cut(remove_unseen(text), limit) or "–", "emoji": True}


def mrkdwn(text: str, limit: int = SECTION) -> Element:
    """A mrkdwn object; an empty text becomes a dash."""
    return {"type": "mrkdwn", "text": cut(text, limit) or "–"}


def section(text: str, *, accessory: Element | None = None, block_id: str | None = None) -> Block:
    """A paragraph, with an optional element beside it."""
    return _block("section", block_id, text=mrkdwn(text), accessory=accessory)


def fields(*texts: str, block_id: str | None = None) -> Block:
    """Up to ten short texts in two columns."""
    return _block("section", block_id, fields=[mrkdwn(text, 2000) for text in texts[:10]])


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": plain(text, HEADER)}


def context(*texts: str, block_id: str | None = None) -> Block:
    """Up to ten small grey texts."""
    return _block("context", block_id, elements=[mrkdwn(text) for text in texts[:10]])


def divider() -> Block:
    """A horizontal line."""
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
    return element | drop_none(value=value or None, style=style, confirm=confirm, url=url)


def confirm(title: str, text: str, yes: str, no: str = "Cancel", *, danger: bool = False) -> Element:
    """A confirmation dialog for a button."""
    dialog = {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }
    return dialog | ({"style": "danger"} if danger else {})


def option(label: str, value: str, description: str = "") -> Option:
    """An option of a menu; Keyturn's values have at most 75 characters."""
    choice: Option = {"text": plain(label, OPTION), "value": value}
    return choice | ({"description": plain(description, OPTION)} if description else {})


def input_block(
    label: str,
    element: Element,
    *,
    block_id: str,
    hint: str = "",
    optional: bool = False,
    dispatch: bool = False,
) -> Block:
    """A field of a form. With `dispatch`, Slack reports each change at once."""
    block = _block(
        "input",
        block_id,
        label=plain(label, 2000),
        element=element,
        optional=optional,
        hint=plain(hint, 2000) if hint else None,
    )
    return block | ({"dispatch_action": True} if dispatch else {})


def modal(
    title: str,
    blocks: Iterable[Block],
    *,
    callback_id: str,
    submit: str | None = None,
    close: str = "Cancel",
    carries: dict[str, str] | None = None,
) -> View:
    """A modal. `carries` holds references only, and comes back with each event (see `carried`)."""
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
    """The references that a modal carries; a malformed entry counts as absent."""
    try:
        value = json.loads(private_metadata or "{}")
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    return {str(key): text for key, text in value.items() if isinstance(text, str)}


def notice(title: str, sentence: str) -> View:
    """A modal with one sentence and nothing to fill in."""
    return modal(title, [{"type": "section", "text": plain(sentence)}], callback_id="notice", close="Close")


def _block(kind: str, block_id: str | None, **parts: Any) -> Block:
    return {"type": kind} | drop_none(block_id=block_id, **parts)


def drop_none(**parts: Any) -> dict[str, Any]:
    """The parts that are not None."""
    return {name: value for name, value in parts.items() if value is not None}
