"""Rate limits: calls per minute by tier, and messages per second and channel.

Tiers: https://docs.slack.dev/apis/web-api/rate-limits (Slack calls these numbers approximate).
"""

from collections import deque
from math import ceil

from bot.sandbox.slack.core.clock import Clock
from bot.sandbox.slack.core.errors import SlackError

PER_MINUTE = {"t1": 1, "t2": 20, "t3": 50, "t4": 100, "t5": 600}
BURST = 10  # messages to one channel that pass at once


class RateLimited(SlackError):
    """A call over its rate limit: HTTP 429 with `Retry-After` in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


class Rates:
    """Counters of calls and messages, by the local Slack's clock. `enabled = False` limits nothing."""

    def __init__(self, clock: Clock, enabled: bool = True) -> None:
        self._clock = clock
        self.enabled = enabled
        self._calls: dict[tuple[str, str], deque[float]] = {}
        self._posts: dict[tuple[str, str], float] = {}

    def count(self, app_id: str, method: str, tier: str) -> None:
        """Count a call of a method.

        Raises:
            RateLimited: it is over the calls per minute of its tier.
        """
        if not self.enabled:
            return
        now, calls = self._now(), self._calls.setdefault((app_id, method), deque())
        while calls and (calls[0] <= now - 60 or calls[0] > now):
            calls.popleft()
        if len(calls) >= PER_MINUTE[tier]:
            raise RateLimited(max(1, ceil(calls[0] + 60 - now)))
        calls.append(now)

    def count_post(self, app_id: str, channel_id: str) -> None:
        """Count a message to a channel: one a second on average, with bursts of `BURST`.

        Raises:
            RateLimited: it is over that.
        """
        if not self.enabled:
            return
        now = self._now()
        due = min(max(self._posts.get((app_id, channel_id), now), now), now + BURST)
        if due > now + BURST - 1:
            raise RateLimited(max(1, ceil(due - now - BURST + 1)))
        self._posts[app_id, channel_id] = due + 1

    def _now(self) -> float:
        return self._clock.now().timestamp()
