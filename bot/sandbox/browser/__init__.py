"""A chat client in the browser for the local Slack, of use to any Slack app. See README.md."""

from bot.sandbox.browser.extension_points import Due, Panel, Setup, Switch, Table, Time
from bot.sandbox.browser.site import Browser

__all__ = ["Browser", "Due", "Panel", "Setup", "Switch", "Table", "Time"]
