"""Modals and the Home tab."""

import json
from typing import Any

from bot.sandbox.slack.core.errors import Json, SlackError, invalid_arguments
from bot.sandbox.slack.validate import VIEW_SIZE, validate_view
from bot.sandbox.slack.web_api.dispatch import Call, handles


def checked_view(definition: Any, kind: str | None) -> Json:
    """The view if Slack would take it; `invalid_arguments` with pointers, or `view_too_large`."""
    problems = validate_view(definition, kind)
    if problems:
        general = "failed to match all allowed schemas [json-pointer:/view]"
        raise invalid_arguments(general, *(str(each) for each in problems))
    if len(json.dumps(definition).encode()) > VIEW_SIZE:
        raise SlackError("view_too_large")
    return dict(definition)


def _trigger(call: Call) -> str:
    trigger = call.get("trigger_id") or call.get("interactivity_pointer")
    if not trigger:
        raise invalid_arguments("missing required field: trigger_id")
    return str(trigger)


@handles("views.open")
def open_view(call: Call) -> Json:
    """Opens a modal for whose trigger it is."""
    trigger, definition = _trigger(call), checked_view(call.args["view"], "modal")
    user_id = call.slack.triggers.check(trigger, call.app.id)
    view = call.slack.views.open(user_id, call.app, definition)
    call.slack.triggers.use(trigger)
    return {"view": view.as_json()}


@handles("views.push")
def push(call: Call) -> Json:
    """Puts a modal on top of the open one."""
    trigger, definition = _trigger(call), checked_view(call.args["view"], "modal")
    user_id = call.slack.triggers.check(trigger, call.app.id)
    view = call.slack.views.push(user_id, call.app, definition)
    call.slack.triggers.use(trigger)
    return {"view": view.as_json()}


@handles("views.update")
def update(call: Call) -> Json:
    """Gives a view new content; what was typed stays where its place stays."""
    view_id, external_id = call.get("view_id"), call.get("external_id")
    if view_id and external_id:
        raise invalid_arguments("Cannot provide both `view_id` and `external_id`")
    if not (view_id or external_id):
        raise invalid_arguments("Must provide either `view_id` or `external_id`")
    definition = checked_view(call.args["view"], None)
    view = call.slack.views.find(call.app, view_id, external_id)
    if view.definition["type"] != definition["type"]:
        raise invalid_arguments(f"view type must stay {view.definition['type']} [json-pointer:/view/type]")
    call.slack.views.update(view, definition, call.get("hash"))
    return {"view": view.as_json()}


@handles("views.publish")
def publish(call: Call) -> Json:
    """A person's Home tab."""
    if not call.app.home_tab:
        raise SlackError("not_enabled")
    definition = checked_view(call.args["view"], "home")
    user = call.slack.workspace.users.get(str(call.get("user_id")))
    if user is None or user.is_bot:
        raise invalid_arguments("user_not_found [json-pointer:/user_id]")
    view = call.slack.views.publish(user.id, call.app, definition, call.get("hash"))
    return {"view": view.as_json()}
