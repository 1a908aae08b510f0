"""Stretch the seconds that the bot allows itself while Slack waits three for an answer.

Tests share their cores with each other and with whatever else runs, so `World` lets Slack wait for longer,
and the bot in this process accordingly. A test about these seconds uses the product's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from handlers import error_handling
from handlers.admin import modals, unknown_people
from handlers.people import refresh, timeout
from handlers.request import form_view

SLACK = 3.0
"""Seconds that Slack waits."""
FACTOR = 5.0
"""How much longer Slack and the bot wait in tests."""
PRODUCT = {
    (module, name): getattr(module, name)
    for module, name in (
        (refresh, "DECISION_TIMEOUT"),
        (refresh, "FORM_TIMEOUT"),
        (error_handling, "COMMAND_ACK_TIMEOUT"),
        (timeout, "LOOKUP_TIMEOUT"),
        (form_view, "FIRST_VIEW_TIMEOUT"),
        (form_view, "LOOKUP_TIMEOUT"),
        (modals, "REDRAW_TIMEOUT"),
        (unknown_people, "LOOKUP_TIMEOUT"),
    )
}


def stretch(factor: float, *modules: ModuleType) -> None:
    """Let the bot in this process take so many times the product's seconds, in these modules or in all."""
    for (module, name), seconds in PRODUCT.items():
        if not modules or module in modules:
            setattr(module, name, seconds * factor)


@contextmanager
def as_in_product(*modules: ModuleType) -> Iterator[None]:
    """Use the product's seconds of these modules in the block, for a Slack that does not answer.

    The others stay stretched, since a busy machine is no finding.
    """
    stretch(1, *modules)
    try:
        yield
    finally:
        stretch(FACTOR, *modules)
