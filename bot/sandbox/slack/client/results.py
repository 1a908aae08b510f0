"""The results of interactions, as the person sees them."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Outcome:
    """The result of an interaction.

    `trouble` is the error that Slack shows, None when the app acknowledged. `sent` is False where nothing
    was delivered: a declined confirm dialog, a field that dispatches no action.
    """

    trouble: str | None = None
    sent: bool = True

    @property
    def ok(self) -> bool:
        return self.trouble is None


@dataclass(frozen=True)
class CommandResult(Outcome):
    """The result of a slash command; `text` is the ephemeral answer, None if there was none."""

    text: str | None = None


@dataclass(frozen=True)
class SubmitResult:
    """The result of a form: `errors` by label; `action` is close, update, push, clear or errors."""

    ok: bool
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None
    action: str = "close"
