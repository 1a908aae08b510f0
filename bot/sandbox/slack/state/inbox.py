"""What only one person's client holds: ephemeral messages, how far they have read, what they typed."""

from collections.abc import Callable

from bot.sandbox.slack.blocks.form import Form
from bot.sandbox.slack.state.conversations import Channel, Message


class Inbox:
    """Keyed by person. A reload of the client (`forget`) loses the ephemeral messages, as in Slack."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._ephemeral: dict[str, list[Message]] = {}
        self.read_until: dict[tuple[str, str], str] = {}
        self._forms: dict[tuple[str, str], Form] = {}

    def show(self, user_id: str, message: Message) -> None:
        message.ephemeral_for = user_id
        self._ephemeral.setdefault(user_id, []).append(message)
        self._changed()

    def ephemeral(self, user_id: str) -> list[Message]:
        return list(self._ephemeral.get(user_id, []))

    def dismiss(self, message: Message) -> None:
        held = self._ephemeral.get(message.ephemeral_for or "", [])
        if message in held:
            held.remove(message)
        self._changed()

    def forget(self, user_id: str) -> None:
        self._ephemeral.pop(user_id, None)
        self._changed()

    def unread(self, user_id: str, channel: Channel) -> int:
        """Messages by others at the top level since the person last read."""
        read = float(self.read_until.get((user_id, channel.id), "0"))
        return sum(1 for each in channel.messages if each.user != user_id and float(each.ts) > read)

    def mark_read(self, user_id: str, channel: Channel) -> None:
        if channel.messages:
            self.read_until[user_id, channel.id] = channel.messages[-1].ts
            self._changed()

    def form(self, user_id: str, message: Message) -> Form:
        """The values of a message's elements as this person set them."""
        form = self._forms.setdefault((user_id, message.ts), Form(message.blocks))
        form.sync(message.blocks)
        return form
