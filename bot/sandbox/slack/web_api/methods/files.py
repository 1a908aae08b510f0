"""files.*: an upload's address, then, once its bytes were sent, its completion and sharing."""

from bot.sandbox.slack.core.errors import Json, SlackError, invalid_arguments
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.validate.rules import Report, array, shape, string
from bot.sandbox.slack.web_api import channel_access
from bot.sandbox.slack.web_api.dispatch import Call, handles

MAX_SIZE = 1024**3  # bytes
_FIELDS = {"id": string(), "title": string(None, 0), "highlight_type": string()}
_FILES = array(shape(_FIELDS, "id"), 100)


@handles("files.getUploadURLExternal")
def get_upload_url(call: Call) -> Json:
    """Announce a file and return the address to send its bytes to.

    Raises:
        SlackError: `invalid_arguments` for an empty file, or `file_upload_size_restricted`.
    """  # noqa: DOC501 - `invalid_arguments` makes a SlackError
    if call.args["length"] <= 0:
        raise invalid_arguments("must be greater than 0 [json-pointer:/length]")
    if call.args["length"] > MAX_SIZE:
        raise SlackError("file_upload_size_restricted")
    upload = call.slack.files.create(str(call.get("filename")), call.args["length"])
    return {"upload_url": call.slack.files.upload_url(upload), "file_id": upload.id}


@handles("files.completeUploadExternal")
def complete_upload(call: Call) -> Json:
    """Complete uploads and share them in channels.

    Raises:
        SlackError: `invalid_arguments` with each problem of `files`.
    """  # noqa: DOC501 - `invalid_arguments` makes a SlackError
    report: Report = []
    _FILES(call.args["files"], "/files", report)
    if report:
        raise invalid_arguments(*(str(problem) for problem in report))
    uploads = [call.slack.files.complete(file["id"], file.get("title")) for file in call.args["files"]]
    data = [upload.as_json() for upload in uploads]
    channels = call.get("channels") or [call.get("channel_id")]
    for channel_id in filter(None, channels):
        _share(call, str(channel_id), data)
    return {"files": data}


def _target_channel(call: Call) -> Channel:
    try:
        return channel_access.writable_channel(call)
    except SlackError as refusal:
        in_table = refusal.code in call.method.errors
        raise refusal if in_table else SlackError("posting_to_channel_denied") from None


def _share(call: Call, channel_id: str, files: list[Json]) -> None:
    call.args["channel"] = channel_id
    channel = _target_channel(call)
    bot, ts = call.app.bot_user_id, call.slack.workspace.timestamps.next()
    message = Message(
        channel.id, ts, bot, call.get("initial_comment", ""), files=files, thread_ts=call.get("thread_ts")
    )
    message.bot_id, message.app_id = call.app.bot_id, call.app.id
    call.slack.workspace.post(channel, message)
