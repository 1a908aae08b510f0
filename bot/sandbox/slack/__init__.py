"""A Slack of one's own: as strict as the real one, on this machine, for any Slack app. See README.md."""

from bot.sandbox.slack.client.person import Person
from bot.sandbox.slack.client.results import CommandResult, NotVisible, Outcome, SubmitResult, Trouble
from bot.sandbox.slack.local_slack import LocalSlack
from bot.sandbox.slack.state.apps import App, ManifestError
from bot.sandbox.slack.validate import Problem, validate_message, validate_view

__all__ = [
    "App",
    "CommandResult",
    "LocalSlack",
    "ManifestError",
    "NotVisible",
    "Outcome",
    "Person",
    "Problem",
    "SubmitResult",
    "Trouble",
    "validate_message",
    "validate_view",
]
