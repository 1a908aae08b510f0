"""An app installed in the workspace: its tokens, what it may do, and what it asked to be told."""

from dataclasses import dataclass, field

from bot.sandbox.slack.errors import Json

# The scope without which Slack sends no event of that kind. https://docs.slack.dev/reference/events
EVENT_SCOPES = {
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.mpim": "mpim:history",
    "user_change": "users:read",
    "team_join": "users:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "subteam_created": "usergroups:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "reaction_added": "reactions:read",
    "app_mention": "app_mentions:read",
}


class ManifestError(ValueError):
    """The app asks for what Slack would not let it have, such as an event without its scope."""


@dataclass
class Shortcut:
    """A global or message shortcut; `type` is "global" or "message"."""

    name: str
    callback_id: str
    type: str = "global"
    description: str = ""


@dataclass
class App:
    """One installation. `request_url` is None for an app that is reached by Socket Mode."""

    id: str
    name: str
    team_id: str
    bot_user_id: str
    bot_id: str
    bot_token: str = field(repr=False)
    app_token: str = field(repr=False)
    signing_secret: str = field(repr=False)
    verification_token: str = field(repr=False)
    scopes: set[str]
    events: set[str]
    commands: dict[str, Json]
    shortcuts: list[Shortcut]
    request_url: str | None = None
    options_url: str | None = None
    socket_mode: bool = True
    interactive: bool = True
    home_tab: bool = True
    messages_tab: bool = True
    messages_read_only: bool = False
    installed: bool = True

    def __post_init__(self) -> None:
        for event in sorted(self.events):
            needed = EVENT_SCOPES.get(event)
            if needed and needed not in self.scopes:
                raise ManifestError(f"the event {event} needs the scope {needed}")
        if (self.commands or self.shortcuts) and "commands" not in self.scopes:
            raise ManifestError("slash commands and shortcuts need the scope commands")

    def scope_list(self) -> str:
        """The scopes as the header `x-oauth-scopes` carries them."""
        return ",".join(sorted(self.scopes))

    def shortcut(self, callback_id: str) -> Shortcut | None:
        return next((each for each in self.shortcuts if each.callback_id == callback_id), None)
