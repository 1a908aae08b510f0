"""The connector for Slack user groups: works out the members after a round of changes, and writes them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from blocks.admin.fields.connector import ConnectorParam, ParamInput
from bot.connectors.base import Connector, Params, trouble_of
from bot.errors import RetryAfter, UpstreamUnavailable
from bot.pydantic_errors import explain
from bot.slack.gateway import Answer, Refused
from models.lifecycle.grant.reconcile import ConnectorFailure, ConnectorResult, Done, TargetChange
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


PERSON_ERRORS = {
    "failed_for_some_users",
    "invalid_user",
    "invalid_users",
    "single_channel_guests_cannot_be_added",
    "user_not_found",
    "users_not_found",
}
"""Refusals that are about one person of the list, so that the others can go on."""

_PAID = "Slack has user groups on paid plans only."
_SCOPE = (
    "The Slack app may not change user groups. Bring it up to date with `keyturn manifest`, "
    "and install it again."
)
SENTENCES = {
    "permission_denied": (
        "Slack does not let Keyturn change user groups. In Slack's workspace settings, under Permissions, "
        "User Groups, allow everyone to change them."
    ),
    "plan_upgrade_required": _PAID,
    "paid_teams_only": _PAID,
    "missing_scope": _SCOPE,
    "no_permission": _SCOPE,
    "no_such_subteam": "Slack has no such user group. Correct the access's connector in the catalogue.",
} | dict.fromkeys(
    PERSON_ERRORS,
    "Slack does not take this person into a user group: no guests, no bots, nobody who has left.",
)
SWITCHED_OFF = "Somebody switched the user group off in Slack. Switch it on there first."


class SlackUserGroup(Connector):
    """`{ type = "slack_usergroup", usergroup = "S0123" }`; the other settings are in `Settings`."""

    type = "slack_usergroup"
    label = "Slack user group"
    params = (
        ConnectorParam("usergroup", "User group", input_kind=ParamInput.USER_GROUP),
        ConnectorParam(
            "placeholder",
            "Placeholder",
            hint="Slack lets no group be empty. The member id of somebody who may stay in it alone; "
            "without one, the group is switched off while nobody has the access.",
            optional=True,
        ),
    )

    @classmethod
    def check(cls, params: Params) -> str | None:
        return check(dict(params))

    @classmethod
    def identity(cls, params: Params) -> Params:
        return {"usergroup": params.get("usergroup")}

    async def give(self, change: TargetChange) -> ConnectorResult:
        return (await self.apply([change]))[change.grant_id]

    async def take(self, change: TargetChange) -> ConnectorResult:
        return (await self.apply([change]))[change.grant_id]

    async def holds(self, change: TargetChange) -> bool | None:
        return (await self._read(_settings(change))).gives(change.person_id)

    async def probe(self, params: Params) -> str | None:
        try:
            group = await self._read(Settings.model_validate(dict(params)))
        except Refused as refusal:
            return SENTENCES.get(refusal.error, str(refusal))
        except (RetryAfter, UpstreamUnavailable) as error:
            return str(error)
        return SWITCHED_OFF if group.status is GroupStatus.OFF_BY_OTHERS else None

    async def apply(self, changes: Sequence[TargetChange]) -> Mapping[int, ConnectorResult]:
        settings = _settings(changes[0])
        try:
            group = await self._read(settings)
        except (Refused, RetryAfter, UpstreamUnavailable) as error:
            return _same_for_all(changes, _trouble(error))
        outcomes: dict[int, ConnectorResult] = {}
        if group.status is GroupStatus.OFF_BY_OTHERS:
            giving = [change for change in changes if change.direction is Direction.GIVE]
            outcomes |= _same_for_all(giving, ConnectorFailure(SWITCHED_OFF, transient=False))
        left = [change for change in changes if change.grant_id not in outcomes]
        return outcomes | await self._in_batches(settings, group, left)

    async def _in_batches(
        self, settings: Settings, group: GroupState, changes: Sequence[TargetChange]
    ) -> dict[int, ConnectorResult]:
        """All at once; where Slack refuses somebody, halves of halves, until only that person is left out."""
        outcomes: dict[int, ConnectorResult] = {}
        batches = [list(changes)] if changes else []
        while batches:
            batch = batches.pop(0)
            try:
                group = await self._apply_batch(settings, group, batch)
            except Refused as refusal:
                if refusal.error in PERSON_ERRORS and len(batch) > 1:
                    middle = len(batch) // 2
                    batches[:0] = [batch[:middle], batch[middle:]]
                else:
                    outcomes |= _same_for_all(batch, _trouble(refusal))
            except (RetryAfter, UpstreamUnavailable) as error:
                # How the group stands is not known now: what is left waits for the next round.
                return outcomes | _same_for_all([*batch, *chain(*batches)], _trouble(error))
            else:
                outcomes |= {change.grant_id: _outcome(group, change, settings) for change in batch}
        return outcomes

    async def _apply_batch(
        self, settings: Settings, group: GroupState, changes: Sequence[TargetChange]
    ) -> GroupState:
        """Write what the changes need, if anything; returns the group as Slack shows it then."""
        members = members_after(group, changes, settings)
        if members and (set(members) != set(group.members) or group.status is GroupStatus.OFF_BY_US):
            return await self._write(settings.usergroup, group, members)
        if not members and group.status is GroupStatus.ON:
            await self._call("usergroups.disable", settings.usergroup)
            return GroupState(group.members, GroupStatus.OFF_BY_US)
        return group

    async def _write(self, group_id: str, group: GroupState, members: Sequence[str]) -> GroupState:
        off = group.status is GroupStatus.OFF_BY_US
        try:
            answer = await self._call("usergroups.users.update", group_id, users=list(members))
        except Refused as refusal:
            if not (off and refusal.error == "no_such_subteam"):
                raise
            # It is there, but Slack does not change what is switched off.
            await self._call("usergroups.enable", group_id)
            answer = await self._call("usergroups.users.update", group_id, users=list(members))
        else:
            # Only now, so that nobody who was in it before is in it again.
            if off:
                await self._call("usergroups.enable", group_id)
        members_shown = (answer.get("usergroup") or {}).get("users")
        if members_shown is None:  # then it has to be asked for
            members_shown = (await self._call("usergroups.users.list", group_id))["users"]
        return GroupState(tuple(members_shown), GroupStatus.ON if off else group.status)

    async def _read(self, settings: Settings) -> GroupState:
        try:
            answer = await self._call("usergroups.users.list", settings.usergroup)
        except Refused as refusal:
            if refusal.error != "no_such_subteam":
                raise
            return await self._read_switched_off(settings.usergroup, refusal)
        return GroupState(tuple(answer["users"]), GroupStatus.ON)

    async def _read_switched_off(self, group_id: str, refusal: Refused) -> GroupState:
        answer = await self.context.slack.call("usergroups.list", include_disabled=True, include_users=True)
        for group in answer["usergroups"]:
            if group["id"] == group_id and group.get("date_delete"):
                ours = group.get("deleted_by") == self._bot_user_id()
                status = GroupStatus.OFF_BY_US if ours else GroupStatus.OFF_BY_OTHERS
                return GroupState(tuple(group.get("users") or ()), status)
        raise refusal

    def _bot_user_id(self) -> str:
        if not (bot_user_id := self.context.bot_user_id()):
            raise UpstreamUnavailable("Slack has not told yet who Keyturn is")
        return bot_user_id

    async def _call(self, method: str, group_id: str, **arguments: object) -> Answer:
        return await self.context.slack.call(method, usergroup=group_id, **arguments)


def _settings(change: TargetChange) -> Settings:
    return Settings.model_validate({key: value for key, value in change.connector.items() if key != "type"})


def _outcome(group: GroupState, change: TargetChange, settings: Settings) -> ConnectorResult:
    if is_done(group, change, settings):
        return Done()
    return ConnectorFailure("Slack took the new list of members, but does not show it.")


def _trouble(error: Exception) -> ConnectorFailure:
    sentence = SENTENCES.get(error.error) if isinstance(error, Refused) else None
    return ConnectorFailure(sentence, transient=False) if sentence else trouble_of(error)


def _same_for_all(changes: Sequence[TargetChange], outcome: ConnectorResult) -> dict[int, ConnectorResult]:
    return {change.grant_id: outcome for change in changes}
