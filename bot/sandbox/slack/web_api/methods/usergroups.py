"""usergroups.*: they need a paid plan; writing also needs the workspace's permission."""

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state.people import UserGroup
from bot.sandbox.slack.web_api.dispatch import Call, handles

LONGEST_DESCRIPTION = 140


def _require_paid(call: Call) -> None:
    if not call.slack.workspace.paid:
        raise SlackError("plan_upgrade_required")


def _require_writable(call: Call) -> None:
    _require_paid(call)
    if not call.slack.workspace.usergroup_writes:
        raise SlackError("permission_denied")


def _group(call: Call) -> UserGroup:
    return call.slack.workspace.usergroup(str(call.get("usergroup")))


def _answer(call: Call, group: UserGroup, users: bool = False) -> Json:
    return {"usergroup": group.as_json(users=users, count=bool(call.get("include_count")))}


@handles("usergroups.list")
def list_groups(call: Call) -> Json:
    """All groups; disabled ones only with `include_disabled`."""
    _require_paid(call)
    groups = [
        group
        for group in call.slack.workspace.usergroups.values()
        if call.get("include_disabled") or not group.disabled_at
    ]
    users, count = bool(call.get("include_users")), bool(call.get("include_count"))
    return {"usergroups": [group.as_json(users=users, count=count) for group in groups]}


@handles("usergroups.create")
def create(call: Call) -> Json:
    """Create a group without members."""
    _require_writable(call)
    name = str(call.get("name"))
    handle = call.get("handle") or name.lower().replace(" ", "-")
    _check_attributes(call, None)
    group = call.slack.workspace.add_usergroup(name, handle=handle, by=call.app.bot_user_id)
    group.description = call.get("description", "")
    return _answer(call, group)


@handles("usergroups.update")
def update(call: Call) -> Json:
    """Change a group's name, handle, description or channels."""
    _require_writable(call)
    group = _group(call)
    _check_attributes(call, group)
    for name in ("name", "handle", "description", "channels"):
        if name in call.args:
            setattr(group, name, call.args[name])
    call.slack.workspace.set_members(group, group.members, call.app.bot_user_id)
    return _answer(call, group)


def _check_attributes(call: Call, own: UserGroup | None) -> None:
    others = [group for group in call.slack.workspace.usergroups.values() if group is not own]
    if "name" in call.args and any(group.name == call.args["name"] for group in others):
        raise SlackError("name_already_exists")
    if "handle" in call.args and any(group.handle == call.args["handle"] for group in others):
        raise SlackError("handle_already_exists")
    if len(call.get("description", "")) > LONGEST_DESCRIPTION:
        raise SlackError("description_too_long")
    if any(channel_id not in call.slack.workspace.channels for channel_id in call.get("channels", [])):
        raise SlackError("invalid_channel_provided")


@handles("usergroups.enable")
def enable(call: Call) -> Json:
    """Enable a group."""
    return _set_enabled(call, True)


@handles("usergroups.disable")
def disable(call: Call) -> Json:
    """Disable a group; its members stay."""
    return _set_enabled(call, False)


def _set_enabled(call: Call, enabled: bool) -> Json:
    _require_writable(call)
    group = _group(call)
    call.slack.workspace.enable_group(group, enabled, call.app.bot_user_id)
    return _answer(call, group, users=True)


@handles("usergroups.users.list")
def list_users(call: Call) -> Json:
    """The ids of the members.

    Raises:
        SlackError: `no_such_subteam`.
    """
    _require_paid(call)
    group = _group(call)
    if group.disabled_at and not call.get("include_disabled"):
        raise SlackError("no_such_subteam")
    return {"users": list(group.members)}


@handles("usergroups.users.update")
def update_users(call: Call) -> Json:
    """Replace the members.

    Raises:
        SlackError: `no_users_provided`: the list cannot be empty.
    """
    _require_writable(call)
    group, users = _group(call), call.get("users")
    if not users:
        raise SlackError("no_users_provided")
    for user_id in users:
        _check_user(call, user_id)
    call.slack.workspace.set_members(group, users, call.app.bot_user_id)
    return _answer(call, group, users=True)


def _check_user(call: Call, user_id: str) -> None:
    user = call.slack.workspace.users.get(user_id)
    if user is None or user.deleted or user.is_bot:
        raise SlackError("invalid_users")
    if user.stranger:
        raise SlackError("failed_for_some_users")
