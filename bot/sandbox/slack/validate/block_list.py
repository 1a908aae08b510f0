"""Rules over all blocks of a message or view: unique ids, total text, elements allowed only once."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.validate.rules import Problem, Report

TOTAL_TEXT = 13_200  # characters of a message's blocks together; not documented, measured: about this many
TOTAL_MARKDOWN = 12_000  # https://docs.slack.dev/reference/block-kit/blocks/markdown-block


def check_block_list(blocks: list[Any], at: str, report: Report) -> None:
    """Report what is wrong with blocks that are each valid by themselves; `at` is their JSON pointer."""
    _check_unique(
        ((block.get("block_id"), f"{at}/{index}/block_id") for index, block in enumerate(blocks)),
        "block_id",
        report,
    )
    for index, block in enumerate(blocks):
        elements = _elements(block, f"{at}/{index}")
        ids = ((element.get("action_id"), f"{pointer}/action_id") for element, pointer in elements)
        _check_unique(ids, "action_id", report)
    _check_single_focus(blocks, at, report)
    _check_single_table(blocks, at, report)
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > TOTAL_MARKDOWN:
        report.append(Problem(at, f"markdown text must be less than {TOTAL_MARKDOWN + 1} characters"))


def _check_unique(ids: Iterator[tuple[Any, str]], name: str, report: Report) -> None:
    earlier = set()
    for value, pointer in ids:
        if value is not None and value in earlier:
            report.append(Problem(pointer, f"{name} already exists: {value}"))
        earlier.add(value)


def _elements(block: Any, at: str) -> Iterator[tuple[Any, str]]:
    """The interactive elements of a block, each with its JSON pointer."""
    if block["type"] == "actions":
        yield from ((element, f"{at}/elements/{index}") for index, element in enumerate(block["elements"]))
    for name in ("accessory", "element"):
        if name in block:
            yield block[name], f"{at}/{name}"


def _check_single_focus(blocks: list[Any], at: str, report: Report) -> None:
    pointers = [
        pointer
        for index, block in enumerate(blocks)
        for element, pointer in _elements(block, f"{at}/{index}")
        if element.get("focus_on_load")
    ]
    report.extend(
        Problem(f"{pointer}/focus_on_load", "only one element can be set to true") for pointer in pointers[1:]
    )


def _check_single_table(blocks: list[Any], at: str, report: Report) -> None:
    tables = [index for index, block in enumerate(blocks) if block["type"] == "table"]
    report.extend(Problem(f"{at}/{index}", "only_one_table_allowed") for index in tables[1:])


def text_length(value: Any) -> int:
    """The characters of all visible text in any piece of Block Kit."""
    if isinstance(value, list):
        return sum(text_length(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = len(value["text"]) if isinstance(value.get("text"), str) else 0
    return own + sum(text_length(item) for item in value.values())
