"""Whether a request is Slack's.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import re

FRESH = 300
"""Seconds that a signature is good for; Slack's own limit."""


def authentic(secret: str, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Whether the signature fits the body and the timestamp is a whole number near `now` (Unix seconds)."""
    if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(now - int(timestamp)) > FRESH:
        return False
    if not signature.isascii():  # compare_digest would raise
        return False
    signed = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)
