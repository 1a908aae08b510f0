"""What a person sees of blocks: their texts, buttons and interactive elements."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.core.errors import Json


@dataclass(frozen=True)
class BlockElement:
    """An interactive element with its block; `key` is (block_id, action_id)."""

    block: Json
    element: Json

    @property
    def key(self) -> tuple[str, str]:
        return str(self.block.get("block_id", "")), str(self.element.get("action_id", ""))


def block_elements(blocks: list[Json]) -> Iterator[BlockElement]:
    """Every interactive element, in reading order."""
    for block in blocks:
        for element in _elements(block):
            if element.get("action_id") is not None:
                yield BlockElement(block, element)


def _elements(block: Json) -> list[Json]:
    if block.get("type") in ("actions", "context_actions"):
        return list(block.get("elements", []))
    element = block.get("accessory") or block.get("element")
    return [element] if isinstance(element, dict) else []


def buttons(blocks: list[Json]) -> list[str]:
    """Labels of all buttons, in reading order."""
    return [label(target.element) for target in block_elements(blocks) if target.element["type"] == "button"]


def label(element: Json) -> str:
    """The text on a button or an option."""
    text = element.get("text")
    return str(text["text"]) if isinstance(text, dict) else ""


def options(element: Json) -> list[Json]:
    """The options listed in an element itself, those of groups too, in one list."""
    groups = element.get("option_groups") or []
    return list(element.get("options") or []) + [option for group in groups for option in group["options"]]


def texts(blocks: list[Json]) -> list[str]:
    """Every visible text of the blocks, in reading order, without the labels of buttons."""
    return [text for block in blocks for text in block_texts(block) if text]


def block_texts(block: Json) -> list[str]:
    """Every visible text of one block."""
    extract = _EXTRACTORS.get(block.get("type", ""), _section)
    return extract(block)


def _section(block: Json) -> list[str]:
    pieces = [_text(block.get("text"))] + [_text(field) for field in block.get("fields") or []]
    return pieces + _choices(block.get("accessory"))


def _input(block: Json) -> list[str]:
    return [_text(block.get("label")), *_choices(block.get("element")), _text(block.get("hint"))]


def _actions(block: Json) -> list[str]:
    return [text for element in block.get("elements", []) for text in _choices(element)]


def _choices(element: Json | None) -> list[str]:
    """Radio buttons and checkboxes show their options all the time; menus only when opened."""
    if not element or element.get("type") not in ("radio_buttons", "checkboxes"):
        return []
    return [
        part
        for option in element.get("options", [])
        for part in (_text(option["text"]), _text(option.get("description")))
    ]


def _context(block: Json) -> list[str]:
    return [_text(element) or str(element.get("alt_text", "")) for element in block.get("elements", [])]


def _image(block: Json) -> list[str]:
    return [_text(block.get("title")), str(block.get("alt_text", ""))]


def _markdown(block: Json) -> list[str]:
    return [str(block.get("text", ""))]


def _rich(block: Json) -> list[str]:
    return ["".join(_rich_parts(element)) for element in block.get("elements", [])]


def _rich_parts(element: Json) -> Iterator[str]:
    kind = element.get("type")
    if kind in ("text", "link"):
        yield str(element.get("text") or element.get("url", ""))
    elif kind == "user":
        yield f"<@{element.get('user_id')}>"
    elif kind == "emoji":
        yield f":{element.get('name')}:"
    for inner in element.get("elements", []):
        yield from _rich_parts(inner)


def _table(block: Json) -> list[str]:
    return [text for row in block.get("rows", []) for cell in row for text in _cell(cell)]


def _cell(cell: Json) -> list[str]:
    return _rich(cell) if cell.get("type") == "rich_text" else [str(cell.get("text", ""))]


def _text(value: Any) -> str:
    return str(value.get("text", "")) if isinstance(value, dict) else ""


_EXTRACTORS = {
    "input": _input,
    "actions": _actions,
    "context": _context,
    "image": _image,
    "markdown": _markdown,
    "rich_text": _rich,
    "table": _table,
}
