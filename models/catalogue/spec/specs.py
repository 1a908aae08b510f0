"""The entries of the catalogue. One format for the TOML file, the admin's forms and the database."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from models.catalogue.spec.conditions import When
from models.catalogue.spec.connectors import BY_HAND, ConnectorSpec
from models.catalogue.spec.enums import (
    AccessKind,
    DecisionComment,
    EmailUse,
    Need,
    OnBehalf,
    OnReject,
    OverMax,
    Reassign,
    Risk,
)
from models.catalogue.spec.examples import ExampleSpec
from models.catalogue.spec.fields import (
    Alternates,
    Approvers,
    Channel,
    Description,
    Duration,
    Durations,
    Icon,
    Instructions,
    Key,
    Label,
    Link,
    Many,
    Name,
    People,
    Quiet,
    Rule,
    Spec,
    Switch,
    named_twice,
)
from models.catalogue.spec.references import PersonRef, Role, parse_approver
from models.durations import parse, spoken


class EmergencySpec(Spec):
    """Access at once, without approval, for a short time. Where an app has none of this, there is none.

    Those who would have decided, the owners and the workspace admins are told at once, and somebody else
    than the one who used it has to review it. Of the stages, only those whose `when` names
    `emergency = true` (by itself, or inside `any` or `all`) are asked before; rules that deny or require
    hold as always.
    """

    max: Duration
    """The longest. It is never more, whatever `over_max` says."""
    review_within: Duration = parse("24h")
    """After so long the reviewers are reminded; then again, each time after twice as long, up to a week."""
    reviewers: Approvers = (Role.OWNERS.value,)
    """Who reviews it. Where nobody of them is left who may, the workspace admins do."""


USUAL_PRESETS = (parse("1h"), parse("8h"), parse("7d"))
"""Offered where an app names none; those above its maximum are left away."""


def people_listed(approvers: Sequence[str]) -> int | None:
    """How many people these approvers are at most, or None where that is only known by looking them up."""
    refs = [parse_approver(text) for text in approvers]
    return len(refs) if all(isinstance(ref, PersonRef) for ref in refs) else None


def _escalate_in_time(stages: "Sequence[StageSpec]", expiry: timedelta | None) -> None:
    for stage in stages:
        if expiry and stage.escalate_after and stage.escalate_after >= expiry:
            raise ValueError(
                f"“{stage.name}” asks its alternates after {spoken(stage.escalate_after)}, but by then "
                f"requests have expired (after {spoken(expiry)}). Ask them sooner, or let requests wait"
            )


def _presets_fit(presets: Sequence[timedelta], longest: timedelta | None) -> None:
    over = next((preset for preset in presets if longest and preset > longest), None)
    if over and longest and tuple(presets) != USUAL_PRESETS:
        raise ValueError(
            f"is {spoken(longest)}, but the presets offer {spoken(over)}. Drop it or raise the maximum"
        )


class StageSpec(Spec):
    """One step of approval: who may decide, and how many must."""

    name: Name = "Approval"
    approvers: Approvers
    quiet: Quiet = ()
    """May decide as well, but get no message. Who is named in both is quiet."""
    rule: Rule = "any"
    on_reject: OnReject = OnReject.COUNT
    """With a number of approvals: whether one rejection ends it. "any" and "all" end with one anyway."""
    alternates: Alternates = ()
    """Asked too once `escalate_after` has passed; and first of all where nobody of `approvers` can be."""
    escalate_after: Duration | None = None
    """Counted from the opening of the stage. None: when half of the time is over that is left then."""
    when: When | None = None
    channel: Channel = ""
    """Where it is asked when it would ask more than `channel_over` people; by id."""
    channel_over: Many = 20

    @property
    def named(self) -> tuple[str, ...]:
        """All whom it names to decide, each once."""
        return tuple(dict.fromkeys((*self.approvers, *self.quiet)))

    @property
    def everybody(self) -> tuple[str, ...]:
        """All whom it names, those included who are asked later."""
        return tuple(dict.fromkeys((*self.named, *self.alternates)))

    @field_validator("rule")
    @classmethod
    def _within_reach(cls, rule: str | int, info: ValidationInfo) -> str | int:
        named = dict.fromkeys((*info.data.get("approvers", ()), *info.data.get("quiet", ())))
        listed = people_listed(tuple(named))
        if isinstance(rule, int) and listed is not None and rule > listed:
            raise ValueError(
                f"wants {rule} approvals, but lists only {listed} people. Lower it or add people"
            )
        return rule

    @field_validator("alternates")
    @classmethod
    def _others(cls, alternates: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        twice = next((one for one in alternates if one in info.data.get("approvers", ())), None)
        if twice:
            raise ValueError(f"“{twice}” is among the approvers already. Take it out of one of the two")
        return alternates

    @field_validator("escalate_after")
    @classmethod
    def _to_somebody(cls, after: timedelta | None, info: ValidationInfo) -> timedelta | None:
        if after and not info.data.get("alternates", True):
            raise ValueError(
                "says when the alternates are asked, and there are none. List some in alternates"
            )
        return after


class RuleSpec(Spec):
    """A rule that decides by itself: under `deny` it refuses, under `auto_approve` it approves."""

    name: Name
    why: Description = ""
    """Read by the person who asks. Left out, they read what the condition says."""
    when: When | None = None


class RequireSpec(RuleSpec):
    """A condition that has to hold, for requester and beneficiary both. Where it does not, it refuses."""

    when: When


Stages = Annotated[tuple[StageSpec, ...], Field(max_length=10)]
Rules = Annotated[tuple[RuleSpec, ...], Field(max_length=50)]
Requirements = Annotated[tuple[RequireSpec, ...], Field(max_length=50)]
Examples = Annotated[tuple[ExampleSpec, ...], Field(max_length=200)]


class AccessSpec(Spec):
    """One thing inside an app that can be asked for. What is None here is as the app has it."""

    key: Key
    name: Name
    description: Description = ""
    kind: AccessKind = AccessKind.ROLE
    risk: Risk | None = None
    privileged: Switch = False
    enabled: Switch = True
    connector: ConnectorSpec = ConnectorSpec(type=BY_HAND)
    instructions: Instructions | None = None
    durations: Durations | None = None
    max_duration: Duration | None = None
    indefinite: Switch | None = None
    emergency: Switch = True
    """Whether it may be had in an emergency, where the app allows that."""
    stage: Stages | None = None
    """Replaces the app's stages. An empty list leaves the owners to decide."""
    deny: Rules = ()
    """In addition to the app's."""
    require: Requirements = ()
    """In addition to the app's."""
    auto_approve: Rules = ()
    """In addition to the app's."""


class AppSpec(Spec):
    """An entry of the catalogue that people can ask for."""

    key: Key
    name: Name
    description: Description = ""
    category: Label = ""
    icon: Icon = ""
    link: Link = ""
    risk: Risk = Risk.LOW
    owners: People = ()
    enabled: Switch = True
    """Whether it may be requested."""
    guests: Switch = False
    """Whether guests may have it."""
    durations: Durations = USUAL_PRESETS
    """The presets that the form offers."""
    max_duration: Duration | None = None
    indefinite: Switch = False
    """Whether access without an end may be asked for."""
    over_max: OverMax = OverMax.FLAG
    reason: Need = Need.REQUIRED
    decision_comment: DecisionComment = DecisionComment.OPTIONAL
    """When an approver has to say something with the decision."""
    on_behalf: OnBehalf = OnBehalf.NOBODY
    """Who may ask for somebody else."""
    reassign: Reassign = Reassign.ELIGIBLE
    """To whom an approver, an owner or an admin may pass a decision on."""
    request_expiry: Duration = parse("48h")
    remind_after: Duration = parse("24h")
    """When approvers who have not decided are reminded, from the opening of a stage; then after twice as long
    each time. Once, in the usual 48 hours."""
    remind_wait: Duration = parse("4h")
    """How long after asking or reminding its approvers a requester can have them reminded (again)."""
    expiry_warning: Duration = parse("4h")
    """How long before a request expires those concerned are told; at most half of `request_expiry`."""
    expiry_notices: Durations = (parse("1d"), parse("1h"))
    grace: Duration | None = None
    """By how much at most a pending extension holds up the expiry. None: not at all."""
    email: EmailUse = EmailUse.FALLBACK
    self_approve: Switch = False
    emergency: EmergencySpec | None = None
    """Access at once, reviewed afterwards. None: not to be had."""
    instructions: Instructions = ""
    access: Annotated[tuple[AccessSpec, ...], Field(max_length=1000)] = ()
    stage: Stages = ()
    """Left out: the owners decide."""
    deny: Rules = ()
    require: Requirements = ()
    auto_approve: Rules = ()
    example: Examples = ()
    """What has to come of the rules; a change that breaks one is not saved."""

    @field_validator("max_duration")
    @classmethod
    def _holds_presets(cls, longest: timedelta | None, info: ValidationInfo) -> timedelta | None:
        _presets_fit(info.data.get("durations", ()), longest)
        return longest

    @field_validator("emergency")
    @classmethod
    def _no_longer(cls, emergency: EmergencySpec | None, info: ValidationInfo) -> EmergencySpec | None:
        longest = info.data.get("max_duration")
        if emergency and longest and emergency.max > longest:
            raise ValueError(
                f"lasts {spoken(emergency.max)}, but the longest is {spoken(longest)}. Lower its “max”"
            )
        return emergency

    @field_validator("stage")
    @classmethod
    def _escalate(cls, stages: tuple[StageSpec, ...], info: ValidationInfo) -> tuple[StageSpec, ...]:
        _escalate_in_time(stages, info.data.get("request_expiry"))
        return stages

    @field_validator("access")
    @classmethod
    def _fits(cls, accesses: tuple[AccessSpec, ...], info: ValidationInfo) -> tuple[AccessSpec, ...]:
        named_twice(accesses)
        for access in accesses:
            _presets_fit(access.durations or (), access.max_duration or info.data.get("max_duration"))
            _escalate_in_time(access.stage or (), info.data.get("request_expiry"))
        return accesses
