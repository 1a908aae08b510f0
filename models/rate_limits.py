"""How much one person may ask for and say: enough for anybody at work, and an end for a script gone wild."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """For each person."""

    open_requests: int = 50
    """Asked for, and waiting for a decision. Emergencies wait for none, and this keeps nobody from them."""
    requests_an_hour: int = 100
    comments_an_hour: int = 60
    """On one request."""


USUAL = Limits()
