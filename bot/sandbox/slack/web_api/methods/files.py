"""Uploads in three steps: an address to send to, the bytes, and the sharing of it."""

from bot.sandbox.slack.core.errors import Json, SlackError, invalid_arguments
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.validate.rules import Report, array, shape, string
from bot.sandbox.slack.web_api import channel_access
from bot.sandbox.slack.web_api.dispatch import Call, handles

LARGEST = 1024**3
_FIELDS = {"id": string(), "title": string(None, 0), "highlight_type": string()}
_FILES = array(shape(_FIELDS, "id"), 100)


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
    report: Report = []
    _FILES(call.args["files"], "/files", report)
    if report:
        raise invalid_arguments(*(str(each) for each in report))
    uploads = [call.slack.files.complete(each["id"], each.get("title")) for each in call.args["files"]]
    shared = [each.as_json() for each in uploads]
    channels = call.get("channels") or [call.get("channel_id")]
    for channel_id in filter(None, channels):
        _share(call, str(channel_id), shared)
    return {"files": shared}


def _target(call: Call) -> Channel:
    try:
        return channel_access.writable_channel(call)
    except SlackError as refusal:
        known = refusal.code in call.method.errors
        raise refusal if known else SlackError("posting_to_channel_denied") from None


def _share(call: Call, channel_id: str, files: list[Json]) -> None:
    call.args["channel"] = channel_id
    channel = _target(call)
    bot, ts = call.app.bot_user_id, call.slack.workspace.stamps.next()
    message = Message(
        channel.id, ts, bot, call.get("initial_comment", ""), files=files, thread_ts=call.get("thread_ts")
    )
    message.bot_id, message.app_id = call.app.bot_id, call.app.id
    call.slack.workspace.post(channel, message)
