"""Arguments of a Web API call: reading, conversion, and pages by cursor and limit.

Arguments come in the query string, a form or a JSON body; the token in a header or among the arguments.
https://docs.slack.dev/apis/web-api/ and https://docs.slack.dev/apis/web-api/pagination
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web

from bot.sandbox.slack.core.errors import Json, SlackError, invalid_arguments

T = TypeVar("T")


@dataclass
class CallArguments:
    """A call's arguments before conversion: `plain` from query and form, `body` from JSON, if any.

    `problem` is the error to answer with where they could not be read.
    """

    token: str | None
    plain: dict[str, Any] = field(default_factory=dict)
    body: Json | None = None
    problem: str | None = None

    def combine(self, takes_json: bool) -> Json:
        """All arguments except the token; the JSON body only for a method that takes JSON."""
        values = dict(self.plain)
        if self.body and takes_json:
            values |= self.body
        values.pop("token", None)
        return {key: value for key, value in values.items() if value is not None}


async def read_arguments(request: web.Request) -> CallArguments:
    """Read the arguments of a request. Never raises: see `CallArguments.problem`."""
    arguments = CallArguments(_bearer(request), dict(request.query))
    if request.content_type == "application/json":
        await _read_json(request, arguments)
    elif request.method == "POST":
        form = await request.post()
        arguments.plain |= {key: value for key, value in form.items() if isinstance(value, str)}
    arguments.token = arguments.token or arguments.plain.get("token") or (arguments.body or {}).get("token")
    return arguments


async def _read_json(request: web.Request, arguments: CallArguments) -> None:
    raw = await request.text()
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError:
        arguments.problem = "invalid_json"
        return
    if isinstance(body, dict):
        arguments.body = body
    else:
        arguments.problem = "json_not_object"


def _bearer(request: web.Request) -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def convert(name: str, kind: str, value: Any) -> Any:
    """An argument as its kind: str, int, bool, list (comma-separated or JSON) or json.

    Raises:
        SlackError: `invalid_arguments`, `invalid_blocks_format` or `invalid_metadata_format`.
    """
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
        return [str(item) for item in value]
    return [item.strip() for item in str(value).split(",") if item.strip()]


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


def page(
    items: Sequence[T], cursor: str | None, limit: int | None, default: int = 100, maximum: int = 1000
) -> tuple[list[T], str]:
    """One page of the items and the cursor of the next page, "" after the last.

    Raises:
        SlackError: `invalid_cursor` or `invalid_limit`.
    """
    size = default if limit in (None, 0) else int(limit or default)
    if size < 0 or size > maximum:
        raise SlackError("invalid_limit")
    start = _decode_cursor(cursor) if cursor else 0
    end = start + size
    return list(items[start:end]), _encode_cursor(end) if end < len(items) else ""


def _encode_cursor(offset: int) -> str:
    return base64.b64encode(f"next:{offset}".encode()).decode()


def _decode_cursor(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except ValueError:
        raise SlackError("invalid_cursor") from None
