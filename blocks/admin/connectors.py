"""What an admin may choose as the connector of an access, and what each wants to know.

The composition root hands in the kinds there are (`handlers.desk.Desk.connectors`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from models.catalogue.spec import ConnectorSpec


class Entered(StrEnum):
    """How a parameter is entered."""

    TEXT = "text"
    USER_GROUP = "user_group"
    """Chosen among Slack's user groups; the value is the group's id."""


@dataclass(frozen=True)
class Param:
    """One thing that a connector wants to know. Its value in the catalogue is text."""

    name: str
    """Its key in the catalogue's `connector` table."""
    label: str
    hint: str = ""
    optional: bool = False
    entered: Entered = Entered.TEXT


def _nothing(_: ConnectorSpec) -> None:
    return None


@dataclass(frozen=True)
class ConnectorKind:
    """A kind of connector."""

    type: str
    """As it stands in the catalogue."""
    label: str
    """As the menu shows it."""
    params: tuple[Param, ...] = ()
    check: Callable[[ConnectorSpec], str | None] = _nothing
    """Says what is wrong with what was entered, to stand after the parameter; None if nothing is."""
