"""The state of a Slack user group, and its members after a round of changes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from bot.pydantic_errors import explain
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
        return "; ".join(f"{problem.key} {problem.words}" for problem in explain(error, Settings))
    return None


class GroupStatus(Enum):
    """Whether a group is in use."""

    ON = auto()
    OFF_BY_US = auto()  # its last member was taken out; whom Slack still lists has no access
    OFF_BY_OTHERS = auto()  # somebody's decision, not ours to undo


@dataclass(frozen=True)
class GroupState:
    """A user group as Slack showed it last."""

    members: tuple[str, ...]
    status: GroupStatus

    def gives(self, person_id: str) -> bool:
        """Whether this person has what the group gives."""
        return self.status is GroupStatus.ON and person_id in self.members


def members_after(group: GroupState, changes: Iterable[TargetChange], settings: Settings) -> tuple[str, ...]:
    """Who should be in the group after the changes; empty where it has to be switched off.

    Members that others put in stay, in their order.
    """
    changes = tuple(changes)
    leaving = {change.person_id for change in changes if change.direction is Direction.TAKE}
    joining = [change.person_id for change in changes if change.direction is Direction.GIVE]
    before = () if group.status is GroupStatus.OFF_BY_US else group.members
    after = tuple(dict.fromkeys([*(member for member in before if member not in leaving), *joining]))
    return after or ((settings.placeholder,) if settings.placeholder else ())


def is_done(group: GroupState, change: TargetChange, settings: Settings) -> bool:
    """Whether the group shows what a change should bring about."""
    has_access = group.gives(change.person_id)
    if change.direction is Direction.GIVE:
        return has_access
    return not has_access or group.members == (settings.placeholder,)
