"""Trigger ids: each lets an app open one view within three seconds.

https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses
"""

import time
from dataclasses import dataclass
from itertools import count

from bot.sandbox.slack.core.errors import SlackError
from bot.sandbox.slack.core.ids import secret

CAPACITY = 10_000  # beyond it the oldest are dropped, and then invalid instead of expired


@dataclass
class _Trigger:
    app_id: str
    user_id: str
    issued: float
    used: bool = False


class Triggers:
    """The trigger ids sent with interactions. They expire by real time: they limit an app's response."""

    def __init__(self) -> None:
        self.lifetime = 3.0
        """Real seconds."""
        self._numbers = count(1)
        self._issued: dict[str, _Trigger] = {}

    def issue(self, app_id: str, user_id: str) -> str:
        trigger_id = f"{next(self._numbers)}.{secret()}"
        self._issued[trigger_id] = _Trigger(app_id, user_id, time.monotonic())
        if len(self._issued) > CAPACITY:
            self._issued.pop(next(iter(self._issued)))
        return trigger_id

    def check(self, trigger_id: str, app_id: str) -> str:
        """The id of the person whose interaction it came from.

        Raises:
            SlackError: `invalid_trigger_id`, `exchanged_trigger_id` or `expired_trigger_id`.
        """
        trigger = self._issued.get(trigger_id)
        if trigger is None or trigger.app_id != app_id:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.issued > self.lifetime:
            raise SlackError("expired_trigger_id")
        return trigger.user_id

    def use(self, trigger_id: str) -> None:
        self._issued[trigger_id].used = True
