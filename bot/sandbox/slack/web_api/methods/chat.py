"""chat.* and reactions.add: posting, editing, deleting, scheduling and reacting."""

from bot.sandbox.slack.blocks.content import check_message
from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.web_api import channel_access
from bot.sandbox.slack.web_api.dispatch import Call, handles

LONGEST_UPDATE = 4000  # characters of text; a new message may have more, which is cut


@handles("chat.postMessage")
def post_message(call: Call) -> Json:
    """Post as the bot; a person's id as channel stands for the direct message with them."""
    channel = channel_access.writable_channel(call)
    message = build_message(call, channel)
    call.slack.rates.count_post(call.app.id, channel.id)
    message = call.slack.workspace.post(channel, message)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json(metadata=True)}


def build_message(call: Call, channel: Channel) -> Message:
    """The bot's message from valid arguments, not posted yet.

    Raises:
        SlackError: `cannot_reply_to_message` where there is no such thread.
    """
    content, thread_ts = check_message(call.args), call.get("thread_ts")
    if thread_ts and channel.find(thread_ts) is None:
        raise SlackError("cannot_reply_to_message")
    return Message(
        channel=channel.id,
        ts=call.slack.workspace.timestamps.next(),
        user=call.app.bot_user_id,
        fallback=content.text,
        blocks=content.blocks,
        attachments=content.attachments,
        metadata=content.metadata,
        thread_ts=thread_ts,
        broadcast=bool(call.get("reply_broadcast") and thread_ts),
        mrkdwn=call.get("mrkdwn", True),
        bot_id=call.app.bot_id,
        app_id=call.app.id,
        username=call.get("username") if "chat:write.customize" in call.app.scopes else None,
    )


@handles("chat.update")
def update(call: Call) -> Json:
    """Replace the content of one of the bot's messages."""
    channel, message = _own_message(call, "cant_update_message")
    before = message.as_json()
    _set_content(call, message)
    call.slack.workspace.mark_edited(channel, message, before)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.fallback,
        "message": message.as_json(metadata=True),
    }


def _set_content(call: Call, message: Message) -> None:
    """Set the new content. Text alone removes the blocks; metadata is kept unless there is new.

    Raises:
        SlackError: `msg_too_long`.
    """
    content = check_message(call.args)
    if len(str(call.get("text", ""))) > LONGEST_UPDATE:
        raise SlackError("msg_too_long")
    message.fallback, message.blocks, message.attachments = content.text, content.blocks, content.attachments
    message.metadata = content.metadata or message.metadata


@handles("chat.delete")
def delete(call: Call) -> Json:
    """Delete one of the bot's messages."""
    channel, message = _own_message(call, "cant_delete_message")
    call.slack.workspace.delete(channel, message)
    return {"channel": channel.id, "ts": message.ts}


def _own_message(call: Call, refusal: str) -> tuple[Channel, Message]:
    """The bot's message that `channel` (an id; a name or a person's id is not enough) and `ts` name.

    Raises:
        SlackError: `channel_not_found`, `message_not_found`, or `refusal` for somebody else's message.
    """
    workspace = call.slack.workspace
    channel = workspace.channels.get(str(call.get("channel")))
    if channel is None or (channel.kind != "public" and not channel_access.is_member(call, channel)):
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
    """Show a message to one member of a channel, until they reload their client.

    Raises:
        SlackError: `user_not_in_channel`.
    """
    channel = channel_access.writable_channel(call)
    user = call.slack.workspace.users.get(str(call.get("user")))
    if user is None or user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    message = build_message(call, channel)
    call.slack.inbox.show(user.id, message)
    return {"message_ts": message.ts}


@handles("chat.scheduleMessage")
def schedule_message(call: Call) -> Json:
    """Post at a later time of the local Slack's clock.

    Raises:
        SlackError: `time_in_past`, or `time_too_far`.
    """
    channel, at = channel_access.writable_channel(call), int(call.args["post_at"])
    now = call.slack.workspace.timestamps.seconds()
    if at <= now:
        raise SlackError("time_in_past")
    if at > now + LATEST:
        raise SlackError("time_too_far")
    message = build_message(call, channel)
    key = call.slack.schedule.add(at, lambda: _post(call, channel))
    return {
        "channel": channel.id,
        "scheduled_message_id": key,
        "post_at": at,
        "message": message.as_json(),
    }


def _post(call: Call, channel: Channel) -> None:
    call.slack.workspace.post(channel, build_message(call, channel))


@handles("chat.deleteScheduledMessage")
def delete_scheduled(call: Call) -> Json:
    """Cancel a scheduled message.

    Raises:
        SlackError: `invalid_scheduled_message_id`.
    """
    if not call.slack.schedule.cancel(str(call.get("scheduled_message_id"))):
        raise SlackError("invalid_scheduled_message_id")
    return {}


@handles("chat.getPermalink")
def get_permalink(call: Call) -> Json:
    """The permanent link of a message.

    Raises:
        SlackError: `channel_not_found`, or `message_not_found`.
    """
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
    """Add the bot's reaction to a message, once for each emoji.

    Raises:
        SlackError: `message_not_found`, or `already_reacted`.
    """
    channel, name = channel_access.visible_channel(call, "read"), str(call.get("name")).strip(":")
    message = channel.find(str(call.get("timestamp")))
    if message is None:
        raise SlackError("message_not_found")
    reactions = {reaction["name"]: reaction for reaction in message.reactions}
    reaction = reactions.get(name)
    if reaction is None:
        reaction = {"name": name, "users": [], "count": 0}
        message.reactions.append(reaction)
    if call.app.bot_user_id in reaction["users"]:
        raise SlackError("already_reacted")
    reaction["users"].append(call.app.bot_user_id)
    reaction["count"] += 1
    return {}
