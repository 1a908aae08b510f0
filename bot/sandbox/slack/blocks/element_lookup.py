"""Finds what a person means by what is visible: a button by its text, a field by its label."""

from collections.abc import Callable

from bot.sandbox.slack.blocks import visible
from bot.sandbox.slack.blocks.visible import Placed
from bot.sandbox.slack.client.results import NotVisible
from bot.sandbox.slack.core.errors import Json


def button(blocks: list[Json], text: str, near: str | None) -> Placed:
    """The button with this text; `near` is text of its block or of those just above it."""
    found = [
        each
        for each in visible.placed(blocks)
        if each.element["type"] == "button" and visible.label(each.element) == text
    ]
    return _only(_near(blocks, found, near), f"button {text!r}", near, lambda: visible.buttons(blocks))


def menu(blocks: list[Json], option: str, near: str | None) -> Placed:
    """The overflow menu that offers this option."""
    menus = [each for each in visible.placed(blocks) if each.element["type"] == "overflow"]
    found = [each for each in menus if option in _option_texts(each)]
    return _only(
        _near(blocks, found, near),
        f"menu with {option!r}",
        near,
        lambda: [str(_option_texts(each)) for each in menus],
    )


def _option_texts(target: Placed) -> list[str]:
    return [visible.label(each) for each in visible.options(target.element)]


def field(blocks: list[Json], name: str) -> Placed:
    """An input by its label; else a menu by its placeholder, its block's text, or its action_id."""
    fields = [each for each in visible.placed(blocks) if each.element["type"] not in ("button", "overflow")]
    for matches in (_by_label, _by_placeholder, _by_text, _by_id):
        found = [each for each in fields if matches(each, name)]
        if found:
            return _only(found, f"field {name!r}", None, lambda: [_name(each) for each in fields])
    raise NotVisible(f"no field {name!r}; there are {[_name(each) for each in fields]}")


def _by_label(target: Placed, name: str) -> bool:
    return bool(target.block["type"] == "input" and target.block["label"]["text"] == name)


def _by_placeholder(target: Placed, name: str) -> bool:
    return bool(target.element.get("placeholder", {}).get("text") == name)


def _by_text(target: Placed, name: str) -> bool:
    return target.block["type"] != "input" and any(name in text for text in visible.block_texts(target.block))


def _by_id(target: Placed, name: str) -> bool:
    return target.element.get("action_id") == name


def _name(target: Placed) -> str:
    label = target.block.get("label") or target.element.get("placeholder") or {}
    return str(label.get("text") or target.element.get("action_id"))


def _near(blocks: list[Json], found: list[Placed], near: str | None) -> list[Placed]:
    if near is None:
        return found
    return [each for each in found if near in _surroundings(blocks, each.block)]


def _surroundings(blocks: list[Json], block: Json) -> str:
    """The text of the block and of those above it, up to the heading they belong to."""
    texts = visible.block_texts(block)
    for above in reversed(blocks[: blocks.index(block)]):
        if above["type"] in ("divider", "actions"):
            break
        texts = visible.block_texts(above) + texts
        if above["type"] in ("section", "header", "input"):
            break
    return "\n".join(texts)


def _only(found: list[Placed], what: str, near: str | None, there: Callable[[], list[str]]) -> Placed:
    place = f" near {near!r}" if near else ""
    if not found:
        raise NotVisible(f"no {what}{place}; there is {there()}")
    if len(found) > 1:
        raise NotVisible(f"{len(found)} times {what}{place}; say which by near=")
    return found[0]
