"""What an app's acknowledgement does to the view that was sent.

https://docs.slack.dev/surfaces/modals
"""

from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.ack import CONNECTING, Ack
from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.methods.views import checked_view
from bot.sandbox.slack.results import SubmitResult
from bot.sandbox.slack.views import View

if TYPE_CHECKING:
    from bot.sandbox.slack.local import LocalSlack


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
