"""rich_text blocks as HTML.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from collections.abc import Callable, Iterable
from typing import Any

from markupsafe import Markup, escape

from bot.sandbox.browser.draw import emoji, mrkdwn, references
from bot.sandbox.browser.draw.reader import Reader

Json = dict[str, Any]
_STYLES = {"bold": "strong", "italic": "em", "strike": "s", "code": "code", "underline": "u"}


def rich_text(block: Json, reader: Reader) -> Markup:
    """The parts of a rich_text block as HTML."""
    return Markup().join(_part(part, reader) for part in block.get("elements", []))


def _part(part: Json, reader: Reader) -> Markup:
    if part["type"] == "rich_text_list":
        return _list(part, reader)
    inside = _inline(part.get("elements", []), reader)
    frame = {"rich_text_preformatted": "<pre>{}</pre>", "rich_text_quote": "<blockquote>{}</blockquote>"}
    return Markup(frame.get(part["type"], "<p>{}</p>")).format(inside)  # noqa: S704  the frames are ours


def _list(part: Json, reader: Reader) -> Markup:
    is_ordered = part.get("style") == "ordered"
    items = Markup().join(
        Markup("<li>{}</li>").format(_inline(item.get("elements", []), reader)) for item in part["elements"]
    )
    indent, start = min(int(part.get("indent", 0)), 8), int(part.get("offset", 0)) + 1
    frame = '<ol class="indent-{}" start="{}">{}</ol>' if is_ordered else '<ul class="indent-{0}">{2}</ul>'
    return Markup(frame).format(indent, start, items)  # noqa: S704  the frames are ours


def _inline(elements: Iterable[Json], reader: Reader) -> Markup:
    return Markup().join(_style(element, reader) for element in elements)


def _style(element: Json, reader: Reader) -> Markup:
    draw = _ELEMENTS.get(element["type"], _unknown)
    html = draw(element, reader)
    for name, on in (element.get("style") or {}).items():
        if on and name in _STYLES:
            html = Markup("<{0}>{1}</{0}>").format(_STYLES[name], html)
    return html


def _date(element: Json, reader: Reader) -> Markup:
    words = reader.date(str(element.get("timestamp")), str(element.get("format", "")))
    return escape(words or element.get("fallback", ""))


def _color(element: Json, _reader: Reader) -> Markup:
    return Markup("<code>{}</code>").format(element.get("value", ""))


def _unknown(element: Json, _reader: Reader) -> Markup:
    return Markup('<span class="undrawn">({}: not drawn here)</span>').format(element["type"])


_ELEMENTS: dict[str, Callable[[Json, Reader], Markup]] = {
    "text": lambda element, _reader: mrkdwn.plain(str(element.get("text", ""))),
    "link": lambda element, _reader: references.link(
        str(element.get("url", "")), str(element.get("text", ""))
    ),
    "user": lambda element, reader: references.mention(str(element.get("user_id", "")), reader),
    "usergroup": lambda element, reader: references.usergroup(str(element.get("usergroup_id", "")), reader),
    "channel": lambda element, reader: references.draw("#" + str(element.get("channel_id", "")), reader),
    "broadcast": lambda element, reader: references.draw("!" + str(element.get("range", "")), reader),
    "emoji": lambda element, _reader: escape(emoji.character(str(element.get("name", "")))),
    "date": _date,
    "color": _color,
}
