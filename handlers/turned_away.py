"""Tell people that what they pressed was not begun: by a message, at most one a minute."""

from datetime import datetime, timedelta

from handlers.merged import Merged
from models.clock import Clock
from models.lifecycle import redraw
from models.store.base import Store

MINUTE = timedelta(minutes=1)
MOST = 10_000
"""Of so many people it is known that they were told."""


class TurnedAway:
    """Those who got no turn. It costs them no call of Slack's before they are answered."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._clock, self._messages = clock, Merged(store, redraw.send_overloaded)
        self._told: dict[str, datetime] = {}

    def tell(self, person_id: str) -> None:
        """Send somebody the sentence, soon, unless they were sent it just now."""
        now, before = self._clock.now(), self._told.get(person_id)
        if before is not None and now - before < MINUTE:
            return
        if len(self._told) >= MOST:
            self._told.clear()
        self._told[person_id] = now
        self._messages.want(person_id)
