"""chat.postMessage, chat.update and chat.delete."""

from bot.sandbox.slack.blocks import content
from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.web_api import channel_access
from bot.sandbox.slack.web_api.dispatch import Call, handles

LONGEST_UPDATE = 4000  # characters of text; a new message may have more, which is cut


@handles("chat.postMessage")
def post_message(call: Call) -> Json:
    """Posts as the bot; a person's id as channel means the DM with them."""
    channel = channel_access.writable_channel(call)
    message = build(call, channel)
    call.slack.rates.count_post(call.app.id, channel.id)
    posted = call.slack.workspace.post(channel, message)
    return {"channel": channel.id, "ts": posted.ts, "message": posted.as_json(metadata=True)}


def build(call: Call, channel: Channel) -> Message:
    """The bot's message, checked but not posted."""
    checked, thread_ts = content.read(call.args), call.get("thread_ts")
    if thread_ts and channel.find(thread_ts) is None:
        raise SlackError("cannot_reply_to_message")
    return Message(
        channel=channel.id,
        ts=call.slack.workspace.stamps.next(),
        user=call.app.bot_user_id,
        fallback=checked.text,
        blocks=checked.blocks,
        attachments=checked.attachments,
        metadata=checked.metadata,
        thread_ts=thread_ts,
        broadcast=bool(call.get("reply_broadcast") and thread_ts),
        mrkdwn=call.get("mrkdwn", True),
        bot_id=call.app.bot_id,
        app_id=call.app.id,
        username=call.get("username") if "chat:write.customize" in call.app.scopes else None,
    )


@handles("chat.update")
def update(call: Call) -> Json:
    """Replaces the content of one of the bot's own messages."""
    channel, message = _own_message(call, "cant_update_message")
    before = message.as_json()
    _change(call, message)
    call.slack.workspace.edited(channel, message, before)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.fallback,
        "message": message.as_json(metadata=True),
    }


def _change(call: Call, message: Message) -> None:
    """Text without blocks takes the blocks away; metadata stays unless new metadata is given."""
    checked = content.read(call.args)
    if len(str(call.get("text", ""))) > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    message.fallback, message.blocks, message.attachments = checked.text, checked.blocks, checked.attachments
    message.metadata = checked.metadata or message.metadata


@handles("chat.delete")
def delete(call: Call) -> Json:
    """Takes one of the bot's own messages away."""
    channel, message = _own_message(call, "cant_delete_message")
    call.slack.workspace.delete(channel, message)
    return {"channel": channel.id, "ts": message.ts}


def _own_message(call: Call, refusal: str) -> tuple[Channel, Message]:
    """A message by the channel's id (a name or a person's id will not do) that this bot wrote."""
    workspace = call.slack.workspace
    channel = workspace.channels.get(str(call.get("channel")))
    if channel is None or (channel.kind != "public" and not channel_access.inside(call, channel)):
        raise SlackError("channel_not_found")
    message = channel.find(str(call.get("ts")))
    if message is None:
        raise SlackError("message_not_found")
    if message.user != call.app.bot_user_id:
        raise SlackError(refusal)
    return channel, message


LATEST = 120 * 86400  # a message can be scheduled 120 days ahead


@handles("chat.postEphemeral")
def post_ephemeral(call: Call) -> Json:
    """Shows a message to one member of a channel, until they reload."""
    channel = channel_access.writable_channel(call)
    user = call.slack.workspace.users.get(str(call.get("user")))
    if user is None or user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    message = build(call, channel)
    call.slack.inbox.show(user.id, message)
    return {"message_ts": message.ts}


@handles("chat.scheduleMessage")
def schedule_message(call: Call) -> Json:
    """Posts later, by the clock that was handed in."""
    channel, at = channel_access.writable_channel(call), int(call.args["post_at"])
    now = call.slack.workspace.stamps.seconds()
    if at <= now:
        raise SlackError("time_in_past")
    if at > now + LATEST:
        raise SlackError("time_too_far")
    message = build(call, channel)
    scheduled = call.slack.timetable.add(at, lambda: _post(call, channel))
    return {
        "channel": channel.id,
        "scheduled_message_id": scheduled,
        "post_at": at,
        "message": message.as_json(),
    }


def _post(call: Call, channel: Channel) -> None:
    call.slack.workspace.post(channel, build(call, channel))


@handles("chat.deleteScheduledMessage")
def delete_scheduled(call: Call) -> Json:
    """Takes a scheduled message back."""
    if not call.slack.timetable.cancel(str(call.get("scheduled_message_id"))):
        raise SlackError("invalid_scheduled_message_id")
    return {}


@handles("chat.getPermalink")
def get_permalink(call: Call) -> Json:
    """The message's address in the workspace."""
    workspace = call.slack.workspace
    channel = workspace.channels.get(str(call.get("channel")))
    if channel is None:
        raise SlackError("channel_not_found")
    message = channel.find(str(call.get("message_ts")))
    if message is None:
        raise SlackError("message_not_found")
    path = f"archives/{channel.id}/p{message.ts.replace('.', '')}"
    return {"channel": channel.id, "permalink": f"https://{workspace.domain}.slack.com/{path}"}


@handles("reactions.add")
def add_reaction(call: Call) -> Json:
    """Adds the bot's reaction, once for each emoji."""
    channel, name = channel_access.visible_channel(call, "read"), str(call.get("name")).strip(":")
    message = channel.find(str(call.get("timestamp")))
    if message is None:
        raise SlackError("message_not_found")
    held = next((each for each in message.reactions if each["name"] == name), None)
    if held is None:
        held = {"name": name, "users": [], "count": 0}
        message.reactions.append(held)
    if call.app.bot_user_id in held["users"]:
        raise SlackError("already_reacted")
    held["users"].append(call.app.bot_user_id)
    held["count"] += 1
    return {}
