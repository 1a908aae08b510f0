"""Which connector gives and takes an access, and with what. Which connectors exist is not known here."""

from typing import Annotated, Any, Self

from pydantic import ConfigDict, JsonValue, StringConstraints, model_validator

from models.catalogue.fields import Spec

_DEEPEST = 4
_LARGEST = 2**63 - 1  # what TOML promises to keep of a whole number


class ConnectorSpec(Spec):
    """A connector's `type`, and whatever else that connector wants to know (`params`)."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, JsonValue]

    type: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]

    @property
    def params(self) -> dict[str, Any]:
        """Everything but the type. A new dict each time."""
        return dict(self.__pydantic_extra__)

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        for name, value in self.params.items():
            if problem := _unwritable(value):
                raise ValueError(f"{name[:40]} {problem}")
        return self

    def __hash__(self) -> int:
        # Equal connectors have the same names; their values can be lists, which have no hash.
        return hash((self.type, frozenset(self.params)))


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
