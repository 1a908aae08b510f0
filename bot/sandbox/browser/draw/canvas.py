"""One surface being drawn: its blocks, what its fields hold, what is under way and what went wrong."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.sandbox.browser.draw import emoji
from bot.sandbox.browser.draw.markdown import markdown
from bot.sandbox.browser.draw.mrkdwn import mrkdwn, plain
from bot.sandbox.browser.draw.reader import Reader
from bot.sandbox.browser.draw.rich_text import rich_text
from bot.sandbox.slack.blocks import visible
from bot.sandbox.slack.blocks.form import Form, shown

Json = dict[str, Any]

BLOCKS = frozenset(
    ["section", "actions", "context", "divider", "header", "image", "input", "rich_text", "markdown", "table",
     "alert", "video"]
)  # fmt: skip
_SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
ELEMENTS = {
    **dict.fromkeys(_SELECTS, "select"),
    **{f"multi_{each}": "select" for each in _SELECTS},
    **dict.fromkeys(("plain_text_input", "rich_text_input"), "text"),
    **dict.fromkeys(("number_input", "email_text_input", "url_text_input"), "line"),
    **dict.fromkeys(("datepicker", "timepicker", "datetimepicker"), "moment"),
    **dict.fromkeys(("checkboxes", "radio_buttons"), "options"),
    **{each: each for each in ("button", "overflow", "image", "file_input")},
}


@dataclass(frozen=True)
class Marks:
    """What one window knows beyond the surface itself, by `Canvas.key`."""

    busy: Collection[str] = ()
    troubles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Canvas:
    """What the templates of blocks and elements ask. `ref` names the surface in what the page sends back."""

    reader: Reader
    ref: str
    blocks: list[Json]
    form: Form
    people: Mapping[str, str]
    marks: Marks = Marks()
    errors: Mapping[str, str] = field(default_factory=dict)
    files: str = ""

    def template(self, thing: Json, kind: str) -> str:
        """The template for a block or an element, or the one that says that it cannot be drawn."""
        name = str(thing.get("type"))
        found = (name if name in BLOCKS else None) if kind == "blocks" else ELEMENTS.get(name)
        return f"{kind}/{found}.html" if found else "undrawn.html"

    def text(self, value: Any) -> Markup:
        """A text object; nothing for nothing."""
        if not isinstance(value, dict):
            return Markup()
        if value.get("type") == "mrkdwn":
            return mrkdwn(str(value.get("text", "")), self.reader)
        return plain(str(value.get("text", "")), with_emoji=value.get("emoji", True) is not False)

    def rich_text(self, block: Json) -> Markup:
        return rich_text(block, self.reader)

    def markdown(self, block: Json) -> Markup:
        return markdown(str(block.get("text", "")))

    def cell(self, cell: Json) -> Markup:
        """One cell of a table."""
        if cell.get("type") == "rich_text":
            return rich_text(cell, self.reader)
        return escape(emoji.replaced(str(cell.get("text", ""))))

    def key(self, block: Json, element: Json) -> str:
        return f"{self.ref}|{block.get('block_id')}|{element.get('action_id')}"

    def place(self, block: Json, element: Json) -> Markup:
        """The attributes by which the script says which element was touched."""
        return Markup('data-at="{}" data-block="{}" data-action="{}"').format(
            self.ref, block.get("block_id"), element.get("action_id")
        )

    def field(self, block: Json, element: Json) -> Markup:
        """The same for a field, with its id and what a screen reader says of it."""
        key = self.key(block, element)
        drawn = Markup('id="{}" {}').format(key, self.place(block, element))
        if block.get("type") != "input":
            drawn += Markup(' aria-label="{}"').format(
                (element.get("placeholder") or {}).get("text", "Field")
            )
        told = [f"{key}|error"] if self.error(block) else []
        told += [f"{key}|hint"] if block.get("hint") else []
        if told:
            drawn += Markup(' aria-describedby="{}"').format(" ".join(told))
        return drawn + Markup(' aria-invalid="true"') if self.error(block) else drawn

    def busy(self, block: Json, element: Json) -> bool:
        return self.key(block, element) in self.marks.busy

    def trouble(self, block: Json, element: Json) -> str | None:
        return self.marks.troubles.get(self.key(block, element))

    def error(self, block: Json) -> str | None:
        """The error that stands at an input."""
        return self.errors.get(str(block.get("label", {}).get("text")))

    def value(self, block: Json, element: Json) -> Any:
        """What the field holds, as `Form.get` gives it."""
        return self.form.get((str(block.get("block_id")), str(element.get("action_id"))))

    def chosen(self, block: Json, element: Json) -> list[str]:
        """The texts of what is chosen in a menu."""
        held = self.value(block, element)
        values = held if isinstance(held, list) else [] if held is None else [held]
        return [emoji.replaced(str(shown(each, self.people))) for each in values]

    def is_chosen(self, block: Json, element: Json, option: Json) -> bool:
        held = self.value(block, element)
        values = held if isinstance(held, list) else [held]
        return any(isinstance(each, dict) and each.get("value") == option.get("value") for each in values)

    def typed(self, block: Json, element: Json) -> str:
        """The text in a field that is typed into; moments in the way that the browser's own fields take."""
        held = self.value(block, element)
        if held is None:
            return ""
        if element["type"] == "datetimepicker":
            return self.reader.moment(int(held)).strftime("%Y-%m-%dT%H:%M")
        return "\n".join(visible.texts([held])) if isinstance(held, dict) else str(held)

    def picture(self, thing: Json) -> str | None:
        """The address of a picture if this machine has it; nothing is loaded from outside."""
        address = str(thing.get("image_url") or "")
        return address if self.files and address.startswith(self.files) else None

    def host(self, address: Any) -> str:
        """Where an address leads, to be told to a person."""
        return urlsplit(str(address or "")).hostname or "another place"
