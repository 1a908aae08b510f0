"""What a message is made of: takes the arguments of `chat.*`, refuses what Slack refuses."""

from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.blocks.normalise import normalise
from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.validate import TOTAL_TEXT, Problem, text_length, validate_message

LONGEST_TEXT = 40_000  # https://docs.slack.dev/reference/methods/chat.postMessage#truncating
LONGEST_METADATA = 16_000


@dataclass
class Content:
    """The checked content of one message."""

    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None


def read(args: Json) -> Content:
    """Raises `no_text`, `invalid_blocks`, `msg_blocks_too_long`, `invalid_metadata_format` and their like."""
    blocks = _blocks(args.get("blocks"))
    text, markdown = str(args.get("text") or ""), args.get("markdown_text")
    attachments = args.get("attachments") or []
    if markdown and (blocks or text):
        raise SlackError("markdown_text_conflict")
    if markdown:
        blocks = normalise([{"type": "markdown", "text": str(markdown)}])
    if not (text.strip() or blocks or attachments):
        raise SlackError("no_text")
    if len(text) > LONGEST_TEXT:
        text = text[:LONGEST_TEXT]
    return Content(text, blocks, attachments, _metadata(args.get("metadata")))


def _blocks(blocks: Any) -> list[Json]:
    if blocks in (None, [], ""):
        return []
    if not isinstance(blocks, list) or not all(isinstance(each, dict) for each in blocks):
        raise SlackError("invalid_blocks_format")
    refuse_blocks(validate_message(blocks))
    if text_length(blocks) > TOTAL_TEXT:
        raise SlackError("msg_blocks_too_long")
    return normalise(blocks)


def refuse_blocks(problems: list[Problem]) -> None:
    """`invalid_blocks` with each problem and its json pointer."""
    if problems:
        lines = [str(each) for each in problems]
        messages = {"messages": [f"[ERROR] {line}" for line in lines]}
        raise SlackError("invalid_blocks", errors=lines, response_metadata=messages)


def _metadata(metadata: Any) -> Json | None:
    """https://docs.slack.dev/messaging/message-metadata: an event type and a payload, both required."""
    if metadata is None:
        return None
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_type"), str)
        or not metadata["event_type"]
    ):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")
    if len(str(metadata["event_payload"])) > LONGEST_METADATA:
        raise SlackError("metadata_too_large")
    return {"event_type": metadata["event_type"], "event_payload": metadata["event_payload"]}
