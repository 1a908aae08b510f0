"""Ids of the request form: callback, actions and blocks."""

from enum import StrEnum

from blocks.forms.term import TermBlock

CALLBACK = "request"
SHORTCUT = "request_access"
"""The global shortcut, by the callback id that the manifest gives it."""


class RequestAction(StrEnum):
    """What is pressed and changed. A button OPEN may carry an application's key as its value."""

    OPEN = "request.open"
    APP = "request.app"
    ACCESS = "request.access"
    TERM = "request.term"
    BENEFICIARY = "request.beneficiary"
    EMERGENCY = "request.in_emergency"


class RequestBlock(StrEnum):
    """The inputs beside those of `TermBlock`. The id of ACCESS goes on with ":" and the application's key."""

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
"""Which block shows a refusal of which field."""


def access_block(app_key: str) -> str:
    """The id of the block with an application's accesses."""
    return f"{RequestBlock.ACCESS}:{app_key}"


def app_key_of(block_id: str) -> str:
    """The key of the application whose accesses this block holds."""
    return block_id.partition(":")[2]
