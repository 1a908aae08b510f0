"""The schema of modals and Home tabs. https://docs.slack.dev/reference/views ."""

from typing import Any

from bot.sandbox.slack.validate.block_list import check_block_list
from bot.sandbox.slack.validate.blocks import blocks_for
from bot.sandbox.slack.validate.composition import plain_text
from bot.sandbox.slack.validate.rules import Problem, Report, Rule, anything, array, boolean, shape, string

MOST_BLOCKS = 100
_COMMON: dict[str, Rule] = {
    "type": anything,
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}


def _valid_block_list(value: Any, at: str, report: Report) -> None:
    check_block_list(value["blocks"], f"{at}/blocks", report)


def _submit_with_input(value: Any, at: str, report: Report) -> None:
    if "submit" in value:
        return
    for index, block in enumerate(value["blocks"]):
        if block["type"] == "input":
            problem = "must define `submit` to use an `input` block in modals"
            report.append(Problem(f"{at}/blocks/{index}/input", problem))


MODAL = shape(
    _COMMON
    | {
        "title": plain_text(24),
        "submit": plain_text(24),
        "close": plain_text(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
        "blocks": array(blocks_for("modal"), MOST_BLOCKS, 0),
    },
    "type title blocks",
    _submit_with_input,
    _valid_block_list,
)

HOME = shape(
    _COMMON | {"blocks": array(blocks_for("home"), MOST_BLOCKS, 0)}, "type blocks", _valid_block_list
)
