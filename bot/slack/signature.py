"""Verify Slack's signature, and tell from stale deliveries how wrong this machine's clock is.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import re
from statistics import median

MAX_AGE = 300
"""Seconds that a signature is good for; Slack's own limit."""
CLOCK_TOLERANCE = 30
"""Seconds. Stale deliveries that are offsets by the same, give or take so much, were sent just now: it is our
clock that is wrong. One that is sent again later is off by more each time."""
MIN_STALE = 3
"""So many of those, signed at different times, in a row."""

_TIMESTAMP = re.compile("[0-9]{1,12}")
_SIGNATURE = re.compile("v0=[0-9a-f]{64}")


def is_signature(timestamp: str, signature: str) -> bool:
    """Whether headers have the form of Slack's, before anything else of a delivery is read."""
    return bool(_TIMESTAMP.fullmatch(timestamp) and _SIGNATURE.fullmatch(signature))


def signed_at(secret: str, timestamp: str, signature: str, body: bytes) -> int | None:
    """When Slack signed this body, in Unix seconds; None where the signature does not fit.

    The caller has to refuse what is not `is_fresh`.
    """
    if not is_signature(timestamp, signature):
        return None
    signed = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return int(timestamp) if hmac.compare_digest(expected, signature) else None


def is_fresh(signed: int, now: float) -> bool:
    """Whether a delivery that was signed then is still to be taken (both in Unix seconds)."""
    return abs(now - signed) <= MAX_AGE


class ClockOffset:
    """How wrong this machine's clock is, by deliveries whose signature is right and stale."""

    def __init__(self) -> None:
        self._offsets: dict[int, float] = {}
        """By how many seconds the last ones were off, by when they were signed."""

    def minutes_ahead(self, signed: int, now: float) -> int | None:
        """By how many minutes our clock is ahead of Slack's (negative: behind); None while unknown."""
        self._offsets.setdefault(signed, now - signed)
        for oldest in list(self._offsets)[:-MIN_STALE]:
            del self._offsets[oldest]
        offsets = self._offsets.values()
        if len(offsets) < MIN_STALE or max(offsets) - min(offsets) > CLOCK_TOLERANCE:
            return None
        return round(median(offsets) / 60)

    def forget(self) -> None:
        """Forget the stale deliveries: one was fresh, so the clock is right."""
        self._offsets.clear()
