"""What a Slack client refuses by itself before a form is sent."""

import re
from typing import Any

from bot.sandbox.slack.errors import Json
from bot.sandbox.slack.views import View

REQUIRED = "Please complete this required field."


def problems(view: View) -> dict[str, str]:
    """The first thing wrong with each input, by block_id; empty for a form that can be sent."""
    found = {block["block_id"]: _wrong(view, block) for block in view.blocks if block["type"] == "input"}
    return {block_id: text for block_id, text in found.items() if text}


def _wrong(view: View, block: Json) -> str | None:
    element = block["element"]
    value = view.form.get((block["block_id"], element["action_id"]))
    if value in (None, "", []) or (isinstance(value, str) and not value.strip()):
        return None if block.get("optional") else REQUIRED
    check = _CHECKS.get(element["type"])
    return check(element, value) if check else None


def _text(element: Json, value: str) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"Please lengthen this to at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please shorten this to at most {element.get('max_length', 3000)} characters."
    return None


def _number(element: Json, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a valid number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def _email(_element: Json, value: str) -> str | None:
    return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else "Please enter a valid email address."


def _url(_element: Json, value: str) -> str | None:
    return None if re.fullmatch(r"https?://\S+", value) else "Please enter a valid URL."


def _several(element: Json, value: list[Any]) -> str | None:
    most = element.get("max_selected_items")
    return f"Please choose at most {most}." if most and len(value) > most else None


_CHECKS: dict[str, Any] = {
    "plain_text_input": _text,
    "number_input": _number,
    "email_text_input": _email,
    "url_text_input": _url,
    "multi_static_select": _several,
    "multi_external_select": _several,
    "multi_users_select": _several,
    "multi_conversations_select": _several,
    "multi_channels_select": _several,
}
