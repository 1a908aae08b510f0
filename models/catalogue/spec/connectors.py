"""The connector of an access, and its parameters. Which connectors exist is not known here."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Self

from pydantic import ConfigDict, JsonValue, StringConstraints, model_validator

from models.catalogue.spec.fields import Spec

_DEEPEST = 4
_LARGEST = 2**63 - 1  # what TOML promises to keep of a whole number

BY_HAND = "manual"
"""The type of an access whose owners grant and revoke it by hand, by tasks: the default of the catalogue.

It is the only one that is known here; the others come from `register_identity` and the composition root.
"""

Params = Mapping[str, Any]
Identity = Callable[[Params], Params | None]
"""Of a connector's parameters those that say what it changes, where others say only how.

None: nothing outside; each access is a thing of its own.
"""


class ConnectorSpec(Spec):
    """A connector's `type`, and whatever else that connector wants to know (`params`)."""

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
    """Say which parameters of a type of connector name what it changes; without that, all of them do.

    Whoever puts a process together does it for each connector that there is, before anything is given.
    """
    _IDENTITIES[connector_type] = identity


def identity_of(connector: ConnectorSpec) -> Params | None:
    """What an access's connector changes: equal for two accesses that are one thing at their target."""
    identity = _IDENTITIES.get(connector.type)
    return connector.params if identity is None else identity(connector.params)


_IDENTITIES: dict[str, Identity] = {BY_HAND: lambda _params: None}


def _unwritable(value: JsonValue, depth: int = 1) -> str | None:
    """What keeps a value from standing in the file, where there is no null and no endless number."""
    if depth > _DEEPEST:
        return f"is nested more than {_DEEPEST} deep"
    if isinstance(value, list | dict):
        inner = value.values() if isinstance(value, dict) else value
        return next((found for one in inner if (found := _unwritable(one, depth + 1))), None)
    if value is None:
        return "is empty. Leave it out"
    if isinstance(value, float) and not abs(value) < float("inf"):
        return "is not a number"
    if isinstance(value, int) and abs(value) > _LARGEST:
        return "is too large a number"
    return None
