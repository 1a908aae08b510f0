"""views.*: modals and the Home tab."""

from bot.sandbox.slack.blocks.content import check_view
from bot.sandbox.slack.core.errors import Json, SlackError, invalid_arguments
from bot.sandbox.slack.web_api.dispatch import Call, handles


def _trigger(call: Call) -> str:
    trigger = call.get("trigger_id") or call.get("interactivity_pointer")
    if not trigger:
        raise invalid_arguments("missing required field: trigger_id")
    return str(trigger)


@handles("views.open")
def open_view(call: Call) -> Json:
    """Open a modal for the person of the trigger."""
    trigger, definition = _trigger(call), check_view(call.args["view"], "modal")
    user_id = call.slack.triggers.check(trigger, call.app.id)
    view = call.slack.views.open(user_id, call.app, definition)
    call.slack.triggers.use(trigger)
    return {"view": view.as_json()}


@handles("views.push")
def push(call: Call) -> Json:
    """Open a modal on top of the one that is open."""
    trigger, definition = _trigger(call), check_view(call.args["view"], "modal")
    user_id = call.slack.triggers.check(trigger, call.app.id)
    view = call.slack.views.push(user_id, call.app, definition)
    call.slack.triggers.use(trigger)
    return {"view": view.as_json()}


@handles("views.update")
def update(call: Call) -> Json:
    """Replace the content of a view.

    Raises:
        SlackError: `invalid_arguments` unless exactly one id names the view, or where its type would change.
    """  # noqa: DOC501 - `invalid_arguments` makes a SlackError
    view_id, external_id = call.get("view_id"), call.get("external_id")
    if view_id and external_id:
        raise invalid_arguments("Cannot provide both `view_id` and `external_id`")
    if not (view_id or external_id):
        raise invalid_arguments("Must provide either `view_id` or `external_id`")
    definition = check_view(call.args["view"], None)
    view = call.slack.views.find(call.app, view_id, external_id)
    if view.definition["type"] != definition["type"]:
        raise invalid_arguments(f"view type must stay {view.definition['type']} [json-pointer:/view/type]")
    call.slack.views.update(view, definition, call.get("hash"))
    return {"view": view.as_json()}


@handles("views.publish")
def publish(call: Call) -> Json:
    """Publish a person's Home tab.

    Raises:
        SlackError: `not_enabled` for an app without a Home tab, `invalid_arguments` for nobody's.
    """  # noqa: DOC501 - `invalid_arguments` makes a SlackError
    if not call.app.home_tab:
        raise SlackError("not_enabled")
    definition = check_view(call.args["view"], "home")
    user = call.slack.workspace.users.get(str(call.get("user_id")))
    if user is None or user.is_bot:
        raise invalid_arguments("user_not_found [json-pointer:/user_id]")
    view = call.slack.views.publish(user.id, call.app, definition, call.get("hash"))
    return {"view": view.as_json()}
