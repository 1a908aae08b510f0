"""The one exception by which a Web API method refuses."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """A refusal in Slack's own words: becomes `{"ok": false, "error": code, …}`."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def as_json(self) -> Json:
        return {"ok": False, "error": self.code, **self.extra}


def invalid_arguments(*messages: str) -> SlackError:
    """`invalid_arguments` with the details where Slack puts them."""
    lines = [f"[ERROR] {message}" for message in messages]
    return SlackError("invalid_arguments", response_metadata={"messages": lines})
