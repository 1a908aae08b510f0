"""A person with a Slack client, who knows only what is on the screen. The driver of tests and stories.

Every interaction waits for the app's acknowledgement, three seconds at most. What Slack would show when that
fails is in the result's `trouble`; looking for what is not on the screen raises `NotVisible`.
"""

from functools import partial
from typing import TYPE_CHECKING

from bot.sandbox.slack.blocks import element_lookup, form, visible
from bot.sandbox.slack.client.client import Client
from bot.sandbox.slack.client.fields import Fields
from bot.sandbox.slack.client.results import CommandResult, NotVisible, Outcome, SubmitResult
from bot.sandbox.slack.client.surfaces import Surface, ViewSurface
from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.state.events import Event
from bot.sandbox.slack.state.views import View

if TYPE_CHECKING:
    from bot.sandbox.slack.local_slack import LocalSlack


class Person(Fields):
    """One human and one app: `Fields` fills forms, this class does the rest."""

    def __init__(self, slack: "LocalSlack", user_id: str, app: App) -> None:
        self.slack, self.app = slack, app
        self.id = user_id
        self.client = Client(slack, user_id, app)

    @property
    def view(self) -> View | None:
        """The modal on top, if one is open."""
        return self.slack.views.top(self.id)

    @property
    def home(self) -> View | None:
        """The app's Home tab as last published for this person."""
        return self.slack.views.home(self.id, self.app)

    @property
    def dm(self) -> Channel:
        """The conversation with the app's bot."""
        return self.slack.workspace.im(self.id, self.app)

    def messages(self) -> list[Message]:
        """The top level of the conversation with the bot, newest last; threads are in `message.replies`."""
        return list(self.dm.messages)

    @property
    def ephemerals(self) -> list[Message]:
        """Messages that only this person saw, since their client was last reloaded."""
        return self.slack.inbox.ephemeral(self.id)

    @property
    def ephemeral(self) -> list[str]:
        """The texts of `ephemerals`."""
        return [each.text for each in self.ephemerals]

    @property
    def unread(self) -> int:
        """How many messages of the bot are unread; `read()` sets it to none."""
        return self.slack.inbox.unread(self.id, self.dm)

    def read(self) -> None:
        self.slack.inbox.mark_read(self.id, self.dm)

    async def command(
        self,
        command: str,
        text: str = "",
        *,
        channel: str | Channel | None = None,
        thread_ts: str | None = None,
    ) -> CommandResult:
        """Types a slash command, in the conversation with the bot unless a channel is given."""
        if command not in self.app.commands:
            return CommandResult(f"{command} is not a valid command.", sent=False)
        if thread_ts:
            return CommandResult(f"{command} is not supported in threads. Sorry!", sent=False)
        return await self.client.command(command, text, self._channel(channel))

    def _channel(self, channel: str | Channel | None) -> Channel:
        if channel is None:
            return self.dm
        return channel if isinstance(channel, Channel) else self.slack.workspace.channel(channel)

    async def shortcut(self, callback_id: str) -> Outcome:
        """A global shortcut of the app."""
        self._require_shortcut(callback_id, "global")
        return await self.client.shortcut(callback_id)

    async def message_action(self, message: Message, callback_id: str) -> Outcome:
        """A shortcut in the menu of a message."""
        self._require_shortcut(callback_id, "message")
        return await self.client.message_action(callback_id, message)

    def _require_shortcut(self, callback_id: str, kind: str) -> None:
        found = self.app.shortcut(callback_id)
        if found is None or found.type != kind:
            raise NotVisible(f"the app has no {kind} shortcut {callback_id!r}")

    async def open_home(self, tab: str = "home") -> View | None:
        """Opens the app's Home (or its "messages" tab); returns what is there once the app was told."""
        body: Json = {"type": "app_home_opened", "user": self.id, "channel": self.dm.id, "tab": tab}
        if tab == "home" and self.home:
            body["view"] = self.home.as_json()
        event = Event(
            "app_home_opened", body | {"event_ts": self.slack.workspace.stamps.next()}, only=self.app
        )
        await self.slack.subscriptions.told(lambda: self.slack.subscriptions.announce(event))
        return self.home

    async def submit(self) -> SubmitResult:
        """Presses the submit button of the modal on top."""
        view = self._modal()
        if view.submit is None:
            raise NotVisible(f"the modal {view.title!r} has no submit button")
        return await self._acting_for(view).submit(view)

    async def close(self, *, whole_stack: bool = False) -> Outcome:
        """Cancel; with `whole_stack` the cross that closes every modal of the stack."""
        view = self._modal()
        return await self._acting_for(view).close(view, whole_stack=whole_stack)

    def _acting_for(self, view: View) -> Client:
        return self.client if view.app is self.app else Client(self.slack, self.id, view.app)

    async def press(self, text: str, *, near: str | None = None, confirm: bool = True) -> Outcome:
        """A button in the modal on top."""
        return await self._press(ViewSurface(self._modal()), text, near, confirm)

    async def press_home(self, text: str, *, near: str | None = None, confirm: bool = True) -> Outcome:
        """A button on the Home tab."""
        return await self._press(ViewSurface(self._home()), text, near, confirm)

    async def click(
        self, message: Message, text: str, *, near: str | None = None, confirm: bool = True
    ) -> Outcome:
        """A button of a message, as the message reads now."""
        return await self._press(self.client.surface(self._current(message)), text, near, confirm)

    async def _press(self, surface: Surface, text: str, near: str | None, confirm: bool) -> Outcome:
        target = element_lookup.button(surface.blocks, text, near)
        if target.element.get("confirm") and not confirm:
            return Outcome(sent=False)
        return await self.client.act(surface, target)

    async def menu(
        self, message: Message, option: str, *, near: str | None = None, confirm: bool = True
    ) -> Outcome:
        """An entry of a message's overflow menu."""
        return await self._overflow(self.client.surface(self._current(message)), option, near, confirm)

    async def menu_home(self, option: str, *, near: str | None = None, confirm: bool = True) -> Outcome:
        """An entry of an overflow menu on the Home tab."""
        return await self._overflow(ViewSurface(self._home()), option, near, confirm)

    async def menu_view(self, option: str, *, near: str | None = None, confirm: bool = True) -> Outcome:
        """An entry of an overflow menu in the modal on top."""
        return await self._overflow(ViewSurface(self._modal()), option, near, confirm)

    async def _overflow(self, surface: Surface, text: str, near: str | None, confirm: bool) -> Outcome:
        target = element_lookup.menu(surface.blocks, text, near)
        if target.element.get("confirm") and not confirm:
            return Outcome(sent=False)
        chosen = form.option(visible.options(target.element), text)
        return await self.client.act(surface, target, selected_option=chosen)

    async def reply(self, message: Message, text: str) -> Message:
        """Writes in the thread of a message; returns when the app has been told."""
        return await self._write(
            self.slack.workspace.channels[message.channel], text, message.thread_ts or message.ts
        )

    async def say(self, channel: str | Channel | None, text: str) -> Message:
        """Writes in a channel, or to the bot (None); returns when the app has been told."""
        return await self._write(self._channel(channel), text, None)

    async def _write(self, channel: Channel, text: str, thread_ts: str | None) -> Message:
        if channel is self.dm and (self.app.messages_read_only or not self.app.messages_tab):
            raise NotVisible("sending messages to this app has been turned off")
        if self.id not in channel.members:
            raise NotVisible(f"not a member of {channel.name or channel.id}")
        say = partial(self.slack.workspace.say, channel, self.id, text, thread_ts)
        return await self.slack.subscriptions.told(say)

    def _current(self, message: Message) -> Message:
        if message.deleted:
            raise NotVisible("the message was deleted")
        if message.ephemeral_for is not None:
            return message
        return self.slack.workspace.channels[message.channel].find(message.ts) or message

    def _modal(self) -> View:
        if self.view is None:
            raise NotVisible("no modal is open")
        return self.view

    def _home(self) -> View:
        if self.home is None:
            raise NotVisible("the Home tab is empty")
        return self.home
