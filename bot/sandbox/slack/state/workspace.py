"""The workspace: people (`Directory`), conversations (`Messaging`), and the apps installed in it."""

from collections.abc import Iterable
from typing import Any

from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.core.ids import secret
from bot.sandbox.slack.state import apps
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.events import Event
from bot.sandbox.slack.state.messaging import Messaging
from bot.sandbox.slack.state.people import User


class Workspace(Messaging):
    """One team. Every method takes effect at once and sends the events that Slack would send."""

    def install_app(  # noqa: PLR0913  keywords, one for each thing an app has
        self,
        name: str | None = None,
        *,
        manifest: Json | None = None,
        scopes: Iterable[str] | None = None,
        events: Iterable[str] | None = None,
        commands: Iterable[Any] | None = None,
        shortcuts: Iterable[Json] | None = None,
        bot_token: str | None = None,
        app_token: str | None = None,
        signing_secret: str | None = None,
        request_url: str | None = None,
        socket_mode: bool | None = None,
    ) -> App:
        """Install an app from a manifest, from keywords, or from both (keywords win).

        Raises:
            ManifestError: Slack would not accept it, as an event without its scope.
        """
        settings: Json = apps.app_settings(manifest) if manifest else {"name": "App", "scopes": set()}
        keywords: Json = {
            "name": name,
            "scopes": None if scopes is None else set(scopes),
            "events": None if events is None else set(events),
            "commands": None if commands is None else apps.read_commands(list(commands)),
            "shortcuts": None if shortcuts is None else [apps.read_shortcut(entry) for entry in shortcuts],
            "request_url": request_url,
            "socket_mode": False if request_url and socket_mode is None else socket_mode,
        }
        defaults: Json = {"events": set(), "commands": {}, "shortcuts": []}
        settings = defaults | settings | {key: value for key, value in keywords.items() if value is not None}
        tokens = {"bot_token": bot_token, "app_token": app_token, "signing_secret": signing_secret}
        return self._install(settings, tokens)

    def _install(self, settings: Json, tokens: dict[str, str | None]) -> App:
        bot = self._bot_user(settings["name"])
        app = App(
            id=str(bot.app_id),
            team_id=self.id,
            bot_user_id=bot.id,
            bot_id=str(bot.bot_id),
            bot_token=tokens["bot_token"] or secret("xoxb-"),
            app_token=tokens["app_token"] or secret("xapp-"),
            signing_secret=tokens["signing_secret"] or secret(),
            verification_token=secret(),
            **settings,
        )
        self.users[bot.id] = bot
        self.apps[app.id] = app
        return app

    def _bot_user(self, name: str) -> User:
        handle = name.lower().replace(" ", "_")
        bot = User(self.ids.new("U"), self.id, handle, name, is_bot=True, updated=self.timestamps.seconds())
        bot.bot_id, bot.app_id = self.ids.new("B"), self.ids.new("A")
        return bot

    def uninstall(self, app: App) -> None:
        """Revoke the app's tokens; send `tokens_revoked` and `app_uninstalled`."""
        ts = self.timestamps.next()
        tokens = {"oauth": [], "bot": [app.bot_user_id]}
        self.publish(
            Event(
                "tokens_revoked", {"type": "tokens_revoked", "tokens": tokens, "event_ts": ts}, recipient=app
            )
        )
        self.publish(Event("app_uninstalled", {"type": "app_uninstalled", "event_ts": ts}, recipient=app))
        app.installed = False
        self.users[app.bot_user_id].deleted = True

    def display_names(self) -> dict[str, str]:
        """The names of people and channels by their ids."""
        people = {user.id: user.real_name for user in self.users.values()}
        return people | {channel.id: channel.name for channel in self.channels.values() if channel.name}
