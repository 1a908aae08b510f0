"""Errors: those that the Web API answers with, and those of a person whose client cannot do something."""

from typing import Any

Json = dict[str, Any]


class SlackError(Exception):
    """An error answer of the Web API: `{"ok": false, "error": code, …}`, with `extra` as further keys."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra

    def as_json(self) -> Json:
        return {"ok": False, "error": self.code, **self.extra}


def invalid_arguments(*messages: str) -> SlackError:
    """`invalid_arguments` with its details in `response_metadata.messages`, where Slack puts them."""
    lines = [f"[ERROR] {message}" for message in messages]
    return SlackError("invalid_arguments", response_metadata={"messages": lines})


class NotVisible(AssertionError):
    """A person looked for something that is not on their screen. The message lists what is there."""


class OptionsNotLoaded(AssertionError):
    """An app gave no valid options for an external menu, so Slack shows an error in the menu."""
