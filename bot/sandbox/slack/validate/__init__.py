"""Validation of Block Kit, as Slack's API does it: `validate_message(blocks)`, `validate_view(view)`.

Limits and shapes: https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/reference/views .
The texts of problems are Slack's own where its answers are known, and in the same style elsewhere.
"""

from typing import Any

from bot.sandbox.slack.validate.block_list import TOTAL_TEXT, check_block_list, text_length
from bot.sandbox.slack.validate.blocks import blocks_for
from bot.sandbox.slack.validate.composition import OPTION_TEXT, PLAIN_OPTION, plain_text
from bot.sandbox.slack.validate.rules import Problem, Report, array, by_type, exactly_one, shape
from bot.sandbox.slack.validate.views import HOME, MODAL

__all__ = [
    "MESSAGE_BLOCKS",
    "TOTAL_TEXT",
    "VIEW_SIZE",
    "Problem",
    "text_length",
    "validate_message",
    "validate_suggestions",
    "validate_view",
]

MESSAGE_BLOCKS = 50
VIEW_SIZE = 250_000  # bytes of a view as JSON

_MESSAGE = array(blocks_for("message"), MESSAGE_BLOCKS, 0)
_VIEWS = {"modal": MODAL, "home": HOME}
_GROUP = shape({"label": plain_text(OPTION_TEXT), "options": array(PLAIN_OPTION, 100, 0)}, "label options")
_SUGGESTIONS = shape(
    {"options": array(PLAIN_OPTION, 100, 0), "option_groups": array(_GROUP, 100, 0)},
    "",
    exactly_one("options", "option_groups"),
)


def validate_message(blocks: Any, at: str = "/blocks") -> list[Problem]:
    """Every problem of a message's blocks, except for their total text (see `text_length`)."""
    report: Report = []
    _MESSAGE(blocks, at, report)
    if not report:
        check_block_list(blocks, at, report)
    return report


def validate_view(view: Any, kind: str | None = None, at: str = "/view") -> list[Problem]:
    """Every problem of a view; `kind` is the required type ("modal" or "home"), None for either."""
    report: Report = []
    by_type(_VIEWS if kind is None else {kind: _VIEWS[kind]})(view, at, report)
    return report


def validate_suggestions(body: Any) -> list[Problem]:
    """Every problem of an app's answer to block_suggestion. An empty list of options is valid.

    https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
    """
    report: Report = []
    _SUGGESTIONS(body, "", report)
    return report
