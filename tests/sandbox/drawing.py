"""Draws Block Kit as the browser client does, without a browser."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from bot.sandbox.browser.draw.canvas import Canvas, FieldStatus
from bot.sandbox.browser.draw.reader import Reader
from bot.sandbox.browser.screen.pages import environment
from bot.sandbox.slack.blocks.form import Form
from bot.sandbox.slack.blocks.normalise import normalise

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TEMPLATES = environment()
NAMES = {"UADA": "Ada Lovelace", "CGENERAL": "general", "SONCALL": "oncall"}


class _Names:
    def person(self, user_id: str) -> str:
        return NAMES.get(user_id, user_id)

    channel = usergroup = person


READER = Reader("UADA", NOW, _Names())


def canvas(blocks: list[dict[str, Any]], **more: Any) -> Canvas:
    """A surface with these blocks, as Slack stores them."""
    stored = normalise(blocks)
    return Canvas(READER, "m/C1/1", stored, Form(stored), NAMES, more.pop("status", FieldStatus()), **more)


def draw(*blocks: dict[str, Any], **more: Any) -> str:
    """Their HTML."""
    return TEMPLATES.get_template("blocks.html").render(canvas=canvas(list(blocks), **more))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> _Tags:
    """What a browser would make of it: its tags, attributes and words."""
    parser = _Tags()
    parser.feed(html)
    parser.close()
    return parser
