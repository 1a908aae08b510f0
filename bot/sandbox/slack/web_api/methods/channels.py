"""conversations.* that change a channel or its members."""

import re

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state.conversations import Channel
from bot.sandbox.slack.web_api import channel_access
from bot.sandbox.slack.web_api.dispatch import Call, handles

LONGEST_NAME, LONGEST_TOPIC = 80, 250


def _channel(call: Call) -> Channel:
    channel = channel_access.visible_channel(call, "manage")
    channel_access.require_channel(channel)
    return channel


def _writable_channel(call: Call) -> Channel:
    channel = _channel(call)
    if channel.archived:
        raise SlackError("is_archived")
    channel_access.require_membership(call, channel)
    return channel


@handles("conversations.invite")
def invite(call: Call) -> Json:
    """Add people; nobody is added where one of them cannot be.

    Raises:
        SlackError: `no_user`, or the code for the first who cannot be added, with the others in `errors`.
    """
    channel, users = _writable_channel(call), call.get("users")
    if not users:
        raise SlackError("no_user")
    problems = {user: code for user in users if (code := _invite_error(call, channel, user))}
    if problems:
        first = next(iter(problems.items()))
        raise SlackError(
            first[1], errors=[{"user": user, "ok": False, "error": code} for user, code in problems.items()]
        )
    for user in users:
        call.slack.workspace.join(channel, user)
    return {"channel": channel.as_json(call.app.bot_user_id)}


def _invite_error(call: Call, channel: Channel, user_id: str) -> str | None:
    user = call.slack.workspace.users.get(user_id)
    if user is None:
        return "user_not_found"
    if user.id == call.app.bot_user_id:
        return "cant_invite_self"
    if user.deleted or user.stranger:
        return "cant_invite"
    return "already_in_channel" if user.id in channel.members else None


@handles("conversations.kick")
def kick(call: Call) -> Json:
    """Remove a person.

    Raises:
        SlackError: `cant_kick_self`, `cant_kick_from_general`, or `not_in_channel`.
    """
    channel, user_id = _channel(call), str(call.get("user"))
    channel_access.require_membership(call, channel)
    call.slack.workspace.user(user_id)
    if user_id == call.app.bot_user_id:
        raise SlackError("cant_kick_self")
    if channel.general:
        raise SlackError("cant_kick_from_general")
    if user_id not in channel.members:
        raise SlackError("not_in_channel")
    call.slack.workspace.leave(channel, user_id)
    return {"errors": {}}


@handles("conversations.join")
def join(call: Call) -> Json:
    """Add the bot to a public channel.

    Raises:
        SlackError: `channel_not_found`, `method_not_supported_for_channel_type`, or `is_archived`.
    """
    channel = call.slack.workspace.channels.get(str(call.get("channel")))
    if channel is None or (channel.kind != "public" and not channel_access.is_member(call, channel)):
        raise SlackError("channel_not_found")
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    if channel_access.is_member(call, channel):
        return {"channel": channel.as_json(call.app.bot_user_id), "warning": "already_in_channel"}
    call.slack.workspace.join(channel, call.app.bot_user_id)
    return {"channel": channel.as_json(call.app.bot_user_id)}


@handles("conversations.leave")
def leave(call: Call) -> Json:
    """Remove the bot from a channel.

    Raises:
        SlackError: `cant_leave_general`, or `last_member` of a private channel.
    """
    channel = _channel(call)
    if channel.general:
        raise SlackError("cant_leave_general")
    if not channel_access.is_member(call, channel):
        return {"not_in_channel": True}
    if channel.kind == "private" and len(channel.members) == 1:
        raise SlackError("last_member")
    call.slack.workspace.leave(channel, call.app.bot_user_id)
    return {}


@handles("conversations.create")
def create(call: Call) -> Json:
    """Create a channel with the bot as its only member."""
    name, private = str(call.get("name")), bool(call.get("is_private"))
    call.require_scope(*(("groups:write",) if private else ("channels:manage", "channels:write")))
    _check_name(call, name)
    workspace, bot = call.slack.workspace, call.app.bot_user_id
    channel = workspace.add_channel(name, members=[bot], private=private, creator=bot)
    return {"channel": channel.as_json(bot)}


def _check_name(call: Call, name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise SlackError("invalid_name_maxlength")
    if not re.fullmatch(r"[^\W_A-Z][^\WA-Z]*(-[^\WA-Z]*)*", name):
        raise SlackError("invalid_name_specials")
    if any(channel.name == name for channel in call.slack.workspace.channels.values()):
        raise SlackError("name_taken")


@handles("conversations.archive")
def archive(call: Call) -> Json:
    """Archive a channel.

    Raises:
        SlackError: `already_archived`, or `cant_archive_general`.
    """
    channel = _channel(call)
    channel_access.require_membership(call, channel)
    if channel.archived:
        raise SlackError("already_archived")
    if channel.general:
        raise SlackError("cant_archive_general")
    channel.archived = True
    return {}


@handles("conversations.unarchive")
def unarchive(call: Call) -> Json:
    """Restore an archived channel.

    Raises:
        SlackError: `not_archived`.
    """
    channel = _channel(call)
    if not channel.archived:
        raise SlackError("not_archived")
    channel.archived = False
    return {}


@handles("conversations.setTopic")
def set_topic(call: Call) -> Json:
    """Set the topic, the line below a channel's name.

    Raises:
        SlackError: `too_long`.
    """
    channel, topic = _writable_channel(call), str(call.get("topic"))
    if len(topic) > LONGEST_TOPIC:
        raise SlackError("too_long")
    channel.topic = topic
    return {"channel": channel.as_json(call.app.bot_user_id)}
