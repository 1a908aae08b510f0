"""Ephemeral and scheduled messages, permalinks and reactions."""

from bot.sandbox.slack import reach
from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.dispatch import Call, handles
from bot.sandbox.slack.errors import Json, SlackError
from bot.sandbox.slack.methods.chat import build

LATEST = 120 * 86400  # a message can be scheduled 120 days ahead


@handles("chat.postEphemeral")
def post_ephemeral(call: Call) -> Json:
    """Shows a message to one member of a channel, until they reload."""
    channel = reach.writable_channel(call)
    user = call.slack.workspace.users.get(str(call.get("user")))
    if user is None or user.id not in channel.members:
        raise SlackError("user_not_in_channel")
    message = build(call, channel)
    call.slack.inbox.show(user.id, message)
    return {"message_ts": message.ts}


@handles("chat.scheduleMessage")
def schedule_message(call: Call) -> Json:
    """Posts later, by the clock that was handed in."""
    channel, at = reach.writable_channel(call), int(call.args["post_at"])
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
    channel, name = reach.visible_channel(call, "read"), str(call.get("name")).strip(":")
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
