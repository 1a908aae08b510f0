"""Submission of a form: the client's own checks, and the effect of the app's acknowledgement.

Also the options that an app suggests for an external menu. https://docs.slack.dev/surfaces/modals
"""

import re
from typing import Any

from bot.sandbox.slack.blocks.content import check_view
from bot.sandbox.slack.client.results import SubmitResult
from bot.sandbox.slack.client.services import ClientServices
from bot.sandbox.slack.core.errors import Json, OptionsNotLoaded, SlackError
from bot.sandbox.slack.delivery.delivery import CONNECTING, Ack
from bot.sandbox.slack.state.views import View
from bot.sandbox.slack.validate import validate_suggestions

REQUIRED = "Please complete this required field."


def apply_acknowledgement(slack: ClientServices, view: View, answer: Ack) -> SubmitResult:
    """Close, update, push or clear views, or show errors, as the app answered a submission.

    Any other answer is logged, and the person sees that connecting failed.
    """
    view.errors = {}
    if not answer.ok:
        return SubmitResult(False, trouble=CONNECTING)
    if answer.body in (None, {}):
        slack.views.remove(view)
        return SubmitResult(True)
    action = answer.body.get("response_action") if isinstance(answer.body, dict) else None
    try:
        return _apply_action(slack, view, str(action), answer.body)
    except (SlackError, KeyError, TypeError, AttributeError) as error:
        slack.log.note(f"the acknowledgement of {view.definition.get('callback_id')} is not valid: {error!r}")
        return SubmitResult(False, trouble=CONNECTING)


def _apply_action(slack: ClientServices, view: View, action: str, body: Any) -> SubmitResult:
    if action == "errors":
        return _show_errors(slack, view, body["errors"])
    if action == "update":
        slack.views.update(view, check_view(body["view"], "modal"), None)
    elif action == "push":
        slack.views.push(view.user_id, view.app, check_view(body["view"], "modal"))
    elif action == "clear":
        slack.views.close(view, whole_stack=True)
    else:
        raise SlackError("invalid_response_action")
    return SubmitResult(True, action=action)


def _show_errors(slack: ClientServices, view: View, errors: Json) -> SubmitResult:
    """Show errors at inputs.

    Raises:
        SlackError: `invalid_errors` without errors, or with a block_id of anything but an input.
    """
    labels = {block["block_id"]: block["label"]["text"] for block in view.blocks if block["type"] == "input"}
    if not errors or any(block_id not in labels for block_id in errors):
        raise SlackError("invalid_errors")
    view.errors = {labels[block_id]: str(text) for block_id, text in errors.items()}
    slack.changes.notify()
    return SubmitResult(False, dict(view.errors), None, "errors")


def input_errors(view: View) -> dict[str, str]:
    """The errors that the client itself shows, by block_id; empty for a form that can be sent."""
    errors = {
        block["block_id"]: _input_error(view, block) for block in view.blocks if block["type"] == "input"
    }
    return {block_id: text for block_id, text in errors.items() if text}


def _input_error(view: View, block: Json) -> str | None:
    element = block["element"]
    value = view.form.get((block["block_id"], element["action_id"]))
    if value in (None, "", []) or (isinstance(value, str) and not value.strip()):
        return None if block.get("optional") else REQUIRED
    check = _CHECKS.get(element["type"])
    return check(element, value) if check else None


def _text_error(element: Json, value: str) -> str | None:
    if len(value) < element.get("min_length", 0):
        return f"Please lengthen this to at least {element['min_length']} characters."
    if len(value) > element.get("max_length", 3000):
        return f"Please shorten this to at most {element.get('max_length', 3000)} characters."
    return None


def _number_error(element: Json, value: str) -> str | None:
    pattern = r"-?\d+(\.\d+)?" if element.get("is_decimal_allowed") else r"-?\d+"
    if not re.fullmatch(pattern, value):
        return "Please enter a valid number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def _email_error(_element: Json, value: str) -> str | None:
    return None if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value) else "Please enter a valid email address."


def _url_error(_element: Json, value: str) -> str | None:
    return None if re.fullmatch(r"https?://\S+", value) else "Please enter a valid URL."


def _count_error(element: Json, value: list[Any]) -> str | None:
    maximum = element.get("max_selected_items")
    return f"Please choose at most {maximum}." if maximum and len(value) > maximum else None


_CHECKS: dict[str, Any] = {
    "plain_text_input": _text_error,
    "number_input": _number_error,
    "email_text_input": _email_error,
    "url_text_input": _url_error,
    "multi_static_select": _count_error,
    "multi_external_select": _count_error,
    "multi_users_select": _count_error,
    "multi_conversations_select": _count_error,
    "multi_channels_select": _count_error,
}


def read_suggestions(answer: Ack) -> list[Json]:
    """The options in an answer to block_suggestion, those of groups in one list.

    Raises:
        OptionsNotLoaded: the app did not answer, or not with valid options.
    """
    if not answer.ok:
        raise OptionsNotLoaded(f"the menu could not be loaded: {answer.error}")
    problems = validate_suggestions(answer.body)
    if problems:
        raise OptionsNotLoaded(
            "the menu could not be loaded: " + "; ".join(str(problem) for problem in problems)
        )
    groups = answer.body.get("option_groups")
    if groups:
        return [option for group in groups for option in group["options"]]
    return list(answer.body["options"])
