"""Decide on a request: denied, approved by a rule, or for approvers to decide, and by which rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.catalogue.spec import ApproverRole, OnBehalf, RequestKind, RuleSpec, StageSpec, parse_person
from models.catalogue.spec.condition_words import describe_condition
from models.catalogue.spec.conflicts import ConflictAction
from models.durations import duration_words
from models.policy.approvers import find_candidates, name_of
from models.policy.conditions import applies, with_handles
from models.policy.conflicts import Conflict, blocking_conflicts, find_conflicts
from models.policy.decision import PolicyDecision, Reason, Verdict
from models.policy.duration_rules import emergency_duration_problem
from models.policy.facts import PeopleDirectory, Question
from models.policy.stages import conflict_sentence, plan_stages

ON_BEHALF = "on behalf"
"""How reasons name the rule of who may request for somebody else."""
EMERGENCY_RULE = "emergency access"
"""How reasons name the rule that approves an emergency, before the app."""


def decide(question: Question, directory: PeopleDirectory) -> PolicyDecision:
    """Decide what becomes of a request. Deny beats approve; what no rule settles goes to approvers.

    A request that conflicts with other access is never approved by a rule alone: approvers see the conflict,
    and decide. Only an emergency is granted in spite of a conflict that is merely flagged.
    """
    policy = question.policy
    conflicts = find_conflicts(question.ref, policy.title, question.holdings, question.conflicts)
    denials = _closed(question, directory)
    if not denials:
        blocks = _conflict_reasons(blocking_conflicts(conflicts), question, directory)
        denials = (*_denied_by_rules(question, directory), *blocks)
    if denials:
        return PolicyDecision(Verdict.DENY, denials, conflicts=conflicts)
    if not conflicts and not question.emergency and (approved := _approved(question, directory)):
        return PolicyDecision(Verdict.AUTO, (approved,))
    flagged = [conflict for conflict in conflicts if conflict.action is ConflictAction.FLAG]
    flags = _conflict_reasons(flagged, question, directory)
    stages = plan_stages(question, directory, conflicts)
    if question.emergency and not stages:
        return PolicyDecision(Verdict.AUTO, (emergency_reason(question), *flags), conflicts=conflicts)
    if not stages[-1].approvers:
        return PolicyDecision(Verdict.NOBODY, (stages[-1].because,), conflicts=conflicts)
    because = (*(stage.because for stage in stages), *flags)
    return PolicyDecision(Verdict.ASK, because, stages, conflicts)


def _conflict_reasons(
    conflicts: Sequence[Conflict], question: Question, directory: PeopleDirectory
) -> tuple[Reason, ...]:
    return tuple(
        Reason(conflict.rule, conflict_sentence(conflict, question, directory)) for conflict in conflicts
    )


def _closed(question: Question, directory: PeopleDirectory) -> tuple[Reason, ...]:
    """Denials that no app has to write: people who have no access here, and apps that are switched off."""
    policy = question.policy
    reasons = [
        reason for person_id in question.people if (reason := _closed_to(person_id, question, directory))
    ]
    if not reasons and (refusal := on_behalf_refusal(question, directory)):
        reasons.append(refusal)
    if not policy.enabled and question.kind is not RequestKind.EXTEND:  # who has it may keep it for longer
        reasons.append(Reason("may be requested", f"{policy.title} can't be requested right now."))
    return tuple(reasons)


def _closed_to(person_id: str, question: Question, directory: PeopleDirectory) -> Reason | None:
    person = directory.person(person_id)
    if person is None:
        return Reason("people", f"Keyturn doesn't know {person_id}.")
    if person.barred:
        return Reason("people", f"{person.name} {person.barred}.")
    if person.guest and not question.policy.guests:
        text = f"Guests can't request {question.policy.app_name}."
        return Reason("guests", text)
    return None


def _denied_by_rules(question: Question, directory: PeopleDirectory) -> tuple[Reason, ...]:
    """All rules that deny, so that nobody meets the next one after mending the first."""
    policy, reasons = question.policy, list[Reason]()
    for rule in policy.deny:
        if applies(rule.when, question, directory):
            when = f" when {describe_condition(with_handles(rule.when, directory))}" if rule.when else ""
            reasons.append(_rule_reason(rule, f"{policy.app_name} can't be requested{when}."))
    for rule in policy.require:
        if not applies(rule.when, question, directory, both=True):
            condition = describe_condition(with_handles(rule.when, directory))
            reasons.append(_rule_reason(rule, f"{policy.app_name} can be requested only when {condition}."))
    return (*reasons, *(emergency_obstacles(question) if question.emergency else ()))


def _approved(question: Question, directory: PeopleDirectory) -> Reason | None:
    for rule in question.policy.auto_approve:
        if reason := applies(rule.when, question, directory, effect="No approval needed", both=True):
            return _rule_reason(rule, reason.text)
    return None


def _rule_reason(rule: RuleSpec, default: str) -> Reason:
    """The rule's own explanation, or `default` where it has none."""
    return Reason(f"rule “{rule.name}”", rule.why or default)


def on_behalf_refusal(question: Question, directory: PeopleDirectory) -> Reason | None:
    """Why the requester may not request for the beneficiary; None if they may, or request for themselves."""
    policy = question.policy
    if not question.on_behalf or policy.on_behalf is OnBehalf.ANYONE:
        return None
    name = name_of(question.beneficiary, directory)
    if policy.on_behalf is OnBehalf.NOBODY:
        return Reason(
            ON_BEHALF, f"{policy.app_name} can't be requested for someone else. {name} can request it."
        )
    managers_may = policy.on_behalf is OnBehalf.MANAGERS
    person = directory.person(question.beneficiary)
    if managers_may and person is not None and person.manager_id == question.requester:
        return None
    if is_owner_or_admin(policy.owners, question.requester, directory):
        return None
    manager = f"the manager of {name}, " if managers_may else ""
    return Reason(
        ON_BEHALF,
        f"For {name}, only {manager}an owner of {policy.app_name} or a workspace admin can request "
        f"this. {name} can request it too.",
    )


def is_owner_or_admin(app_owners: tuple[str, ...], person_id: str, directory: PeopleDirectory) -> bool:
    """Whether somebody is one of these owners or a workspace admin, and may hold that role."""
    person = directory.person(person_id)
    if person is not None and person.unfit:
        return False
    refs = [parse_person(owner) for owner in app_owners]
    owners = [directory.person(ref.id) if ref.id else directory.by_email(ref.email or "") for ref in refs]
    return person_id in directory.admins() or person_id in {owner.id for owner in owners if owner}


def longer_duration_obstacle(asked: Question, given: Question, directory: PeopleDirectory) -> str | None:
    """A sentence where a changed duration meets a rule or a stage that the requested one did not meet.

    An approver cannot give what the policy would have denied, or has others decide on. None: nothing is in
    the way.
    """
    denied_before = set(_denials(asked, directory))
    if denied := [text for text in _denials(given, directory) if text not in denied_before]:
        return f"{denied[0]} Choose less."
    stages_before = set(_applying_stages(asked, directory))
    for stage in _applying_stages(given, directory):
        if stage not in stages_before:
            duration = duration_words(given.duration) if given.duration else "No end"
            return f"{duration} also needs the stage “{stage.name}”, which wasn't asked. Choose less."
    return None


def _denials(question: Question, directory: PeopleDirectory) -> list[str]:
    decision = decide(question, directory)
    return [reason.text for reason in decision.because] if decision.verdict is Verdict.DENY else []


def _applying_stages(question: Question, directory: PeopleDirectory) -> Iterator[StageSpec]:
    return (stage for stage in question.policy.stages if applies(stage.when, question, directory))


@dataclass(frozen=True, slots=True)
class EmergencyFollowUp:
    """What an emergency brings about, by people's ids."""

    notified: tuple[str, ...]
    """Who is notified at once: those who would have decided, the owners and the workspace admins."""
    reviewers: tuple[str, ...]
    """Who may review it: never its requester or beneficiary. Empty where nobody else is left."""


def emergency_reason(question: Question) -> Reason:
    """The rule that gives access at once."""
    policy = question.policy
    longest = f" for up to {duration_words(policy.emergency.max)}" if policy.emergency else ""
    text = f"Emergency access: granted immediately{longest}, reviewed afterwards."
    return Reason(f"{EMERGENCY_RULE} of {policy.app_name}", text)


def emergency_obstacles(question: Question) -> tuple[Reason, ...]:
    """Why this is not given at once; empty where nothing is in the way."""
    policy = question.policy
    if policy.emergency is None:
        text = f"{policy.title} doesn't allow emergency access. Request it without the emergency."
    elif question.kind is RequestKind.EXTEND:
        text = "An extension can't be an emergency. Request it as usual."
    else:
        later = question.starts_at is not None and question.starts_at > question.at
        problem = emergency_duration_problem(policy, question.duration, starts_later=later)
        if problem is None:
            return ()
        text = problem
    return (Reason(f"{EMERGENCY_RULE} of {policy.app_name}", text),)


def emergency_follow_up(question: Question, directory: PeopleDirectory) -> EmergencyFollowUp:
    """Who is notified of an emergency, and who reviews it, as people and groups are now."""

    def others(*approvers: str) -> tuple[str, ...]:
        """Whom these name, without requester and beneficiary, even where they may decide themselves."""
        own = dict.fromkeys(question.people, "used it")
        pool = find_candidates(approvers, question, directory, ineligible=own)
        return tuple(person_id for person_id in pool.voters if person_id not in question.people)

    usual = plan_stages(replace(question, emergency=False), directory)
    approvers = [approver.person_id for stage in usual for approver in stage.asked]
    admins = [
        person_id
        for person_id in directory.admins()
        if (person := directory.person(person_id)) is None or not person.unfit
    ]
    notified = dict.fromkeys((*approvers, *others(ApproverRole.OWNERS), *admins))
    policy = question.policy
    named = policy.emergency.reviewers if policy.emergency else (ApproverRole.OWNERS,)
    return EmergencyFollowUp(
        notified=tuple(person_id for person_id in notified if person_id not in question.people),
        reviewers=others(*named) or others(ApproverRole.ADMINS),
    )
