"""conversations.* that read, and conversations.open."""

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.web_api import channel_access
from bot.sandbox.slack.web_api.arguments import page
from bot.sandbox.slack.web_api.dispatch import Call, handles

MAX_PEOPLE = 8  # besides the bot
_KINDS = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}


@handles("conversations.open")
def open_conversation(call: Call) -> Json:
    """Open the direct message with one or more people; it is created on first use.

    Raises:
        SlackError: `users_list_not_supplied`.
    """
    if reference := call.get("channel"):
        channel = channel_access.visible_channel(call, "manage")
        return {
            "channel": channel.as_json(call.app.bot_user_id),
            "no_op": True,
            "already_open": bool(reference),
        }
    users = call.get("users")
    if not users:
        raise SlackError("users_list_not_supplied")
    call.require_scope("im:write" if len(users) == 1 else "mpim:write")
    channel = _group_dm(call, users)
    return {"channel": channel.as_json(call.app.bot_user_id) if call.get("return_im") else {"id": channel.id}}


def _group_dm(call: Call, users: list[str]) -> Channel:
    if len(users) > MAX_PEOPLE:
        raise SlackError("too_many_users")
    for user_id in users:
        user = call.slack.workspace.user(user_id)
        if user.deleted:
            raise SlackError("user_disabled")
        if user.id == call.app.bot_user_id or (user.is_bot and len(users) == 1):
            raise SlackError("invalid_user_combination")
    return call.slack.workspace.group_dm([*users, call.app.bot_user_id])


@handles("conversations.info")
def info(call: Call) -> Json:
    """A conversation that the bot can see."""
    channel = channel_access.visible_channel(call, "read")
    return {"channel": channel.as_json(call.app.bot_user_id, count=bool(call.get("include_num_members")))}


@handles("conversations.list")
def list_conversations(call: Call) -> Json:
    """All public channels, and other conversations with the bot."""
    channels = [
        channel
        for channel in _requested_channels(call)
        if channel.kind == "public" or channel_access.is_member(call, channel)
    ]
    return _channel_page(call, channels)


@handles("users.conversations")
def of_user(call: Call) -> Json:
    """The conversations of a person, by default the bot's own, that the bot can see."""
    user_id = call.get("user", call.app.bot_user_id)
    call.slack.workspace.user(user_id)
    channels = [channel for channel in _requested_channels(call) if user_id in channel.members]
    return _channel_page(
        call,
        [
            channel
            for channel in channels
            if channel.kind == "public" or channel_access.is_member(call, channel)
        ],
    )


def _requested_channels(call: Call) -> list[Channel]:
    types = call.get("types") or ["public_channel"]
    if any(kind not in _KINDS for kind in types):
        raise SlackError("invalid_types")
    kinds = [_KINDS[kind] for kind in types]
    for family in {
        channel.family for channel in call.slack.workspace.channels.values() if channel.kind in kinds
    }:
        call.require_scope(f"{family}:read")
    channels = [channel for channel in call.slack.workspace.channels.values() if channel.kind in kinds]
    return [channel for channel in channels if not (call.get("exclude_archived") and channel.archived)]


def _channel_page(call: Call, channels: list[Channel]) -> Json:
    items, cursor = page(channels, call.get("cursor"), call.get("limit"))
    data = [channel.as_json(call.app.bot_user_id, count=True) for channel in items]
    return {"channels": data, "response_metadata": {"next_cursor": cursor}}


@handles("conversations.members")
def members(call: Call) -> Json:
    """The ids of the members."""
    channel = channel_access.visible_channel(call, "read")
    items, cursor = page(channel.members, call.get("cursor"), call.get("limit"))
    return {"members": items, "response_metadata": {"next_cursor": cursor}}


@handles("conversations.history")
def history(call: Call) -> Json:
    """The top-level messages of a conversation with the bot, newest first."""
    channel = channel_access.visible_channel(call, "history")
    channel_access.require_membership(call, channel)
    messages = [message for message in reversed(channel.messages) if _in_time_range(call, message)]
    return _message_page(call, messages)


@handles("conversations.replies")
def replies(call: Call) -> Json:
    """A thread: the parent, then its replies, oldest first.

    Raises:
        SlackError: `thread_not_found`.
    """
    channel = channel_access.visible_channel(call, "history")
    channel_access.require_membership(call, channel)
    parent = channel.find(str(call.get("ts")))
    if parent is None:
        raise SlackError("thread_not_found")
    messages = [parent, *(reply for reply in parent.replies if _in_time_range(call, reply))]
    return _message_page(call, messages)


def _message_page(call: Call, messages: list[Message]) -> Json:
    items, cursor = page(messages, call.get("cursor"), call.get("limit"), maximum=999)
    metadata = bool(call.get("include_all_metadata"))
    answer: Json = {
        "messages": [message.as_json(metadata=metadata) for message in items],
        "has_more": bool(cursor),
    }
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _in_time_range(call: Call, message: Message) -> bool:
    at, oldest, latest = float(message.ts), _time(call, "oldest"), _time(call, "latest")
    if call.get("inclusive") and at in (oldest, latest):
        return True
    return (oldest is None or at > oldest) and (latest is None or at < latest)


def _time(call: Call, name: str) -> float | None:
    value = call.get(name)
    try:
        return None if value in (None, "", "0") else float(value)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None
