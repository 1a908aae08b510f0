"""Surfaces with blocks: a view, or a message as one person sees it."""

from dataclasses import dataclass

from bot.sandbox.slack.blocks.form import Form
from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.state.conversations import Channel, Message
from bot.sandbox.slack.state.views import View


@dataclass
class ViewSurface:
    """A modal or a Home tab."""

    view: View

    @property
    def blocks(self) -> list[Json]:
        return self.view.blocks

    @property
    def form(self) -> Form:
        return self.view.form

    def as_json(self) -> Json:
        """The fields of a payload that describe it."""
        return {"container": {"type": "view", "view_id": self.view.id}, "view": self.view.as_json()}


@dataclass
class MessageSurface:
    """A message as one person sees it, with their values in its form."""

    message: Message
    channel: Channel
    form: Form

    @property
    def blocks(self) -> list[Json]:
        return self.message.blocks

    def as_json(self) -> Json:
        """The fields of a payload that describe it; an ephemeral message itself is left out."""
        ephemeral = self.message.ephemeral_for is not None
        container: Json = {"type": "message", "message_ts": self.message.ts, "channel_id": self.channel.id}
        container["is_ephemeral"] = ephemeral
        if self.message.thread_ts:
            container["thread_ts"] = self.message.thread_ts
        name = {"im": "directmessage", "private": "privategroup"}.get(self.channel.kind, self.channel.name)
        data = {
            "container": container,
            "channel": {"id": self.channel.id, "name": name},
            "state": self.form.as_json(),
        }
        return data | ({} if ephemeral else {"message": self.message.as_json(metadata=True)})


Surface = ViewSurface | MessageSurface
