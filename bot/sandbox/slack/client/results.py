"""What came of an interaction, as the person sees it."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """`trouble` is the text of failure that Slack shows, None when the app acknowledged.

    `sent` is False where nothing was delivered: a confirm dialog that was declined, a menu without dispatch.
    """

    trouble: str | None = None
    sent: bool = True

    @property
    def ok(self) -> bool:
        return self.trouble is None


@dataclass(frozen=True)
class CommandResult(Outcome):
    """`text` is what only the person saw in answer, None if there was nothing."""

    text: str | None = None


@dataclass(frozen=True)
class SubmitResult:
    """What became of a form. `errors` by label; `action` is close, update, push, clear or errors."""

    ok: bool
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None
    action: str = "close"


class NotVisible(AssertionError):
    """The person cannot do that: what they look for is not on the screen. Says what is."""


class Trouble(AssertionError):
    """Slack showed an error where the caller asked for a value (options of a menu)."""
