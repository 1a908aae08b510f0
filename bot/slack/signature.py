"""Whether a request is Slack's, and what those that come too late say of this machine's clock.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import re
from statistics import median

FRESH = 300
"""Seconds that a signature is good for; Slack's own limit."""
ALIKE = 30
"""Seconds. Stale deliveries that are off by the same, give or take so much, were sent just now: it is our
clock that is wrong. One that is sent again later is off by more each time."""
ENOUGH = 3
"""So many of those, signed at different times, in a row."""


def signed_at(secret: str, timestamp: str, signature: str, body: bytes) -> int | None:
    """When Slack signed this body, in Unix seconds; None where the signature does not fit.

    Whoever asks has to refuse what is not `fresh`.
    """
    if not re.fullmatch("[0-9]{1,12}", timestamp):
        return None
    if not signature.isascii():  # compare_digest would raise
        return None
    signed = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return int(timestamp) if hmac.compare_digest(expected, signature) else None


def fresh(signed: int, now: float) -> bool:
    """Whether something that was signed then is still to be taken (Unix seconds)."""
    return abs(now - signed) <= FRESH


class WrongClock:
    """Tells from deliveries that are signed well, and stale, by how much this machine's clock is wrong."""

    def __init__(self) -> None:
        self._off: dict[int, float] = {}
        """By how many seconds the last ones were off, by when they were signed."""

    def ahead(self, signed: int, now: float) -> int | None:
        """By how many minutes our clock is ahead of Slack's (negative: behind); None while nobody knows."""
        self._off.setdefault(signed, now - signed)
        for oldest in list(self._off)[:-ENOUGH]:
            del self._off[oldest]
        off = self._off.values()
        if len(off) < ENOUGH or max(off) - min(off) > ALIKE:
            return None
        return round(median(off) / 60)

    def forget(self) -> None:
        """One was fresh: the clock is right."""
        self._off.clear()
