"""A chat client in the browser for the local Slack, of use to any Slack app. See README.md."""

from bot.sandbox.browser.extension_points import (
    CompanyClock,
    DueEvent,
    GuideError,
    Panel,
    Preset,
    Progress,
    Setup,
    Show,
    Table,
)
from bot.sandbox.browser.site import Browser

__all__ = [
    "Browser",
    "CompanyClock",
    "DueEvent",
    "GuideError",
    "Panel",
    "Preset",
    "Progress",
    "Setup",
    "Show",
    "Table",
]
