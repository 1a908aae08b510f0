"""The field for a channel: chosen in Slack's menu, or by its id where the menu cannot show it."""

from typing import Any

from blocks import kit
from blocks.admin.field import Field, Known
from blocks.admin.fields import TEXT
from blocks.answers import Values, typed
from blocks.elements import channel_chosen, channel_select
from blocks.kit import Block

CHANNEL = "channel"
BY_ID = "By its id, since Slack cannot show it to you. Empty it, and open this again, to choose another."


class ChannelField(Field):
    """One channel, or none."""

    def shown(self, value: Any) -> str:
        return str(value or "")

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        if shown and shown not in known.channels:
            element = kit.text_input(TEXT, initial=shown, limit=20)
            return [kit.input_block(self.label, element, block_id=self.id, hint=BY_ID, optional=True)]
        return [self.input(channel_select(CHANNEL, initial=shown), optional=True)]

    def read(self, values: Values) -> str:
        return channel_chosen(values, self.id) or typed(values, self.id)

    def stored(self, given: Any, value: Any) -> Any:
        return given
