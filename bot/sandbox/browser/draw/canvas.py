"""What the templates ask of a surface: its blocks, the values and status of its fields, errors."""

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
from bot.sandbox.slack.blocks.form import Form, display_value

Json = dict[str, Any]

BLOCKS = frozenset(
    ["section", "actions", "context", "divider", "header", "image", "input", "rich_text", "markdown", "table",
     "alert", "video"]
)  # fmt: skip
_SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
ELEMENTS = {
    **dict.fromkeys(_SELECTS, "select"),
    **{f"multi_{kind}": "select" for kind in _SELECTS},
    **dict.fromkeys(("plain_text_input", "rich_text_input"), "text"),
    **dict.fromkeys(("number_input", "email_text_input", "url_text_input"), "line"),
    **dict.fromkeys(("datepicker", "timepicker", "datetimepicker"), "moment"),
    **dict.fromkeys(("checkboxes", "radio_buttons"), "options"),
    **{kind: kind for kind in ("button", "overflow", "image", "file_input")},
}


@dataclass(frozen=True)
class FieldStatus:
    """Pending interactions and errors of one window, by `Canvas.key`."""

    busy: Collection[str] = ()
    troubles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Canvas:
    """A surface to draw for one person. `ref` names it in the messages of the page."""

    reader: Reader
    ref: str
    blocks: list[Json]
    form: Form
    people: Mapping[str, str]
    status: FieldStatus = FieldStatus()
    errors: Mapping[str, str] = field(default_factory=dict)
    files: str = ""

    def template(self, item: Json, kind: str) -> str:
        """The template of a block or an element (`kind`: "blocks" or "elements"), or of one not supported."""
        name = str(item.get("type"))
        template = (name if name in BLOCKS else None) if kind == "blocks" else ELEMENTS.get(name)
        return f"{kind}/{template}.html" if template else "undrawn.html"

    def text(self, value: Any) -> Markup:
        """A text object; empty for none."""
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
        return escape(emoji.replace_names(str(cell.get("text", ""))))

    def key(self, block: Json, element: Json) -> str:
        return f"{self.ref}|{block.get('block_id')}|{element.get('action_id')}"

    def place(self, block: Json, element: Json) -> Markup:
        """The attributes by which the page's script names the element."""
        return Markup('data-at="{}" data-block="{}" data-action="{}"').format(
            self.ref, block.get("block_id"), element.get("action_id")
        )

    def field(self, block: Json, element: Json) -> Markup:
        """The attributes of a field: `place`, its id, and its label and description for screen readers."""
        key = self.key(block, element)
        html = Markup('id="{}" {}').format(key, self.place(block, element))
        if block.get("type") != "input":
            html += Markup(' aria-label="{}"').format((element.get("placeholder") or {}).get("text", "Field"))
        descriptions = [f"{key}|error"] if self.error(block) else []
        descriptions += [f"{key}|hint"] if block.get("hint") else []
        if descriptions:
            html += Markup(' aria-describedby="{}"').format(" ".join(descriptions))
        return html + Markup(' aria-invalid="true"') if self.error(block) else html

    def busy(self, block: Json, element: Json) -> bool:
        return self.key(block, element) in self.status.busy

    def trouble(self, block: Json, element: Json) -> str | None:
        return self.status.troubles.get(self.key(block, element))

    def error(self, block: Json) -> str | None:
        """The error shown at an input, None for none."""
        return self.errors.get(str(block.get("label", {}).get("text")))

    def value(self, block: Json, element: Json) -> Any:
        """The value of a field, as `Form.get` returns it."""
        return self.form.get((str(block.get("block_id")), str(element.get("action_id"))))

    def choices(self, block: Json, element: Json) -> list[str]:
        """The texts of what is chosen in a menu."""
        value = self.value(block, element)
        values = value if isinstance(value, list) else [] if value is None else [value]
        return [emoji.replace_names(str(display_value(value, self.people))) for value in values]

    def is_chosen(self, block: Json, element: Json, option: Json) -> bool:
        value = self.value(block, element)
        values = value if isinstance(value, list) else [value]
        return any(isinstance(value, dict) and value.get("value") == option.get("value") for value in values)

    def text_value(self, block: Json, element: Json) -> str:
        """The text in a field; a date with a time in the format of the browser's own fields."""
        value = self.value(block, element)
        if value is None:
            return ""
        if element["type"] == "datetimepicker":
            return self.reader.moment(int(value)).strftime("%Y-%m-%dT%H:%M")
        return "\n".join(visible.texts([value])) if isinstance(value, dict) else str(value)

    def picture(self, item: Json) -> str | None:
        """The address of a picture on this machine; None for others: nothing is loaded from outside."""
        address = str(item.get("image_url") or "")
        return address if self.files and address.startswith(self.files) else None

    def host(self, address: Any) -> str:
        """The host of an address, as text for a person."""
        return urlsplit(str(address or "")).hostname or "another place"
