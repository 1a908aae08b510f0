"""Stretch the seconds that the bot allows itself while Slack waits three for an answer.

Tests share their cores with each other and with whatever else runs, so `World` lets Slack wait for longer,
and the bot in this process accordingly. A test about these seconds uses the product's.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from handlers import fresh, funnel, in_time, request_screen
from handlers.admin import screens, written

SLACK = 3.0
"""Seconds that Slack waits."""
FACTOR = 5.0
"""How much longer Slack and the bot wait in tests."""
PRODUCT = {
    (module, name): getattr(module, name)
    for module, name in (
        (fresh, "PATIENCE"),
        (fresh, "BEFORE_A_FORM"),
        (funnel, "COMMAND_WITHIN"),
        (in_time, "PATIENCE"),
        (request_screen, "AT_ONCE"),
        (request_screen, "PATIENCE"),
        (screens, "PATIENCE"),
        (written, "PATIENCE"),
    )
}


def stretch(factor: float) -> None:
    """Let the bot in this process take so many times the product's seconds."""
    for (module, name), seconds in PRODUCT.items():
        setattr(module, name, seconds * factor)


@contextmanager
def as_in_product() -> Iterator[None]:
    """Use the product's seconds in the block: for what is about a Slack that does not answer."""
    stretch(1)
    try:
        yield
    finally:
        stretch(FACTOR)
