"""Which conversations a bot can see and write to, and the scope that each kind of conversation asks for."""

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
    """The channel that the argument names, if the bot may see it at all.

    `verb` is "read", "history" or "manage": with the kind of channel it makes the scope that is needed.
    A private conversation without the bot is `channel_not_found`, as if it did not exist.
    """
    channel = call.slack.workspace.channels.get(str(call.get(name)))
    if channel is None or (channel.kind != "public" and not inside(call, channel)):
        raise SlackError("channel_not_found")
    call.need(*scopes_for(channel, verb))
    return channel


def scopes_for(channel: Channel, verb: str) -> tuple[str, ...]:
    """The scopes of which one is needed to read, read back ("history") or manage this kind of channel."""
    if verb == "manage":
        return _MANAGE[channel.family]
    return (f"{channel.family}:{verb}",)


def inside(call: Call, channel: Channel) -> bool:
    """Whether the bot is a member."""
    return call.app.bot_user_id in channel.members


def writable_channel(call: Call) -> Channel:
    """Where a message may go: a channel with the bot, or a person's id, which opens the DM."""
    workspace, reference = call.slack.workspace, str(call.get("channel"))
    if reference in workspace.users:
        return _direct(call, reference)
    channel = workspace.channel(reference)
    if not inside(call, channel):
        _refuse_outside(call, channel)
    if channel.archived:
        raise SlackError("is_archived")
    if channel.kind == "im":
        _direct(call, channel.other(call.app.bot_user_id))
    return channel


def _refuse_outside(call: Call, channel: Channel) -> None:
    if channel.kind != "public":
        raise SlackError("channel_not_found")
    if "chat:write.public" not in call.app.scopes:
        raise SlackError("not_in_channel")


def _direct(call: Call, user_id: str) -> Channel:
    """The DM with a person: none with the deactivated, none where the app has no Messages tab."""
    user = call.slack.workspace.user(user_id)
    if user.deleted or user.is_bot:
        raise SlackError("channel_not_found")
    if not call.app.messages_tab:
        raise SlackError("messages_tab_disabled")
    return call.slack.workspace.im(user_id, call.app)


def require_inside(call: Call, channel: Channel) -> None:
    """Refuses where the bot is no member."""
    if not inside(call, channel):
        raise SlackError("not_in_channel")


def require_room(channel: Channel) -> None:
    """Refuses direct messages for methods that are about channels."""
    if channel.kind == "im":
        raise SlackError("method_not_supported_for_channel_type")
