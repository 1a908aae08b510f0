"""`[[app]]` with its accesses, stages, rules and emergency access."""

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
    Name,
    People,
    PeopleCount,
    Quiet,
    Rule,
    Spec,
    Switch,
    refuse_duplicate_keys,
)
from models.catalogue.spec.references import ApproverRole, PersonRef, parse_approver
from models.durations import duration_words, parse_duration


class EmergencySpec(Spec):
    """Access at once, without approval, for a short time. Apps without this entry have no such access.

    Those who would have decided, the owners and the workspace admins are notified at once, and somebody else
    than its user has to review it. Of the stages, only those apply before whose `when` names
    `emergency = true` (by itself, or inside `any` or `all`); rules that deny or require hold as always.
    """

    max: Duration
    """The maximum duration, whatever `over_max` says."""
    review_within: Duration = parse_duration("24h")
    """After so long the reviewers are reminded; then again, each time after twice as long, up to a week."""
    reviewers: Approvers = (ApproverRole.OWNERS.value,)
    """Who reviews it; the workspace admins where none of these may."""


USUAL_PRESETS = (parse_duration("1h"), parse_duration("8h"), parse_duration("7d"))
"""The presets of apps that name none; those above the maximum are dropped."""


def people_listed(approvers: Sequence[str]) -> int | None:
    """How many people these approvers are, or None where groups or roles have to be looked up for that."""
    refs = [parse_approver(text) for text in approvers]
    return len(refs) if all(isinstance(ref, PersonRef) for ref in refs) else None


def _escalate_in_time(stages: "Sequence[StageSpec]", expiry: timedelta | None) -> None:
    for stage in stages:
        if expiry and stage.escalate_after and stage.escalate_after >= expiry:
            raise ValueError(
                f"“{stage.name}” asks its alternates after {duration_words(stage.escalate_after)}, "
                f"but requests expire before that (after {duration_words(expiry)}). Ask them sooner, "
                "or let requests wait longer"
            )


def _presets_fit(presets: Sequence[timedelta], longest: timedelta | None) -> None:
    over = next((preset for preset in presets if longest and preset > longest), None)
    if over and longest and tuple(presets) != USUAL_PRESETS:
        raise ValueError(
            f"is {duration_words(longest)}, but the presets offer {duration_words(over)}. Remove it "
            "or raise the maximum"
        )


class StageSpec(Spec):
    """One step of approval: who may decide, and how many must."""

    name: Name = "Approval"
    approvers: Approvers
    quiet: Quiet = ()
    """May decide as well, but get no message. Approvers that both lists name are quiet."""
    rule: Rule = "any"
    on_reject: OnReject = OnReject.COUNT
    """With a number of approvals: whether one rejection ends it. "any" and "all" end with one anyway."""
    alternates: Alternates = ()
    """Asked too once `escalate_after` has passed, and at once where none of `approvers` can be asked."""
    escalate_after: Duration | None = None
    """Counted from the opening of the stage. None: half of the time that is left then."""
    when: When | None = None
    channel: Channel = ""
    """The id of the channel that is asked in place of more than `channel_over` people."""
    channel_over: PeopleCount = 20

    @property
    def deciders(self) -> tuple[str, ...]:
        """Approvers and quiet approvers, each once."""
        return tuple(dict.fromkeys((*self.approvers, *self.quiet)))

    @property
    def deciders_and_alternates(self) -> tuple[str, ...]:
        """The same with the alternates."""
        return tuple(dict.fromkeys((*self.deciders, *self.alternates)))

    @field_validator("rule")
    @classmethod
    def _rule_is_reachable(cls, rule: str | int, info: ValidationInfo) -> str | int:
        deciders = dict.fromkeys((*info.data.get("approvers", ()), *info.data.get("quiet", ())))
        people = people_listed(tuple(deciders))
        if isinstance(rule, int) and people is not None and rule > people:
            raise ValueError(
                f"needs {rule} approvals, but lists only {people} people. Lower it or add people"
            )
        return rule

    @field_validator("alternates")
    @classmethod
    def _alternates_are_others(cls, alternates: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        twice = next((ref for ref in alternates if ref in info.data.get("approvers", ())), None)
        if twice:
            raise ValueError(
                f"“{twice}” is both an approver and a quiet approver or alternate. "
                "Remove it from one of the two"
            )
        return alternates

    @field_validator("escalate_after")
    @classmethod
    def _escalation_needs_alternates(cls, after: timedelta | None, info: ValidationInfo) -> timedelta | None:
        if after and not info.data.get("alternates", True):
            raise ValueError("says when alternates are asked, but there are none. Add some to alternates")
        return after


class RuleSpec(Spec):
    """A rule that decides without approvers: under `deny` it denies, under `auto_approve` it approves."""

    name: Name
    why: Description = ""
    """Shown to the requester. Left out, the condition is shown in words."""
    when: When | None = None


class RequireSpec(RuleSpec):
    """A condition that has to hold for requester and beneficiary; a request is denied where it does not."""

    when: When


Stages = Annotated[tuple[StageSpec, ...], Field(max_length=10)]
Rules = Annotated[tuple[RuleSpec, ...], Field(max_length=50)]
Requirements = Annotated[tuple[RequireSpec, ...], Field(max_length=50)]
Examples = Annotated[tuple[ExampleSpec, ...], Field(max_length=200)]


class AccessSpec(Spec):
    """An access of an app, which can be requested. What is None here is as the app has it."""

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
    """Whether emergency access is possible, where the app allows it."""
    stage: Stages | None = None
    """Replaces the app's stages. An empty list leaves the owners to decide."""
    deny: Rules = ()
    """In addition to the app's."""
    require: Requirements = ()
    """In addition to the app's."""
    auto_approve: Rules = ()
    """In addition to the app's."""


class AppSpec(Spec):
    """An app, whose accesses people can request."""

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
    """Whether access without an end may be requested."""
    over_max: OverMax = OverMax.FLAG
    reason: Need = Need.REQUIRED
    decision_comment: DecisionComment = DecisionComment.OPTIONAL
    """When a decision needs a comment."""
    on_behalf: OnBehalf = OnBehalf.NOBODY
    """Who may request for someone else."""
    reassign: Reassign = Reassign.ELIGIBLE
    """To whom an approver, an owner or an admin may reassign a decision."""
    request_expiry: Duration = parse_duration("48h")
    remind_after: Duration = parse_duration("24h")
    """When approvers who have not decided are reminded, from the opening of a stage; then after twice as long
    each time. Once, in the usual 48 hours."""
    remind_wait: Duration = parse_duration("4h")
    """How long after the request or the last reminder a requester can have its approvers reminded."""
    expiry_warning: Duration = parse_duration("4h")
    """How long before a request expires a warning is sent; at most half of `request_expiry`."""
    expiry_notices: Durations = (parse_duration("1d"), parse_duration("1h"))
    grace: Duration | None = None
    """By how much at most a pending extension delays the end of access. None: not at all."""
    email: EmailUse = EmailUse.FALLBACK
    self_approve: Switch = False
    emergency: EmergencySpec | None = None
    """Access at once, reviewed afterwards. None: not possible."""
    instructions: Instructions = ""
    access: Annotated[tuple[AccessSpec, ...], Field(max_length=1000)] = ()
    stage: Stages = ()
    """Left out: the owners decide."""
    deny: Rules = ()
    require: Requirements = ()
    auto_approve: Rules = ()
    example: Examples = ()
    """Test cases of the rules; a change that breaks one is not saved."""

    @field_validator("max_duration")
    @classmethod
    def _presets_within_maximum(cls, longest: timedelta | None, info: ValidationInfo) -> timedelta | None:
        _presets_fit(info.data.get("durations", ()), longest)
        return longest

    @field_validator("emergency")
    @classmethod
    def _emergency_within_maximum(
        cls, emergency: EmergencySpec | None, info: ValidationInfo
    ) -> EmergencySpec | None:
        longest = info.data.get("max_duration")
        if emergency and longest and emergency.max > longest:
            raise ValueError(
                f"lasts {duration_words(emergency.max)}, but the longest is {duration_words(longest)}. "
                "Lower its “max”"
            )
        return emergency

    @field_validator("stage")
    @classmethod
    def _stages_escalate_in_time(
        cls, stages: tuple[StageSpec, ...], info: ValidationInfo
    ) -> tuple[StageSpec, ...]:
        _escalate_in_time(stages, info.data.get("request_expiry"))
        return stages

    @field_validator("access")
    @classmethod
    def _accesses_fit(cls, accesses: tuple[AccessSpec, ...], info: ValidationInfo) -> tuple[AccessSpec, ...]:
        refuse_duplicate_keys(accesses)
        for access in accesses:
            _presets_fit(access.durations or (), access.max_duration or info.data.get("max_duration"))
            _escalate_in_time(access.stage or (), info.data.get("request_expiry"))
        return accesses
