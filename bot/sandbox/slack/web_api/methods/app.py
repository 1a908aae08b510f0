"""Methods about the app itself and its team."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state.people import PROFILE_FIELDS
from bot.sandbox.slack.validate import Problem, validate_message, validate_view
from bot.sandbox.slack.web_api.dispatch import Call, handles


@handles("api.test")
def api_test(call: Call) -> Json:
    """Answers with its arguments, or with the error that is asked for."""
    if wanted := call.get("error"):
        raise SlackError(wanted, args=call.args)
    return {"args": call.args}


@handles("auth.test")
def auth_test(call: Call) -> Json:
    """Who the token's bot is."""
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
    """Uninstalls the app, unless it is only a `test`."""
    if not call.get("test"):
        call.slack.workspace.uninstall(call.app)
    return {"revoked": not call.get("test")}


@handles("apps.connections.open")
def connections_open(call: Call) -> Json:
    """A fresh address for one Socket Mode connection."""
    if not call.app.socket_mode:
        raise SlackError("forbidden_team")
    return {"url": call.slack.sockets.ticket(call.app)}


@handles("bots.info")
def bots_info(call: Call) -> Json:
    """A bot by its bot id; the caller's own where none is given."""
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
    """Its pointers start at the value given, other than those of the methods that post."""
    if len(call.args) != 1:
        message = "must provide exactly one of `blocks`, `view`, or `message`"
        raise SlackError("invalid_arguments", response_metadata={"messages": [message]})
    ((name, value),) = call.args.items()
    problems = _CHECKS[name](value)
    if problems:
        raise SlackError(f"invalid_{name}", errors=[_detail(each) for each in problems])
    return {}


def _whole_message(message: Any) -> list[Problem]:
    return validate_message(message.get("blocks", []) if isinstance(message, dict) else message, "/blocks")


_CHECKS: dict[str, Callable[[Any], list[Problem]]] = {
    "blocks": lambda blocks: validate_message(blocks, ""),
    "view": lambda view: validate_view(view, at=""),
    "message": _whole_message,
}


def _detail(problem: Problem) -> Json:
    return {"code": "failed_constraint", "message": problem.message, "pointer": problem.pointer}


@handles("team.info")
def team_info(call: Call) -> Json:
    """This team; there is no other."""
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
    """The custom fields that profiles have."""
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
