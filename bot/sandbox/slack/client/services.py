"""The interface through which a person's client uses the local Slack."""

from typing import Protocol

from bot.sandbox.slack.core.changes import Changes
from bot.sandbox.slack.core.traffic_log import Log
from bot.sandbox.slack.delivery.deliveries import Deliveries
from bot.sandbox.slack.delivery.events_api import EventsApi
from bot.sandbox.slack.delivery.response_urls import ResponseUrls
from bot.sandbox.slack.state.inbox import Inbox
from bot.sandbox.slack.state.triggers import Triggers
from bot.sandbox.slack.state.views import Views
from bot.sandbox.slack.state.workspace import Workspace


class ClientServices(Protocol):
    """What a client needs of the local Slack; `LocalSlack` has it."""

    workspace: Workspace
    views: Views
    inbox: Inbox
    triggers: Triggers
    changes: Changes
    log: Log
    deliveries: Deliveries
    events_api: EventsApi
    response_urls: ResponseUrls
