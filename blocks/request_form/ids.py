"""Ids of the request form: callback, actions and blocks."""

from enum import StrEnum

from blocks.forms.term import TermBlock

CALLBACK = "request"
SHORTCUT = "request_access"
"""The global shortcut, by the callback id that the manifest gives it."""


class RequestAction(StrEnum):
    """Action ids. The value of an OPEN button may be an app's key."""

    OPEN = "request.open"
    APP = "request.app"
    ACCESS = "request.access"
    TERM = "request.term"
    BENEFICIARY = "request.beneficiary"
    EMERGENCY = "request.in_emergency"


class RequestBlock(StrEnum):
    """Block ids beside those of `TermBlock`. ACCESS is followed by ":" and the app's key."""

    APP = "app"
    ACCESS = "access"
    REASON = "reason"
    BENEFICIARY = "beneficiary"
    EMERGENCY = "emergency"


FIELDS = {
    "app": RequestBlock.APP,
    "access": RequestBlock.ACCESS,
    "term": TermBlock.CHOICE,
    "reason": RequestBlock.REASON,
    "beneficiary": RequestBlock.BENEFICIARY,
}
"""The block that shows a refusal, by the refusal's field."""


def access_block(app_key: str) -> str:
    """The id of the block with an app's accesses."""
    return f"{RequestBlock.ACCESS}:{app_key}"


def app_key_of(block_id: str) -> str:
    """The key of the app whose accesses this block holds."""
    return block_id.partition(":")[2]
