"""A Slack user group as the connector thinks of it: how it stands, and what it should become."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.explain import explain
from models.grants import Direction
from models.lifecycle.settling import Change


class Settings(BaseModel):
    """What the catalogue says of a user group.

    Slack refuses a list without members, so `when_empty` says what is done when the last one goes: "disable"
    switches the group off until somebody is given it again, "placeholder" puts the person `placeholder` in.
    A placeholder that is in the group stays in it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    usergroup: str = Field(pattern=r"^S[A-Z0-9]+$")
    when_empty: Literal["disable", "placeholder"] = "disable"
    placeholder: str | None = Field(default=None, pattern=r"^[UW][A-Z0-9]+$")

    @model_validator(mode="after")
    def _has_its_placeholder(self) -> Self:
        if (self.when_empty == "placeholder") != (self.placeholder is not None):
            raise ValueError('needs placeholder, a member id, if and only if when_empty is "placeholder"')
        return self


def check(params: dict[str, Any]) -> str | None:
    """What is wrong with the parameters, as a sentence; None if nothing is."""
    try:
        Settings.model_validate(params)
    except ValidationError as error:
        return "; ".join(f"{each.key} {each.words}".strip() for each in explain(error, Settings))
    return None


class Standing(Enum):
    """Whether a group is in use."""

    ON = auto()
    OFF_BY_US = auto()  # its last member was taken out; whom Slack still lists has no access
    OFF_BY_OTHERS = auto()  # somebody's decision, not ours to undo


@dataclass(frozen=True)
class Group:
    """A user group as Slack last told."""

    members: tuple[str, ...]
    standing: Standing

    def gives(self, person_id: str) -> bool:
        """Whether this person has what the group gives."""
        return self.standing is Standing.ON and person_id in self.members


def wanted(group: Group, changes: Iterable[Change], settings: Settings) -> tuple[str, ...]:
    """Who should be in the group after the changes; empty where it has to be switched off.

    Members that others put in stay, in their order.
    """
    changes = tuple(changes)
    taken = {change.person_id for change in changes if change.direction is Direction.TAKE}
    given = [change.person_id for change in changes if change.direction is Direction.GIVE]
    before = () if group.standing is Standing.OFF_BY_US else group.members
    after = tuple(dict.fromkeys([*(one for one in before if one not in taken), *given]))
    return after or ((settings.placeholder,) if settings.placeholder else ())


def is_so(group: Group, change: Change, settings: Settings) -> bool:
    """Whether a change has come true."""
    there = group.gives(change.person_id)
    if change.direction is Direction.GIVE:
        return there
    return not there or group.members == (settings.placeholder,)
