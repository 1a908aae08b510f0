"""An app's answer to a delivery, and what the person sees when it is not one."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

TIMEOUT = 3.0  # seconds in which an app must acknowledge

CONNECTING = "We had some trouble connecting. Try again?"
TIMED_OUT = "Operation timed out. Apps need to respond within 3 seconds."
NOT_CONFIGURED = "This app is not configured to handle interactive responses."
WENT_WRONG = "Oh no, something went wrong. Please try that again."


@dataclass(frozen=True)
class Ack:
    """`error` is None when the app acknowledged; `body` is its JSON, its plain text, or None."""

    body: Any = None
    error: str | None = None
    status: int | None = None
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        return self.error is None

    def command_trouble(self, command: str) -> str | None:
        """What Slackbot says below a slash command."""
        return None if self.ok else f'{command} failed with the error "{self.error}"'

    def action_trouble(self) -> str | None:
        """What stands beside a button."""
        if self.ok:
            return None
        if self.status is not None:
            return f"This app responded with Status Code {self.status}."
        return TIMED_OUT if self.error == "operation_timeout" else WENT_WRONG

    def modal_trouble(self) -> str | None:
        return None if self.ok else CONNECTING


def from_http(status: int, text: str, no_retry: bool = False) -> Ack:
    """Only 2xx is an acknowledgement."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Ack(read_body(text), None, status, no_retry)
    error = "http_client_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "http_service_error"
    return Ack(text, error, status, no_retry)


def read_body(text: str) -> Any:
    """JSON if it is JSON, the text if it is not, None if there is none."""
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
