"""Reads the arguments of a Web API call from wherever a client may put them.

Query string, form or JSON body; the token in the header or among the arguments.
https://docs.slack.dev/apis/web-api/
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web

from bot.sandbox.slack.core.errors import Json, SlackError, invalid_arguments


@dataclass
class Incoming:
    """A call as it came: `plain` from query and form, `body` from JSON (None if there was no JSON body)."""

    token: str | None
    plain: dict[str, Any] = field(default_factory=dict)
    body: Json | None = None
    problem: str | None = None

    def merged(self, json_allowed: bool) -> Json:
        """All arguments together; a JSON body counts only where the method takes one."""
        values = dict(self.plain)
        if self.body and json_allowed:
            values |= self.body
        values.pop("token", None)
        return {key: value for key, value in values.items() if value is not None}


async def read(request: web.Request) -> Incoming:
    """Never raises: what cannot be read becomes `problem`, the error to answer with."""
    incoming = Incoming(_bearer(request), dict(request.query))
    if request.content_type == "application/json":
        await _read_json(request, incoming)
    elif request.method == "POST":
        form = await request.post()
        incoming.plain |= {key: value for key, value in form.items() if isinstance(value, str)}
    incoming.token = incoming.token or incoming.plain.get("token") or (incoming.body or {}).get("token")
    return incoming


async def _read_json(request: web.Request, incoming: Incoming) -> None:
    raw = await request.text()
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError:
        incoming.problem = "invalid_json"
        return
    if isinstance(body, dict):
        incoming.body = body
    else:
        incoming.problem = "json_not_object"


def _bearer(request: web.Request) -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def convert(name: str, kind: str, value: Any) -> Any:
    """One argument as its kind: str, int, bool, list (comma separated or JSON) or json."""
    return _CONVERTERS[kind](name, value)


def _string(name: str, value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise invalid_arguments(f"must be a string: {name}")
    return str(value)


def _integer(name: str, value: Any) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise invalid_arguments(f"must be a number: {name}") from None


def _boolean(_name: str, value: Any) -> bool:
    return str(value).lower() in ("1", "true", "yes")


def _list(name: str, value: Any) -> list[str]:
    if isinstance(value, str) and value.startswith("["):
        value = _json(name, value)
    if isinstance(value, list):
        return [str(each) for each in value]
    return [each.strip() for each in str(value).split(",") if each.strip()]


def _json(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise (
            SlackError(_BAD_JSON[name]) if name in _BAD_JSON else invalid_arguments(f"invalid JSON: {name}")
        ) from None


_BAD_JSON = {"blocks": "invalid_blocks_format", "metadata": "invalid_metadata_format"}
_CONVERTERS = {"str": _string, "int": _integer, "bool": _boolean, "list": _list, "json": _json}


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
