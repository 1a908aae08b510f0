"""What only one person's client knows: ephemeral messages, how far they have read, values set in messages."""

from collections.abc import Callable

from bot.sandbox.slack.blocks.form import Form
from bot.sandbox.slack.state.conversations import Channel, Message


class Inbox:
    """State of all clients, by person. `notify` is called at each change."""

    def __init__(self, notify: Callable[[], None]) -> None:
        self._notify = notify
        self._ephemeral: dict[str, list[Message]] = {}
        self.read_until: dict[tuple[str, str], str] = {}
        """By person and channel, the ts of the last message read."""
        self._forms: dict[tuple[str, str], Form] = {}

    def show(self, user_id: str, message: Message) -> None:
        """Show an ephemeral message to one person."""
        message.ephemeral_for = user_id
        self._ephemeral.setdefault(user_id, []).append(message)
        self._notify()

    def ephemeral(self, user_id: str) -> list[Message]:
        return list(self._ephemeral.get(user_id, []))

    def dismiss(self, message: Message) -> None:
        """Remove an ephemeral message."""
        messages = self._ephemeral.get(message.ephemeral_for or "", [])
        if message in messages:
            messages.remove(message)
        self._notify()

    def forget(self, user_id: str) -> None:
        """Reload the person's client: as in Slack, their ephemeral messages are lost."""
        self._ephemeral.pop(user_id, None)
        self._notify()

    def unread(self, user_id: str, channel: Channel) -> int:
        """The number of unread messages by others at the top level of a channel."""
        read = float(self.read_until.get((user_id, channel.id), "0"))
        return sum(1 for message in channel.messages if message.user != user_id and float(message.ts) > read)

    def mark_read(self, user_id: str, channel: Channel) -> None:
        if channel.messages:
            self.read_until[user_id, channel.id] = channel.messages[-1].ts
            self._notify()

    def form(self, user_id: str, message: Message) -> Form:
        """The values of a message's elements as this person set them."""
        form = self._forms.setdefault((user_id, message.ts), Form(message.blocks))
        form.sync(message.blocks)
        return form
