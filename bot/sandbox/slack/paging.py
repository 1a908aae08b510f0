"""Cursors.

https://docs.slack.dev/apis/web-api/pagination
"""

import base64
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox.slack.errors import SlackError

T = TypeVar("T")


def page(
    items: Sequence[T], cursor: str | None, limit: int | None, default: int = 100, most: int = 1000
) -> tuple[list[T], str]:
    """One page and the cursor of the next, "" after the last. `invalid_cursor`, `invalid_limit`."""
    size = default if limit in (None, 0) else int(limit or default)
    if size < 0 or size > most:
        raise SlackError("invalid_limit")
    start = _decode(cursor) if cursor else 0
    end = start + size
    return list(items[start:end]), _encode(end) if end < len(items) else ""


def _encode(offset: int) -> str:
    return base64.b64encode(f"next:{offset}".encode()).decode()


def _decode(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except ValueError:
        raise SlackError("invalid_cursor") from None
