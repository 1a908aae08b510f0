"""Uploads in three steps: an address to send to, the bytes, and the sharing of it."""

from bot.sandbox.slack import reach
from bot.sandbox.slack.dispatch import Call, handles
from bot.sandbox.slack.errors import Json, SlackError, invalid_arguments
from bot.sandbox.slack.messages import Message

LARGEST = 1024**3


@handles("files.getUploadURLExternal")
def get_upload_url(call: Call) -> Json:
    """Where to send the bytes of a file."""
    if call.args["length"] <= 0:
        raise invalid_arguments("must be greater than 0 [json-pointer:/length]")
    if call.args["length"] > LARGEST:
        raise SlackError("file_upload_size_restricted")
    upload = call.slack.files.expect(str(call.get("filename")), call.args["length"])
    return {"upload_url": call.slack.files.address(upload), "file_id": upload.id}


@handles("files.completeUploadExternal")
def complete_upload(call: Call) -> Json:
    """Ends an upload and shares it where asked."""
    named = [(str(each.get("id")), each.get("title")) for each in call.args["files"]]
    uploads = [call.slack.files.complete(file_id, title) for file_id, title in named]
    shared = [each.as_json() for each in uploads]
    channels = call.get("channels") or [call.get("channel_id")]
    for channel_id in filter(None, channels):
        _share(call, str(channel_id), shared)
    return {"files": shared}


def _share(call: Call, channel_id: str, files: list[Json]) -> None:
    call.args["channel"] = channel_id
    channel = reach.writable_channel(call)
    bot, ts = call.app.bot_user_id, call.slack.workspace.stamps.next()
    message = Message(
        channel.id, ts, bot, call.get("initial_comment", ""), files=files, thread_ts=call.get("thread_ts")
    )
    message.bot_id, message.app_id = call.app.bot_id, call.app.id
    call.slack.workspace.post(channel, message)
