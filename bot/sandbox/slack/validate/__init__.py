"""Block Kit as Slack's API checks it. Of use by itself: `validate_message(blocks)`, `validate_view(view)`.

Limits and shapes: https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/reference/views .
Messages are Slack's own where its answers are known; the rest is said in the same manner.
"""

from typing import Any

from bot.sandbox.slack.validate.block_list import TOTAL_TEXT, check_together, text_length
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
    """Everything wrong with the blocks of a message, except for their total text (see `text_length`)."""
    report: Report = []
    _MESSAGE(blocks, at, report)
    if not report:
        check_together(blocks, at, report)
    return report


def validate_view(view: Any, kind: str | None = None, at: str = "/view") -> list[Problem]:
    """Everything wrong with a modal or a Home tab; `kind` is the type that is wanted, None for either."""
    report: Report = []
    by_type(_VIEWS if kind is None else {kind: _VIEWS[kind]})(view, at, report)
    return report


def validate_suggestions(body: Any) -> list[Problem]:
    """Everything wrong with an app's answer to block_suggestion. No options at all is a right answer."""
    report: Report = []
    _SUGGESTIONS(body, "", report)
    return report
