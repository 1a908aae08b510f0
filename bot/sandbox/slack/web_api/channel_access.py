"""Access of a bot to conversations: which it can see and write to, and the scopes it needs.

Scopes: https://docs.slack.dev/apis/web-api/using-the-conversations-api
"""

from bot.sandbox.slack.core.errors import SlackError
from bot.sandbox.slack.state.conversations import Channel
from bot.sandbox.slack.web_api.dispatch import Call

_MANAGE = {
    "channels": ("channels:manage", "channels:write"),
    "groups": ("groups:write",),
    "im": ("im:write",),
    "mpim": ("mpim:write",),
}


def visible_channel(call: Call, verb: str, name: str = "channel") -> Channel:
    """The channel that an argument names, if the bot can see it.

    `verb` is "read", "history" or "manage"; together with the kind of channel it selects the scopes.

    Raises:
        SlackError: `channel_not_found`, also for a private conversation without the bot; `missing_scope`.
    """
    channel = call.slack.workspace.channels.get(str(call.get(name)))
    if channel is None or (channel.kind != "public" and not is_member(call, channel)):
        raise SlackError("channel_not_found")
    call.require_scope(*scopes_for(channel, verb))
    return channel


def scopes_for(channel: Channel, verb: str) -> tuple[str, ...]:
    """The scopes of which one allows to read, read the history of, or manage a channel of this kind."""
    if verb == "manage":
        return _MANAGE[channel.family]
    return (f"{channel.family}:{verb}",)


def is_member(call: Call, channel: Channel) -> bool:
    """Whether the bot is a member of the channel."""
    return call.app.bot_user_id in channel.members


def writable_channel(call: Call) -> Channel:
    """The channel to post to; a person's id stands for the direct message with them.

    Raises:
        SlackError: `channel_not_found`, `not_in_channel`, `is_archived`, `messages_tab_disabled`.
    """
    workspace, reference = call.slack.workspace, str(call.get("channel"))
    if reference in workspace.users:
        return _direct_message(call, reference)
    channel = workspace.channel(reference)
    if not is_member(call, channel):
        _require_public_access(call, channel)
    if channel.archived:
        raise SlackError("is_archived")
    if channel.kind == "im":
        _direct_message(call, channel.other_member(call.app.bot_user_id))
    return channel


def _require_public_access(call: Call, channel: Channel) -> None:
    if channel.kind != "public":
        raise SlackError("channel_not_found")
    if "chat:write.public" not in call.app.scopes:
        raise SlackError("not_in_channel")


def _direct_message(call: Call, user_id: str) -> Channel:
    """The direct message with a person.

    Raises:
        SlackError: `channel_not_found` for a bot or deactivated person, `messages_tab_disabled` for an app
            without that tab.
    """
    user = call.slack.workspace.user(user_id)
    if user.deleted or user.is_bot:
        raise SlackError("channel_not_found")
    if not call.app.messages_tab:
        raise SlackError("messages_tab_disabled")
    return call.slack.workspace.im(user_id, call.app)


def require_membership(call: Call, channel: Channel) -> None:
    """Check that the bot is a member.

    Raises:
        SlackError: `not_in_channel`.
    """
    if not is_member(call, channel):
        raise SlackError("not_in_channel")


def require_channel(channel: Channel) -> None:
    """Check that it is no direct message.

    Raises:
        SlackError: `method_not_supported_for_channel_type`.
    """
    if channel.kind == "im":
        raise SlackError("method_not_supported_for_channel_type")
