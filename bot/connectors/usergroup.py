"""A Slack user group as the connector thinks of it: how it stands, and what it should become."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from bot.explain import explain
from models.lifecycle.grant.reconcile import TargetChange
from models.tables.grants import Direction


def _group_id(text: str) -> str:
    if not re.fullmatch(r"S[A-Z0-9]+", text):
        raise ValueError(
            'should be a user group\'s id such as "S0123" (in Slack: the group, ⋮, Copy group ID)'
        )
    return text


def _member_id(text: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]+", text):
        raise ValueError('should be a member id such as "U0123" (in Slack: profile, ⋮, Copy member ID)')
    return text


class Settings(BaseModel):
    """What the catalogue says of a user group.

    Slack refuses a list without members. When the last one goes, the person `placeholder` is put in, and from
    then on stays; without a placeholder the group is switched off until somebody is given it again.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    usergroup: Annotated[str, AfterValidator(_group_id)]
    placeholder: Annotated[str, AfterValidator(_member_id)] | None = None


def check(params: dict[str, Any]) -> str | None:
    """What is wrong with the parameters, as a sentence; None if nothing is."""
    try:
        Settings.model_validate(params)
    except ValidationError as error:
        return "; ".join(f"{each.key} {each.words}" for each in explain(error, Settings))
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


def wanted(group: Group, changes: Iterable[TargetChange], settings: Settings) -> tuple[str, ...]:
    """Who should be in the group after the changes; empty where it has to be switched off.

    Members that others put in stay, in their order.
    """
    changes = tuple(changes)
    taken = {change.person_id for change in changes if change.direction is Direction.TAKE}
    given = [change.person_id for change in changes if change.direction is Direction.GIVE]
    before = () if group.standing is Standing.OFF_BY_US else group.members
    after = tuple(dict.fromkeys([*(one for one in before if one not in taken), *given]))
    return after or ((settings.placeholder,) if settings.placeholder else ())


def is_so(group: Group, change: TargetChange, settings: Settings) -> bool:
    """Whether a change has come true."""
    there = group.gives(change.person_id)
    if change.direction is Direction.GIVE:
        return there
    return not there or group.members == (settings.placeholder,)
