"""api.*, auth.*, apps.*, bots.*, blocks.* and team.*: methods about the app and its team."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state.people import PROFILE_FIELDS
from bot.sandbox.slack.validate import Problem, validate_message, validate_view
from bot.sandbox.slack.web_api.dispatch import Call, handles


@handles("api.test")
def api_test(call: Call) -> Json:
    """Return the arguments.

    Raises:
        SlackError: The code in the argument `error`.
    """
    if error := call.get("error"):
        raise SlackError(error, args=call.args)
    return {"args": call.args}


@handles("auth.test")
def auth_test(call: Call) -> Json:
    """The token's team and bot."""
    workspace, app = call.slack.workspace, call.app
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.name,
        "user": workspace.users[app.bot_user_id].name,
        "team_id": workspace.id,
        "user_id": app.bot_user_id,
        "bot_id": app.bot_id,
        "is_enterprise_install": False,
    }


@handles("auth.revoke")
def auth_revoke(call: Call) -> Json:
    """Uninstall the app, unless `test` is set."""
    if not call.get("test"):
        call.slack.workspace.uninstall(call.app)
    return {"revoked": not call.get("test")}


@handles("apps.connections.open")
def connections_open(call: Call) -> Json:
    """A new address for one Socket Mode connection.

    Raises:
        SlackError: `forbidden_team` for an app without Socket Mode.
    """
    if not call.app.socket_mode:
        raise SlackError("forbidden_team")
    return {"url": call.slack.sockets.issue_ticket(call.app)}


@handles("bots.info")
def bots_info(call: Call) -> Json:
    """A bot by its bot id, by default the caller's own.

    Raises:
        SlackError: `bot_not_found`.
    """
    for app in call.slack.workspace.apps.values():
        if app.bot_id == call.get("bot", call.app.bot_id):
            return {"bot": _bot(call, app.bot_id, app.name, app.id, app.bot_user_id)}
    raise SlackError("bot_not_found")


def _bot(call: Call, bot_id: str, name: str, app_id: str, user_id: str) -> Json:
    updated = call.slack.workspace.users[user_id].updated
    return {
        "id": bot_id,
        "deleted": False,
        "name": name,
        "updated": updated,
        "app_id": app_id,
        "user_id": user_id,
        "icons": {},
    }


@handles("blocks.validate")
def blocks_validate(call: Call) -> Json:
    """Validate blocks, a view or a message. JSON pointers start at that value, not at the arguments.

    Raises:
        SlackError: `invalid_blocks`, `invalid_view` or `invalid_message` with all problems;
            `invalid_arguments` unless there is exactly one value.
    """
    if len(call.args) != 1:
        message = "must provide exactly one of `blocks`, `view`, or `message`"
        raise SlackError("invalid_arguments", response_metadata={"messages": [message]})
    ((name, value),) = call.args.items()
    problems = _VALIDATORS[name](value)
    if problems:
        raise SlackError(f"invalid_{name}", errors=[_problem_json(problem) for problem in problems])
    return {}


def _validate_message(message: Any) -> list[Problem]:
    return validate_message(message.get("blocks", []) if isinstance(message, dict) else message, "/blocks")


_VALIDATORS: dict[str, Callable[[Any], list[Problem]]] = {
    "blocks": lambda blocks: validate_message(blocks, ""),
    "view": lambda view: validate_view(view, at=""),
    "message": _validate_message,
}


def _problem_json(problem: Problem) -> Json:
    return {"code": "failed_constraint", "message": problem.message, "pointer": problem.pointer}


@handles("team.info")
def team_info(call: Call) -> Json:
    """The team of the token.

    Raises:
        SlackError: `team_not_found` for any other id.
    """
    workspace = call.slack.workspace
    if call.get("team", workspace.id) != workspace.id:
        raise SlackError("team_not_found")
    return {
        "team": {
            "id": workspace.id,
            "name": workspace.name,
            "domain": workspace.domain,
            "url": f"https://{workspace.domain}.slack.com/",
            "email_domain": f"{workspace.domain}.example.com",
            "icon": {"image_default": True},
        }
    }


@handles("team.profile.get")
def team_profile_get(_call: Call) -> Json:
    """The custom fields of profiles."""
    fields = [
        {
            "id": key,
            "ordering": order,
            "label": label,
            "type": kind,
            "hint": "",
            "possible_values": None,
            "is_hidden": False,
        }
        for order, (key, (label, kind)) in enumerate(PROFILE_FIELDS.items())
    ]
    return {"profile": {"fields": fields, "sections": []}}
