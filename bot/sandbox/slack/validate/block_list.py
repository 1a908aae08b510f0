"""Rules over all blocks of a message or view: what must be unique, and how much text there may be."""

from collections.abc import Iterator
from typing import Any

from bot.sandbox.slack.validate.rules import Problem, Report

TOTAL_TEXT = 13_200  # characters of a message's blocks together; not documented, measured: about this many
TOTAL_MARKDOWN = 12_000  # https://docs.slack.dev/reference/block-kit/blocks/markdown-block


def check_together(blocks: list[Any], at: str, report: Report) -> None:
    """Expects blocks that are right one by one."""
    _unique(
        ((each.get("block_id"), f"{at}/{index}/block_id") for index, each in enumerate(blocks)),
        "block_id",
        report,
    )
    for index, block in enumerate(blocks):
        ids = (
            (each.get("action_id"), f"{where}/action_id") for each, where in _elements(block, f"{at}/{index}")
        )
        _unique(ids, "action_id", report)
    _focus_once(blocks, at, report)
    _one_table(blocks, at, report)
    if sum(len(each["text"]) for each in blocks if each["type"] == "markdown") > TOTAL_MARKDOWN:
        report.append(Problem(at, f"markdown text must be less than {TOTAL_MARKDOWN + 1} characters"))


def _unique(ids: Iterator[tuple[Any, str]], name: str, report: Report) -> None:
    seen = set()
    for value, where in ids:
        if value is not None and value in seen:
            report.append(Problem(where, f"{name} already exists: {value}"))
        seen.add(value)


def _elements(block: Any, at: str) -> Iterator[tuple[Any, str]]:
    if block["type"] == "actions":
        yield from ((each, f"{at}/elements/{index}") for index, each in enumerate(block["elements"]))
    for name in ("accessory", "element"):
        if name in block:
            yield block[name], f"{at}/{name}"


def _focus_once(blocks: list[Any], at: str, report: Report) -> None:
    found = [
        where
        for index, block in enumerate(blocks)
        for each, where in _elements(block, f"{at}/{index}")
        if each.get("focus_on_load")
    ]
    report.extend(
        Problem(f"{where}/focus_on_load", "only one element can be set to true") for where in found[1:]
    )


def _one_table(blocks: list[Any], at: str, report: Report) -> None:
    tables = [index for index, block in enumerate(blocks) if block["type"] == "table"]
    report.extend(Problem(f"{at}/{index}", "only_one_table_allowed") for index in tables[1:])


def text_length(value: Any) -> int:
    """Characters of all visible text in some Block Kit."""
    if isinstance(value, list):
        return sum(text_length(each) for each in value)
    if not isinstance(value, dict):
        return 0
    own = len(value["text"]) if isinstance(value.get("text"), str) else 0
    return own + sum(text_length(each) for each in value.values())
