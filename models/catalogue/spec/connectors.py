"""An access's connector: its type and parameters. Which types exist is not known here."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self

from pydantic import ConfigDict, JsonValue, StringConstraints, model_validator

from models.catalogue.spec.fields import Spec

_MAX_DEPTH = 4
_MAX_INTEGER = 2**63 - 1  # what TOML promises to keep of a whole number

BY_HAND = "manual"
"""The type of an access whose owners grant and revoke it by hand, by tasks: the default of the catalogue.

It is the only one that is known here; the others come from `register_identity` and the composition root.
"""

Params = Mapping[str, Any]
Identity = Callable[[Params], Params | None]
"""Selects of a connector's parameters those that say what it changes; others say only how.

None: it changes nothing outside, and no two accesses change the same.
"""


class ConnectorSpec(Spec):
    """A connector's `type`, and the parameters of that type (`params`)."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, JsonValue]

    type: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]

    @property
    def params(self) -> dict[str, Any]:
        """Everything but the type. A new dict each time."""
        return dict(self.__pydantic_extra__)

    @property
    def by_hand(self) -> bool:
        """Whether people grant and revoke the access, by tasks."""
        return self.type == BY_HAND

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        for name, value in self.params.items():
            if problem := _unwritable(value):
                raise ValueError(f"{name[:40]} {problem}")
        return self

    def __hash__(self) -> int:
        # Equal connectors have the same names; their values can be lists, which have no hash.
        return hash((self.type, frozenset(self.params)))


def register_identity(connector_type: str, identity: Identity) -> None:
    """Register which parameters of a type of connector say what it changes; without that, all of them do.

    A process does it once for each type, before anything is granted.
    """
    _IDENTITIES[connector_type] = identity


def identity_of(connector: ConnectorSpec) -> Params | None:
    """What an access's connector changes: equal for two accesses that are the same at their target."""
    identity = _IDENTITIES.get(connector.type)
    return connector.params if identity is None else identity(connector.params)


_IDENTITIES: dict[str, Identity] = {BY_HAND: lambda _params: None}


def _unwritable(value: JsonValue, depth: int = 1) -> str | None:
    """Why a value cannot be written to a TOML file, to follow its name; None if it can."""
    if depth > _MAX_DEPTH:
        return f"is nested more than {_MAX_DEPTH} deep"
    if isinstance(value, list | dict):
        inner = value.values() if isinstance(value, dict) else value
        return next((problem for item in inner if (problem := _unwritable(item, depth + 1))), None)
    if value is None:
        return "is empty. Remove it"
    if isinstance(value, float) and not abs(value) < float("inf"):
        return "is not a number"
    if isinstance(value, int) and abs(value) > _MAX_INTEGER:
        return "is too large a number"
    return None
