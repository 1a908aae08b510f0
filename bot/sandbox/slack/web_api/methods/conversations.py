"""Reading conversations, and opening direct messages."""

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.web_api import channel_access
from bot.sandbox.slack.web_api.arguments import page
from bot.sandbox.slack.web_api.dispatch import Call, handles

MOST_PEOPLE = 8  # besides the bot
_KINDS = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}


@handles("conversations.open")
def open_conversation(call: Call) -> Json:
    """The DM with one person, or with several; made when it is first asked for."""
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
    call.need("im:write" if len(users) == 1 else "mpim:write")
    channel = _between(call, users)
    return {"channel": channel.as_json(call.app.bot_user_id) if call.get("return_im") else {"id": channel.id}}


def _between(call: Call, users: list[str]) -> Channel:
    if len(users) > MOST_PEOPLE:
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
    """One conversation that the bot can see."""
    channel = channel_access.visible_channel(call, "read")
    return {"channel": channel.as_json(call.app.bot_user_id, count=bool(call.get("include_num_members")))}


@handles("conversations.list")
def list_conversations(call: Call) -> Json:
    """Public channels, and of the rest those with the bot."""
    channels = [
        each for each in _of_types(call) if each.kind == "public" or channel_access.inside(call, each)
    ]
    return _listed(call, channels)


@handles("users.conversations")
def of_user(call: Call) -> Json:
    """The conversations of a person or of the bot, as far as the bot sees them."""
    user_id = call.get("user", call.app.bot_user_id)
    call.slack.workspace.user(user_id)
    channels = [each for each in _of_types(call) if user_id in each.members]
    return _listed(
        call, [each for each in channels if each.kind == "public" or channel_access.inside(call, each)]
    )


def _of_types(call: Call) -> list[Channel]:
    types = call.get("types") or ["public_channel"]
    if any(each not in _KINDS for each in types):
        raise SlackError("invalid_types")
    kinds = [_KINDS[each] for each in types]
    for family in {each.family for each in call.slack.workspace.channels.values() if each.kind in kinds}:
        call.need(f"{family}:read")
    channels = [each for each in call.slack.workspace.channels.values() if each.kind in kinds]
    return [each for each in channels if not (call.get("exclude_archived") and each.archived)]


def _listed(call: Call, channels: list[Channel]) -> Json:
    shown, cursor = page(channels, call.get("cursor"), call.get("limit"))
    items = [each.as_json(call.app.bot_user_id, count=True) for each in shown]
    return {"channels": items, "response_metadata": {"next_cursor": cursor}}


@handles("conversations.members")
def members(call: Call) -> Json:
    """Ids of the members."""
    channel = channel_access.visible_channel(call, "read")
    shown, cursor = page(channel.members, call.get("cursor"), call.get("limit"))
    return {"members": shown, "response_metadata": {"next_cursor": cursor}}


@handles("conversations.history")
def history(call: Call) -> Json:
    """The top level of a conversation with the bot, newest first."""
    channel = channel_access.visible_channel(call, "history")
    channel_access.require_inside(call, channel)
    found = [each for each in reversed(channel.messages) if _between_times(call, each)]
    return _messages(call, found)


@handles("conversations.replies")
def replies(call: Call) -> Json:
    """A thread: the parent first, then its replies, oldest first."""
    channel = channel_access.visible_channel(call, "history")
    channel_access.require_inside(call, channel)
    parent = channel.find(str(call.get("ts")))
    if parent is None:
        raise SlackError("thread_not_found")
    found = [parent, *(each for each in parent.replies if _between_times(call, each))]
    return _messages(call, found)


def _messages(call: Call, found: list[Message]) -> Json:
    shown, cursor = page(found, call.get("cursor"), call.get("limit"), most=999)
    metadata = bool(call.get("include_all_metadata"))
    answer: Json = {"messages": [each.as_json(metadata=metadata) for each in shown], "has_more": bool(cursor)}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _between_times(call: Call, message: Message) -> bool:
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
