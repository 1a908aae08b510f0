"""Checks of messages and views that an app sends, with the errors of Slack's Web API."""

import json
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.blocks.normalise import normalise
from bot.sandbox.slack.core.errors import Json, SlackError, invalid_arguments
from bot.sandbox.slack.validate import (
    TOTAL_TEXT,
    VIEW_SIZE,
    Problem,
    text_length,
    validate_message,
    validate_view,
)

LONGEST_TEXT = 40_000  # https://docs.slack.dev/reference/methods/chat.postMessage#truncating
LONGEST_METADATA = 16_000


@dataclass
class MessageContent:
    """Valid content of one message, with the defaults that Slack adds to blocks."""

    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None


def check_message(args: Json) -> MessageContent:
    """The content in the arguments of `chat.*` or the body of a response_url; longer text is cut.

    Raises:
        SlackError: `no_text`, `markdown_text_conflict`, `invalid_blocks_format`, `invalid_blocks`,
            `msg_blocks_too_long`, `invalid_metadata_format`, `metadata_too_large`.
    """
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
    return MessageContent(text, blocks, attachments, _metadata(args.get("metadata")))


def _blocks(blocks: Any) -> list[Json]:
    if blocks in (None, [], ""):
        return []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise SlackError("invalid_blocks_format")
    _raise_for_problems(validate_message(blocks))
    if text_length(blocks) > TOTAL_TEXT:
        raise SlackError("msg_blocks_too_long")
    return normalise(blocks)


def _raise_for_problems(problems: list[Problem]) -> None:
    """Stop where there are problems.

    Raises:
        SlackError: `invalid_blocks`, with each problem and its JSON pointer.
    """
    if problems:
        lines = [str(problem) for problem in problems]
        messages = {"messages": [f"[ERROR] {line}" for line in lines]}
        raise SlackError("invalid_blocks", errors=lines, response_metadata=messages)


def _metadata(metadata: Any) -> Json | None:
    """Message metadata: an event type and a payload, both required.

    See https://docs.slack.dev/messaging/message-metadata.

    Raises:
        SlackError: `invalid_metadata_format`, or `metadata_too_large`.
    """
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


def check_view(definition: Any, kind: str | None) -> Json:
    """The view, if Slack would accept it; `kind` is the required type, None for either.

    Raises:
        SlackError: `invalid_arguments` with JSON pointers, or `view_too_large`.
    """  # noqa: DOC501 - `invalid_arguments` makes a SlackError
    problems = validate_view(definition, kind)
    if problems:
        general = "failed to match all allowed schemas [json-pointer:/view]"
        raise invalid_arguments(general, *(str(problem) for problem in problems))
    if len(json.dumps(definition).encode()) > VIEW_SIZE:
        raise SlackError("view_too_large")
    return dict(definition)
