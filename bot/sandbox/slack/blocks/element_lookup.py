"""Finds elements by what is visible: a button by its text, a field by its label.

Each lookup raises `NotVisible` where nothing matches, or more than one element does.
"""

from collections.abc import Callable

from bot.sandbox.slack.blocks import visible
from bot.sandbox.slack.blocks.visible import BlockElement
from bot.sandbox.slack.core.errors import Json, NotVisible


def button(blocks: list[Json], text: str, near: str | None) -> BlockElement:
    """The button with this text; `near` is text of its block or of those just above it."""
    matches = [
        target
        for target in visible.block_elements(blocks)
        if target.element["type"] == "button" and visible.label(target.element) == text
    ]
    return _single(
        _filter_near(blocks, matches, near), f"button {text!r}", near, lambda: visible.buttons(blocks)
    )


def menu(blocks: list[Json], option: str, near: str | None) -> BlockElement:
    """The overflow menu with this option; `near` as for a button."""
    menus = [target for target in visible.block_elements(blocks) if target.element["type"] == "overflow"]
    matches = [menu for menu in menus if option in _option_texts(menu)]
    return _single(
        _filter_near(blocks, matches, near),
        f"menu with {option!r}",
        near,
        lambda: [str(_option_texts(menu)) for menu in menus],
    )


def _option_texts(target: BlockElement) -> list[str]:
    return [visible.label(option) for option in visible.options(target.element)]


def field(blocks: list[Json], name: str) -> BlockElement:
    """An input by its label; else a menu by its placeholder, its block's text, or its action_id.

    Raises:
        NotVisible: There is no such field, or more than one.
    """
    fields = [
        target
        for target in visible.block_elements(blocks)
        if target.element["type"] not in ("button", "overflow")
    ]
    for is_match in (_has_label, _has_placeholder, _has_text, _has_id):
        matches = [target for target in fields if is_match(target, name)]
        if matches:
            return _single(matches, f"field {name!r}", None, lambda: [_name(target) for target in fields])
    raise NotVisible(f"no field {name!r}; there are {[_name(target) for target in fields]}")


def _has_label(target: BlockElement, name: str) -> bool:
    return bool(target.block["type"] == "input" and target.block["label"]["text"] == name)


def _has_placeholder(target: BlockElement, name: str) -> bool:
    return bool(target.element.get("placeholder", {}).get("text") == name)


def _has_text(target: BlockElement, name: str) -> bool:
    return target.block["type"] != "input" and any(name in text for text in visible.block_texts(target.block))


def _has_id(target: BlockElement, name: str) -> bool:
    return target.element.get("action_id") == name


def _name(target: BlockElement) -> str:
    label = target.block.get("label") or target.element.get("placeholder") or {}
    return str(label.get("text") or target.element.get("action_id"))


def _filter_near(blocks: list[Json], matches: list[BlockElement], near: str | None) -> list[BlockElement]:
    if near is None:
        return matches
    return [target for target in matches if near in _surrounding_text(blocks, target.block)]


def _surrounding_text(blocks: list[Json], block: Json) -> str:
    """The text of the block and of those above it, up to the heading they belong to."""
    texts = visible.block_texts(block)
    for above in reversed(blocks[: blocks.index(block)]):
        if above["type"] in ("divider", "actions"):
            break
        texts = visible.block_texts(above) + texts
        if above["type"] in ("section", "header", "input"):
            break
    return "\n".join(texts)


def _single(
    matches: list[BlockElement], description: str, near: str | None, alternatives: Callable[[], list[str]]
) -> BlockElement:
    """The only match.

    Raises:
        NotVisible: there is none (the message lists the alternatives) or more than one.
    """
    place = f" near {near!r}" if near else ""
    if not matches:
        raise NotVisible(f"no {description}{place}; there is {alternatives()}")
    if len(matches) > 1:
        raise NotVisible(f"{len(matches)} times {description}{place}; say which by near=")
    return matches[0]
