"""What the workspace is made of: the tables that its verbs read and write."""

from bot.sandbox.slack.channels import Channel
from bot.sandbox.slack.clock import Clock, Timestamps
from bot.sandbox.slack.events import Event, Publish
from bot.sandbox.slack.ids import Ids
from bot.sandbox.slack.installed import App
from bot.sandbox.slack.people import User
from bot.sandbox.slack.usergroups import UserGroup


class State:
    """One team. `publish` is told of every event; before the server runs it may drop them."""

    def __init__(self, clock: Clock, publish: Publish) -> None:
        self.ids = Ids()
        self.clock = clock
        self.stamps = Timestamps(clock)
        self.publish = publish
        self.id = self.ids.new("T")
        self.name = "Local"
        self.domain = "local"
        self.paid = True  # user groups exist on paid plans only
        self.usergroup_writes = True  # the workspace setting "who can change user groups"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.apps: dict[str, App] = {}

    def _tell(self, kind: str, **body: object) -> None:
        ts = self.stamps.next()
        self.publish(Event(kind, {"type": kind, **body, "event_ts": ts}))
