"""Check messages and views against Slack's limits, for the tests of every screen."""

import re
from collections.abc import Iterator
from typing import Any

from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from blocks import kit
from blocks.cards import Story, draw
from blocks.kit.text import cut
from bot.sandbox.slack.validate import TOTAL_TEXT, text_length, validate_message, validate_view
from models.tables.cards import CardKind

OURS = re.compile(
    r"<@[UW][A-Z0-9]+>|<#[CG][A-Z0-9]+>|<!date\^[0-9]+\^\{date_pretty\} at \{time\}\|[0-9: UTC-]+>"
)
"""The only markup that a screen holds: mentions of people, channels that are known, and moments."""


def check_message(message: kit.Message) -> None:
    """Slack takes it, whatever people wrote, and nothing of that is markup."""
    assert validate_message(message["blocks"]) == []
    assert text_length(message["blocks"]) <= TOTAL_TEXT
    for block in Block.parse_all(message["blocks"]):
        block.to_dict()
    assert 0 < len(message["text"]) <= 4000
    check_markup(message["blocks"], message["text"])


def drawn(kind: CardKind, about: Story, viewer: str) -> tuple[str, list[str], str]:
    """What can be read on a card, its buttons, and what the notification says."""
    message = draw(kind, about, viewer)
    check_message(message)
    return words_of(message["blocks"]), buttons_of(message["blocks"]), message["text"]


def check_view(view: kit.View) -> None:
    """The same for a modal."""
    assert validate_view(dict(view)) == []
    View(**view).to_dict()
    check_markup(view["blocks"])


def check_markup(*drawn: Any) -> None:
    """What people wrote is text: no `<…>` but ours, none of it cut in half, nothing that nobody sees."""
    for text in (text for one in drawn for text in mrkdwn_in(one)):
        rest = OURS.sub("", text)
        assert "<" not in rest, rest
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00]", text)


def mrkdwn_in(drawn: Any) -> Iterator[str]:
    """Every text that Slack reads as mrkdwn."""
    if isinstance(drawn, str):
        yield drawn
    elif isinstance(drawn, list):
        for one in drawn:
            yield from mrkdwn_in(one) if not isinstance(one, str) else ()
    elif isinstance(drawn, dict):
        if drawn.get("type") == "mrkdwn":
            yield drawn["text"]
        for one in drawn.values():
            yield from mrkdwn_in(one) if not isinstance(one, str) else ()


def words_of(blocks: list[kit.Block]) -> str:
    """Everything that can be read on it, buttons included."""
    return "\n".join(_texts(blocks))


def buttons_of(blocks: list[kit.Block]) -> list[str]:
    """The labels of its buttons and of the entries of its menus, in order."""
    rows = [
        block["elements"] if block["type"] == "actions" else [block["accessory"]]
        for block in blocks
        if block["type"] == "actions" or "accessory" in block
    ]
    return [label for row in rows for element in row for label in _labels(element)]


def buttons_in(message: kit.Message) -> list[kit.Element]:
    """Its buttons, in rows and beside texts."""
    rows = [block.get("elements", [block.get("accessory")]) for block in message["blocks"]]
    return [element for row in rows for element in row if element and element["type"] == "button"]


def check_labels(message: kit.Message, about: str) -> None:
    """Each button tells a screen reader what it does, and about what."""
    for button in buttons_in(message):
        assert button["accessibility_label"] == cut(f"{button['text']['text']} {about}", 75)


def _labels(element: Any) -> list[str]:
    if element["type"] == "button":
        return [element["text"]["text"]]
    return [option["text"]["text"] for option in element["options"]] if element["type"] == "overflow" else []


def _texts(drawn: Any) -> Iterator[str]:
    if isinstance(drawn, list):
        for one in drawn:
            yield from _texts(one)
    elif isinstance(drawn, dict):
        if drawn.get("type") in ("mrkdwn", "plain_text"):
            yield drawn["text"]
        for one in drawn.values():
            yield from _texts(one)
