"""User groups. Writing them takes a paid plan and the workspace's leave."""

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state.people import UserGroup
from bot.sandbox.slack.web_api.dispatch import Call, handles

LONGEST_DESCRIPTION = 140


def _paid(call: Call) -> None:
    if not call.slack.workspace.paid:
        raise SlackError("plan_upgrade_required")


def _writable(call: Call) -> None:
    _paid(call)
    if not call.slack.workspace.usergroup_writes:
        raise SlackError("permission_denied")


def _group(call: Call) -> UserGroup:
    return call.slack.workspace.usergroup(str(call.get("usergroup")))


def _answer(call: Call, group: UserGroup, users: bool = False) -> Json:
    return {"usergroup": group.as_json(users=users, count=bool(call.get("include_count")))}


@handles("usergroups.list")
def list_groups(call: Call) -> Json:
    """All groups; the disabled ones only when asked for."""
    _paid(call)
    groups = [
        each
        for each in call.slack.workspace.usergroups.values()
        if call.get("include_disabled") or not each.disabled_at
    ]
    users, count = bool(call.get("include_users")), bool(call.get("include_count"))
    return {"usergroups": [each.as_json(users=users, count=count) for each in groups]}


@handles("usergroups.create")
def create(call: Call) -> Json:
    """A new group without members."""
    _writable(call)
    name = str(call.get("name"))
    handle = call.get("handle") or name.lower().replace(" ", "-")
    _check(call, None)
    group = call.slack.workspace.add_usergroup(name, handle=handle, by=call.app.bot_user_id)
    group.description = call.get("description", "")
    return _answer(call, group)


@handles("usergroups.update")
def update(call: Call) -> Json:
    """Changes what a group is called and where it belongs."""
    _writable(call)
    group = _group(call)
    _check(call, group)
    for name in ("name", "handle", "description", "channels"):
        if name in call.args:
            setattr(group, name, call.args[name])
    call.slack.workspace.set_members(group, group.members, call.app.bot_user_id)
    return _answer(call, group)


def _check(call: Call, own: UserGroup | None) -> None:
    others = [each for each in call.slack.workspace.usergroups.values() if each is not own]
    if "name" in call.args and any(each.name == call.args["name"] for each in others):
        raise SlackError("name_already_exists")
    if "handle" in call.args and any(each.handle == call.args["handle"] for each in others):
        raise SlackError("handle_already_exists")
    if len(call.get("description", "")) > LONGEST_DESCRIPTION:
        raise SlackError("description_too_long")
    if any(each not in call.slack.workspace.channels for each in call.get("channels", [])):
        raise SlackError("invalid_channel_provided")


@handles("usergroups.enable")
def enable(call: Call) -> Json:
    """Switches a group on."""
    return _switch(call, True)


@handles("usergroups.disable")
def disable(call: Call) -> Json:
    """Switches a group off; its members stay."""
    return _switch(call, False)


def _switch(call: Call, enabled: bool) -> Json:
    _writable(call)
    group = _group(call)
    call.slack.workspace.enable_group(group, enabled, call.app.bot_user_id)
    return _answer(call, group, users=True)


@handles("usergroups.users.list")
def list_users(call: Call) -> Json:
    """Ids of the members."""
    _paid(call)
    group = _group(call)
    if group.disabled_at and not call.get("include_disabled"):
        raise SlackError("no_such_subteam")
    return {"users": list(group.members)}


@handles("usergroups.users.update")
def update_users(call: Call) -> Json:
    """The list given is the whole list from now on; it cannot be empty."""
    _writable(call)
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
