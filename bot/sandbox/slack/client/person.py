"""A person at their Slack client, who finds everything by what is visible. Drives tests and stories.

Each interaction waits for the app's acknowledgement, three seconds at most. What Slack would show where that
fails is in the result's `trouble`; looking for what is not on the screen raises `NotVisible`.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from bot.sandbox.slack.blocks import element_lookup, visible
from bot.sandbox.slack.blocks.form import find_option
from bot.sandbox.slack.client.client import Client
from bot.sandbox.slack.client.fields import Fields
from bot.sandbox.slack.client.results import CommandResult, Outcome, SubmitResult
from bot.sandbox.slack.client.services import ClientServices
from bot.sandbox.slack.client.surfaces import Surface, ViewSurface
from bot.sandbox.slack.core.errors import Json, NotVisible
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.state.events import Event
from bot.sandbox.slack.state.views import View

T = TypeVar("T")


class Person(Fields):
    """A person who uses one app. `Fields` fills in forms, this class does everything else."""

    def __init__(self, slack: ClientServices, user_id: str, app: App) -> None:
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
        """The conversation with the bot, newest last; threads are in `message.replies`."""
        return list(self.dm.messages)

    @property
    def ephemerals(self) -> list[Message]:
        """The ephemeral messages since the client was last reloaded."""
        return self.slack.inbox.ephemeral(self.id)

    @property
    def ephemeral(self) -> list[str]:
        """The texts of `ephemerals`."""
        return [message.text for message in self.ephemerals]

    @property
    def unread(self) -> int:
        """The number of unread messages of the bot; `read()` resets it."""
        return self.slack.inbox.unread(self.id, self.dm)

    def read(self) -> None:
        self.slack.inbox.mark_read(self.id, self.dm)

    async def until(self, condition: Callable[[], T], seconds: float = 5) -> T:
        """Wait until a condition holds, as `LocalSlack.until` does; for what an app does later."""
        return await self.slack.changes.until(condition, seconds, self.slack.log.recent)

    async def command(
        self,
        command: str,
        text: str = "",
        *,
        channel: str | Channel | None = None,
        thread_ts: str | None = None,
    ) -> CommandResult:
        """Type a slash command, in the conversation with the bot or in a channel."""
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
        """Use a global shortcut of the app."""
        self._require_shortcut(callback_id, "global")
        return await self.client.shortcut(callback_id)

    async def message_action(self, message: Message, callback_id: str) -> Outcome:
        """Use a shortcut in the menu of a message."""
        self._require_shortcut(callback_id, "message")
        return await self.client.message_action(callback_id, message)

    def _require_shortcut(self, callback_id: str, kind: str) -> None:
        shortcut = self.app.shortcut(callback_id)
        if shortcut is None or shortcut.type != kind:
            raise NotVisible(f"the app has no {kind} shortcut {callback_id!r}")

    async def open_home(self, tab: str = "home") -> View | None:
        """Open the app's Home tab (or its "messages" tab), send app_home_opened, and return the Home tab."""
        body: Json = {"type": "app_home_opened", "user": self.id, "channel": self.dm.id, "tab": tab}
        if tab == "home" and self.home:
            body["view"] = self.home.as_json()
        event = Event(
            "app_home_opened", body | {"event_ts": self.slack.workspace.timestamps.next()}, recipient=self.app
        )
        await self.slack.events_api.deliver_events_of(lambda: self.slack.events_api.publish(event))
        return self.home

    async def submit(self) -> SubmitResult:
        """Press the submit button of the modal on top.

        Raises:
            NotVisible: No modal is open, or it has no submit button.
        """
        view = self._modal()
        if view.submit is None:
            raise NotVisible(f"the modal {view.title!r} has no submit button")
        return await self._client_for(view).submit(view)

    async def close(self, *, whole_stack: bool = False) -> Outcome:
        """Press Cancel; with `whole_stack` the cross, which closes every modal of the stack."""
        view = self._modal()
        return await self._client_for(view).close(view, whole_stack=whole_stack)

    def _client_for(self, view: View) -> Client:
        return self.client if view.app is self.app else Client(self.slack, self.id, view.app)

    async def press(self, text: str, *, near: str | None = None, confirm: bool = True) -> Outcome:
        """Press a button in the modal on top."""
        return await self._press(ViewSurface(self._modal()), text, near, confirm)

    async def press_home(self, text: str, *, near: str | None = None, confirm: bool = True) -> Outcome:
        """Press a button on the Home tab."""
        return await self._press(ViewSurface(self._home()), text, near, confirm)

    async def home_menu(self, option: str, *, near: str | None = None, confirm: bool = True) -> Outcome:
        """Choose an entry of an overflow menu on the Home tab."""
        return await self._overflow(ViewSurface(self._home()), option, near, confirm)

    async def click(
        self, message: Message, text: str, *, near: str | None = None, confirm: bool = True
    ) -> Outcome:
        """Press a button of a message, as the message is now."""
        return await self._press(self.client.surface(self._current(message)), text, near, confirm)

    async def _press(self, surface: Surface, text: str, near: str | None, confirm: bool) -> Outcome:
        target = element_lookup.button(surface.blocks, text, near)
        if target.element.get("confirm") and not confirm:
            return Outcome(sent=False)
        return await self.client.act(surface, target)

    async def menu(
        self, message: Message, option: str, *, near: str | None = None, confirm: bool = True
    ) -> Outcome:
        """Choose an entry of a message's overflow menu."""
        return await self._overflow(self.client.surface(self._current(message)), option, near, confirm)

    async def _overflow(self, surface: Surface, text: str, near: str | None, confirm: bool) -> Outcome:
        target = element_lookup.menu(surface.blocks, text, near)
        if target.element.get("confirm") and not confirm:
            return Outcome(sent=False)
        option = find_option(visible.options(target.element), text)
        return await self.client.act(surface, target, selected_option=option)

    async def reply(self, message: Message, text: str) -> Message:
        """Reply in the thread of a message; returns when the event has been delivered."""
        return await self._post(
            self.slack.workspace.channels[message.channel], text, message.thread_ts or message.ts
        )

    async def say(self, channel: str | Channel | None, text: str) -> Message:
        """Post in a channel, or to the bot (None); returns when the event has been delivered."""
        return await self._post(self._channel(channel), text, None)

    async def _post(self, channel: Channel, text: str, thread_ts: str | None) -> Message:
        if channel is self.dm and (self.app.messages_read_only or not self.app.messages_tab):
            raise NotVisible("sending messages to this app has been turned off")
        if self.id not in channel.members:
            raise NotVisible(f"not a member of {channel.name or channel.id}")
        say = partial(self.slack.workspace.say, channel, self.id, text, thread_ts)
        return await self.slack.events_api.deliver_events_of(say)

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
