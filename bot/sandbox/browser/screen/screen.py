"""Everything that one window shows, as the templates ask for it."""

from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from bot.sandbox.browser.actions import conversation
from bot.sandbox.browser.actions.page_actions import surface_ref
from bot.sandbox.browser.draw import pictures
from bot.sandbox.browser.draw.canvas import Canvas
from bot.sandbox.browser.draw.mrkdwn import mrkdwn, plain
from bot.sandbox.browser.draw.reader import Reader, reader_of
from bot.sandbox.browser.extension_points import Setup
from bot.sandbox.browser.place import Place
from bot.sandbox.browser.screen import conversation_rows
from bot.sandbox.browser.window import Window
from bot.sandbox.slack import LocalSlack
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.state.people import User
from bot.sandbox.slack.state.views import View


@dataclass(frozen=True)
class ConversationLink:
    """A line of the list of conversations."""

    name: str
    url: str
    unread: int
    current: bool
    mark: str  # "app", "#" or "lock"


class Screen:
    """What one window shows now. Nothing here changes anything."""

    app_picture = staticmethod(pictures.app_picture)

    def __init__(self, slack: LocalSlack, setup: Setup, window: Window) -> None:
        self.slack, self.setup, self.window = slack, setup, window
        self.place: Place = conversation.with_default_conversation(slack, window.place)
        self.user: User = slack.workspace.users[self.place.user_id]
        self.reader: Reader = reader_of(slack.workspace, self.user.id)

    @cached_property
    def names(self) -> dict[str, str]:
        return self.slack.workspace.display_names()

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {user_id: number for number, user_id in enumerate(self.slack.workspace.users)}

    def picture(self, user_id: str) -> Markup:
        """The picture of a person or of an app's bot."""
        user = self.slack.workspace.users.get(user_id)
        name = user.real_name if user else user_id
        if user and user.is_bot:
            return pictures.app_picture(name)
        return pictures.avatar(name, self._numbers.get(user_id, 0))

    @property
    def people(self) -> list[User]:
        """The people one can act as: those in the setup's order first, then everybody else."""
        users = [user for user in self.slack.workspace.users.values() if not user.is_bot]
        place = {user_id: number for number, user_id in enumerate(self.setup.order)}
        return sorted(users, key=lambda user: place.get(user.id, len(place)))

    def unread_of(self, user: User) -> int:
        """The number on a person's picture: their unread messages of all apps."""
        if user.deleted:
            return 0
        channels = [self.slack.workspace.im(user.id, app) for app in self.apps]
        return sum(self.slack.inbox.unread(user.id, channel) for channel in channels)

    @property
    def apps(self) -> list[App]:
        return conversation.installed_apps(self.slack)

    @cached_property
    def app(self) -> App | None:
        """The app whose Home or conversation is open."""
        return conversation.app_at(self.slack, self.place)

    @property
    def app_links(self) -> list[ConversationLink]:
        return [self._app_link(app) for app in self.apps]

    def _app_link(self, app: App) -> ConversationLink:
        channel = self.slack.workspace.im(self.user.id, app)
        return ConversationLink(
            app.name, self.place.url(where=channel.id), self._unread(channel), app is self.app, "app"
        )

    @property
    def channel_links(self) -> list[ConversationLink]:
        channels = [
            channel
            for channel in self.slack.workspace.channels.values()
            if channel.name and not channel.archived
        ]
        return [self._channel_link(channel) for channel in channels if self.user.id in channel.members]

    def _channel_link(self, channel: Channel) -> ConversationLink:
        mark = "#" if channel.kind == "public" else "lock"
        return ConversationLink(
            channel.name,
            self.place.url(where=channel.id),
            self._unread(channel),
            channel.id == self.place.where,
            mark,
        )

    def _unread(self, channel: Channel) -> int:
        return self.slack.inbox.unread(self.user.id, channel)

    @cached_property
    def channel(self) -> Channel | None:
        """The open conversation, if this person is in it."""
        channel = self.slack.workspace.channels.get(self.place.where)
        return channel if channel and self.user.id in channel.members else None

    @property
    def at_home(self) -> bool:
        return self.app is not None and self.place.where == self.app.id

    @property
    def home(self) -> Canvas | None:
        view = self.slack.views.home(self.user.id, self.app) if self.app else None
        return self.canvas(view) if view else None

    @property
    def messages_url(self) -> str:
        return self.place.url(where=self.slack.workspace.im(self.user.id, self.app).id) if self.app else ""

    @cached_property
    def rows(self) -> list[conversation_rows.MessageRow]:
        return conversation_rows.message_rows(self, self.channel) if self.channel else []

    @property
    def earlier(self) -> int:
        """The number of older messages that are not shown."""
        return max(0, len(self.channel.messages) - conversation_rows.MAX_ROWS) if self.channel else 0

    @cached_property
    def thread(self) -> list[conversation_rows.MessageRow]:
        """The open thread: its first message and the replies."""
        return (
            conversation_rows.thread_rows(self, self.channel, self.place.thread)
            if self.channel and self.place.thread
            else []
        )

    @cached_property
    def closed_to_writing(self) -> str:
        """Why this person cannot write here; empty if they can."""
        channel, app = self.channel, self.app
        if channel is None:
            return "You are not in this conversation."
        if self.user.deleted:
            return f"{self.user.real_name} has left the company."
        if app and channel.kind == "im" and (app.messages_read_only or not app.messages_tab):
            return "Sending messages to this app has been turned off."
        return "This channel is archived." if channel.archived else ""

    @cached_property
    def modal(self) -> View | None:
        return self.slack.views.top(self.user.id)

    @property
    def depth(self) -> int:
        """The number of open modals."""
        return len(self.slack.views.stack(self.user.id))

    @property
    def fault(self) -> str:
        """The faults in force in a few words; empty for none."""
        faults = self.slack.faults.active
        if len(faults) > 1:
            return f"{len(faults)} faults"
        return faults[0].label or "1 fault" if faults else ""

    def text(self, value: object) -> Markup:
        """A text object outside any surface, as in a confirm dialog."""
        if not isinstance(value, dict):
            return Markup()
        text = str(value.get("text", ""))
        return mrkdwn(text, self.reader) if value.get("type") == "mrkdwn" else plain(text)

    def canvas(self, surface: Message | View) -> Canvas:
        """A message or a view to draw for this person."""
        view = surface if isinstance(surface, View) else None
        return Canvas(
            self.reader,
            surface_ref(surface),
            surface.blocks,
            view.form if view else self.slack.inbox.form(self.user.id, surface),  # type: ignore[arg-type]
            self.names,
            self.window.status,
            view.errors if view else {},
            self.slack.base_url + "files/",
        )
