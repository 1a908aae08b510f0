"""What an app's acknowledgement does to the view that was sent.

https://docs.slack.dev/surfaces/modals
"""

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.client.results import SubmitResult
from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.delivery.delivery import CONNECTING, Ack
from bot.sandbox.slack.state.views import View
from bot.sandbox.slack.web_api.methods.views import checked_view

if TYPE_CHECKING:
    from bot.sandbox.slack.local_slack import LocalSlack
import re

from bot.sandbox.slack.client.results import Trouble
from bot.sandbox.slack.validate import validate_suggestions


def apply(slack: "LocalSlack", view: View, answer: Ack) -> SubmitResult:
    """Closes, updates, pushes, clears, or shows errors. An answer that is none of these is trouble."""
    view.errors = {}
    if not answer.ok:
        return _trouble()
    if answer.body in (None, {}):
        slack.views.remove(view)
        return SubmitResult(True)
    action = answer.body.get("response_action") if isinstance(answer.body, dict) else None
    try:
        return _act(slack, view, str(action), answer.body)
    except (SlackError, KeyError, TypeError, AttributeError) as error:
        slack.log.note(f"the acknowledgement of {view.definition.get('callback_id')} is not valid: {error!r}")
        return _trouble()


def _trouble() -> SubmitResult:
    return SubmitResult(False, trouble=CONNECTING)


def _act(slack: "LocalSlack", view: View, action: str, body: Any) -> SubmitResult:
    if action == "errors":
        return _errors(slack, view, body["errors"])
    if action == "update":
        slack.views.update(view, checked_view(body["view"], "modal"), None)
    elif action == "push":
        slack.views.push(view.user_id, view.app, checked_view(body["view"], "modal"))
    elif action == "clear":
        slack.views.close(view, whole_stack=True)
    else:
        raise SlackError("invalid_response_action")
    return SubmitResult(True, action=action)


def _errors(slack: "LocalSlack", view: View, errors: Json) -> SubmitResult:
    """Errors belong to inputs: any other block_id makes the whole answer invalid."""
    labels = {block["block_id"]: block["label"]["text"] for block in view.blocks if block["type"] == "input"}
    if not errors or any(block_id not in labels for block_id in errors):
        raise SlackError("invalid_errors")
    view.errors = {labels[block_id]: str(text) for block_id, text in errors.items()}
    slack.changes.notify()
    return SubmitResult(False, dict(view.errors), None, "errors")


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


def read(answer: Ack) -> list[Json]:
    """The options offered, groups laid flat; `Trouble` where the menu would show an error."""
    if not answer.ok:
        raise Trouble(f"the menu could not be loaded: {answer.error}")
    problems = validate_suggestions(answer.body)
    if problems:
        raise Trouble("the menu could not be loaded: " + "; ".join(str(each) for each in problems))
    groups = answer.body.get("option_groups")
    found = [option for group in groups for option in group["options"]] if groups else answer.body["options"]
    return list(found)
