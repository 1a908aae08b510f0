"""Rate limits: calls per minute by tier, and messages per second and channel.

Tiers: https://docs.slack.dev/apis/web-api/rate-limits (Slack gives them as "about").
"""

from collections import deque
from math import ceil

from bot.sandbox.slack.core.clock import Clock
from bot.sandbox.slack.core.errors import SlackError

PER_MINUTE = {"t1": 1, "t2": 20, "t3": 50, "t4": 100, "t5": 600}
BURST = 10  # messages to one channel that pass at once before one a second holds


class RateLimited(SlackError):
    """Becomes HTTP 429 with `Retry-After` (whole seconds)."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class Rates:
    """Counts by the clock that was handed in. `enabled = False` lets everything through."""

    def __init__(self, clock: Clock, enabled: bool = True) -> None:
        self._clock = clock
        self.enabled = enabled
        self._calls: dict[tuple[str, str], deque[float]] = {}
        self._posts: dict[tuple[str, str], float] = {}

    def count(self, app_id: str, method: str, tier: str) -> None:
        """Counts one call of a method; raises `RateLimited` over its tier."""
        if not self.enabled:
            return
        now, calls = self._now(), self._calls.setdefault((app_id, method), deque())
        while calls and (calls[0] <= now - 60 or calls[0] > now):
            calls.popleft()
        if len(calls) >= PER_MINUTE[tier]:
            raise RateLimited(max(1, ceil(calls[0] + 60 - now)))
        calls.append(now)

    def count_post(self, app_id: str, channel_id: str) -> None:
        """Counts one message to a channel: one a second, with short bursts."""
        if not self.enabled:
            return
        now = self._now()
        due = min(max(self._posts.get((app_id, channel_id), now), now), now + BURST)
        if due > now + BURST - 1:
            raise RateLimited(max(1, ceil(due - now - BURST + 1)))
        self._posts[app_id, channel_id] = due + 1

    def _now(self) -> float:
        return self._clock.now().timestamp()
