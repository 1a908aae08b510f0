"""Everything that one window shows, gathered for the templates."""

from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from bot.sandbox.browser.actions import conversation
from bot.sandbox.browser.actions.page_actions import ref_of
from bot.sandbox.browser.draw import pictures
from bot.sandbox.browser.draw.canvas import Canvas
from bot.sandbox.browser.draw.mrkdwn import mrkdwn, plain
from bot.sandbox.browser.draw.reader import Reader, reader_of
from bot.sandbox.browser.extension_points import Setup
from bot.sandbox.browser.place import Place
from bot.sandbox.browser.screen import conversation_rows
from bot.sandbox.browser.window import Window
from bot.sandbox.slack import LocalSlack
from bot.sandbox.slack.blocks import form
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.state.people import User
from bot.sandbox.slack.state.views import View


@dataclass(frozen=True)
class Talk:
    """A line of the list of conversations."""

    name: str
    url: str
    unread: int
    current: bool
    mark: str  # "app", "#" or "lock"


class Screen:
    """One drawing of one window. Templates ask it; nothing here changes anything."""

    robot = staticmethod(pictures.robot)

    def __init__(self, slack: LocalSlack, setup: Setup, window: Window) -> None:
        self.slack, self.setup, self.window = slack, setup, window
        self.place: Place = conversation.settled(slack, window.place)
        self.user: User = slack.workspace.users[self.place.user_id]
        self.reader: Reader = reader_of(slack.workspace, self.user.id)

    @cached_property
    def names(self) -> dict[str, str]:
        return form.names(self.slack.workspace)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {user_id: number for number, user_id in enumerate(self.slack.workspace.users)}

    def picture(self, user_id: str) -> Markup:
        """The picture of a person or of an app's bot."""
        user = self.slack.workspace.users.get(user_id)
        name = user.real_name if user else user_id
        if user and user.is_bot:
            return pictures.robot(name)
        return pictures.avatar(name, self._numbers.get(user_id, 0))

    @property
    def people(self) -> list[User]:
        """Whom one can be: the order handed in first, then whoever came later."""
        everybody = [each for each in self.slack.workspace.users.values() if not each.is_bot]
        place = {user_id: number for number, user_id in enumerate(self.setup.order)}
        return sorted(everybody, key=lambda each: place.get(each.id, len(place)))

    def unread_of(self, user: User) -> int:
        """Unread messages of all apps: what the number on a person's picture counts."""
        if user.deleted:
            return 0
        rooms = [self.slack.workspace.im(user.id, app) for app in self.apps]
        return sum(self.slack.inbox.unread(user.id, room) for room in rooms)

    @property
    def apps(self) -> list[App]:
        return conversation.apps(self.slack)

    @cached_property
    def app(self) -> App | None:
        """The app whose Home or conversation is open."""
        return conversation.app_of(self.slack, self.place)

    @property
    def app_talks(self) -> list[Talk]:
        return [self._app_talk(app) for app in self.apps]

    def _app_talk(self, app: App) -> Talk:
        room = self.slack.workspace.im(self.user.id, app)
        return Talk(app.name, self.place.url(where=room.id), self._unread(room), app is self.app, "app")

    @property
    def room_talks(self) -> list[Talk]:
        rooms = [each for each in self.slack.workspace.channels.values() if each.name and not each.archived]
        return [self._room_talk(each) for each in rooms if self.user.id in each.members]

    def _room_talk(self, room: Channel) -> Talk:
        mark = "#" if room.kind == "public" else "lock"
        return Talk(
            room.name, self.place.url(where=room.id), self._unread(room), room.id == self.place.where, mark
        )

    def _unread(self, room: Channel) -> int:
        return self.slack.inbox.unread(self.user.id, room)

    @cached_property
    def channel(self) -> Channel | None:
        """The open conversation, if this person is in it."""
        found = self.slack.workspace.channels.get(self.place.where)
        return found if found and self.user.id in found.members else None

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
    def rows(self) -> list[conversation_rows.Row]:
        return conversation_rows.rows(self, self.channel) if self.channel else []

    @property
    def earlier(self) -> int:
        """How many messages of the conversation are too old to be shown."""
        return max(0, len(self.channel.messages) - conversation_rows.MOST) if self.channel else 0

    @cached_property
    def thread(self) -> list[conversation_rows.Row]:
        """The open thread: its first message and the replies."""
        return (
            conversation_rows.thread(self, self.channel, self.place.thread)
            if self.channel and self.place.thread
            else []
        )

    @cached_property
    def closed_to_writing(self) -> str:
        """Why nothing can be written here, empty where it can."""
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
        """How many modals lie on each other."""
        return len(self.slack.views.stack(self.user.id))

    @property
    def broken(self) -> bool:
        """Whether anything is out of order on purpose."""
        return bool(self.slack.faults.active) or any(each.broken() for each in self.setup.switches)

    def text(self, value: object) -> Markup:
        """A text object outside any surface, as in a confirm dialog."""
        if not isinstance(value, dict):
            return Markup()
        words = str(value.get("text", ""))
        return mrkdwn(words, self.reader) if value.get("type") == "mrkdwn" else plain(words)

    def canvas(self, thing: Message | View) -> Canvas:
        """A message or a view, ready to be drawn for this person."""
        view = thing if isinstance(thing, View) else None
        return Canvas(
            self.reader,
            ref_of(thing),
            thing.blocks,
            view.form if view else self.slack.inbox.form(self.user.id, thing),  # type: ignore[arg-type]
            self.names,
            self.window.marks,
            view.errors if view else {},
            self.slack.base_url + "files/",
        )
