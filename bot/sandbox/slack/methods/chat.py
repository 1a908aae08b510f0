"""chat.postMessage, chat.update and chat.delete."""

from bot.sandbox.slack import content, reach
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.dispatch import Call, handles
from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.messages import Message

LONGEST_UPDATE = 4000  # characters of text; a new message may have more, which is cut


@handles("chat.postMessage")
def post_message(call: Call) -> Json:
    """Posts as the bot; a person's id as channel means the DM with them."""
    channel = reach.writable_channel(call)
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
    if channel is None or (channel.kind != "public" and not reach.inside(call, channel)):
        raise SlackError("channel_not_found")
    message = channel.find(str(call.get("ts")))
    if message is None:
        raise SlackError("message_not_found")
    if message.user != call.app.bot_user_id:
        raise SlackError(refusal)
    return channel, message
