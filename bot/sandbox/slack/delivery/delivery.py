"""A delivery to an app, and the app's acknowledgement of it."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from bot.sandbox.slack.core.errors import Json

TIMEOUT = 3.0  # seconds in which an app must acknowledge

# What Slack shows to the person when an app does not acknowledge.
CONNECTING = "We had some trouble connecting. Try again?"
TIMED_OUT = "Operation timed out. Apps need to respond within 3 seconds."
NOT_CONFIGURED = "This app is not configured to handle interactive responses."
WENT_WRONG = "Oh no, something went wrong. Please try that again."

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True)
class Delivery:
    """An event, interaction or command for an app.

    `envelope` is its type in Socket Mode, `name` its name in the log and in faults.
    """

    name: str
    envelope: str
    payload: Json
    accepts_response: bool = False
    retry_num: int = 0
    retry_reason: str = ""

    def body(self) -> tuple[bytes, str]:
        """The HTTP body and its content type."""
        if self.envelope == "events_api":
            return json.dumps(self.payload).encode(), _JSON
        if self.envelope == "slash_commands":
            return urlencode(self.payload).encode(), _FORM
        return urlencode({"payload": json.dumps(self.payload)}).encode(), _FORM


@dataclass(frozen=True)
class Ack:
    """An acknowledgement, or its absence: then `error` says why.

    `body` is the app's JSON, its plain text, or None; `status` the HTTP status, None in Socket Mode.
    """

    body: Any = None
    error: str | None = None
    status: int | None = None
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        return self.error is None

    def command_trouble(self, command: str) -> str | None:
        """The error that Slackbot shows for a slash command, None for none."""
        return None if self.ok else f'{command} failed with the error "{self.error}"'

    def action_trouble(self) -> str | None:
        """The error that Slack shows beside a button, None for none."""
        if self.ok:
            return None
        if self.status is not None:
            return f"This app responded with Status Code {self.status}."
        return TIMED_OUT if self.error == "operation_timeout" else WENT_WRONG


def from_http(status: int, text: str, no_retry: bool = False) -> Ack:
    """The acknowledgement in an HTTP response: only 2xx is one."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Ack(read_body(text), None, status, no_retry)
    error = "http_client_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "http_service_error"
    return Ack(text, error, status, no_retry)


def read_body(text: str) -> Any:
    """The body as JSON if it is JSON, else as text; None if it is empty."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
