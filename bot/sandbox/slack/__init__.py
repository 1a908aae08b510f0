"""A local Slack for any Slack app, as strict as the real one. See README.md."""

from bot.sandbox.slack.client.person import Person
from bot.sandbox.slack.client.results import CommandResult, Outcome, SubmitResult
from bot.sandbox.slack.core.errors import NotVisible, OptionsNotLoaded
from bot.sandbox.slack.local_slack import LocalSlack
from bot.sandbox.slack.state.apps import App, ManifestError
from bot.sandbox.slack.validate import Problem, validate_message, validate_view

__all__ = [
    "App",
    "CommandResult",
    "LocalSlack",
    "ManifestError",
    "NotVisible",
    "OptionsNotLoaded",
    "Outcome",
    "Person",
    "Problem",
    "SubmitResult",
    "validate_message",
    "validate_view",
]
