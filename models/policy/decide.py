"""Decide on a request: refused, approved by a rule, or asked for, and by which rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.catalogue.spec import OnBehalf, RequestKind, Role, RuleSpec
from models.catalogue.spec.condition_words import condition
from models.catalogue.spec.conflicts import ConflictAction
from models.catalogue.spec.references import parse_person
from models.durations import spoken
from models.policy.approvers import name_of, pool
from models.policy.conditions import applies
from models.policy.decision import Decision, Outcome, Reason
from models.policy.facts import Question, Who
from models.policy.separation_of_duties import Clash, blocking, clashes
from models.policy.stages import plan_stages, told


def decide(question: Question, who: Who) -> Decision:
    """Decide what becomes of a request. A refusal beats an approval; what no rule settles is asked for.

    What conflicts with other access is never approved by a rule alone: people see the conflict, and decide.
    An emergency alone is given in spite of a conflict that is only flagged.
    """
    found = clashes(question.ref, question.policy.title, question.holdings, question.conflicts)
    blocked = _reasons(blocking(found), question, who)
    if refusals := (_closed(question, who) or (*_refused(question, who), *blocked)):
        return Decision(Outcome.DENY, refusals, conflicts=found)
    if not found and not question.emergency and (approved := _approved(question, who)):
        return Decision(Outcome.AUTO, (approved,))
    stages = plan_stages(question, who, found)
    if question.emergency and not stages:
        at_once = (approval(question), *_flagged(found, question, who))
        return Decision(Outcome.AUTO, at_once, conflicts=found)
    if not stages[-1].approvers:
        return Decision(Outcome.NOBODY, (stages[-1].because,), conflicts=found)
    because = (*(stage.because for stage in stages), *_flagged(found, question, who))
    return Decision(Outcome.ASK, because, stages, found)


def _flagged(found: Sequence[Clash], question: Question, who: Who) -> tuple[Reason, ...]:
    return _reasons([clash for clash in found if clash.action is ConflictAction.FLAG], question, who)


def _reasons(found: Sequence[Clash], question: Question, who: Who) -> tuple[Reason, ...]:
    return tuple(Reason(clash.rule, told(clash, question, who)) for clash in found)


def _closed(question: Question, who: Who) -> tuple[Reason, ...]:
    """What holds without being written in any app: for whom access is closed, and which apps are."""
    policy = question.policy
    reasons = [reason for person_id in question.people if (reason := _closed_to(person_id, question, who))]
    if not reasons and (meddling := barred_from_asking(question, who)):
        reasons.append(meddling)
    if not policy.enabled and question.kind is not RequestKind.EXTEND:  # who has it may keep it for longer
        reasons.append(Reason("may be requested", f"{policy.title} cannot be requested at the moment."))
    return tuple(reasons)


def _closed_to(person_id: str, question: Question, who: Who) -> Reason | None:
    person = who.person(person_id)
    if person is None:
        return Reason("people", f"{person_id} is not known here.")
    if person.barred:
        return Reason("people", f"{person.name} {person.barred}.")
    if person.guest and not question.policy.guests:
        return Reason(
            "guests", f"{question.policy.app_name} is not open to guests, and {person.name} is one."
        )
    return None


def _refused(question: Question, who: Who) -> tuple[Reason, ...]:
    """The rules that refuse: all of them, so that nobody meets the next one after mending the first."""
    policy = question.policy
    denied = (rule for rule in policy.deny if applies(rule.when, question, who))
    missing = (rule for rule in policy.require if not applies(rule.when, question, who, both=True))
    return (
        *(_spoken(rule, _refusal(rule, policy.app_name)) for rule in denied),
        *(_spoken(rule, f"{policy.app_name} is given only when {condition(rule.when)}.") for rule in missing),
        *(obstacles(question) if question.emergency else ()),
    )


def _refusal(rule: RuleSpec, app: str) -> str:
    return f"{app} is not given{f' when {condition(rule.when)}' if rule.when else ''}."


def _approved(question: Question, who: Who) -> Reason | None:
    for rule in question.policy.auto_approve:
        if found := applies(rule.when, question, who, both=True):
            name = name_of(question.beneficiary, who)
            text = f"{name} needs no approval for {question.policy.title}. {found.text}"
            return _spoken(rule, text)
    return None


def _spoken(rule: RuleSpec, otherwise: str) -> Reason:
    return Reason(f"rule “{rule.name}”", rule.why or otherwise)


ON_BEHALF = "on behalf"
"""How reasons name this rule."""


def barred_from_asking(question: Question, who: Who) -> Reason | None:
    """Why the requester may not ask for the beneficiary; None if they may, or ask for themselves."""
    if not question.on_behalf or _may(question, who):
        return None
    policy, name = question.policy, name_of(question.beneficiary, who)
    if policy.on_behalf is OnBehalf.NOBODY:
        return Reason(ON_BEHALF, f"{policy.app_name} is asked for by oneself. {name} can ask for it.")
    manager = f"the manager of {name}, " if policy.on_behalf is OnBehalf.MANAGERS else ""
    return Reason(
        ON_BEHALF,
        f"For {name}, only {manager}an owner of {policy.app_name} or a workspace admin can ask. "
        f"{name} can ask too.",
    )


def manages(app_owners: tuple[str, ...], person_id: str, who: Who) -> bool:
    """Whether somebody is one of these owners or a workspace admin, and may hold that role."""
    person = who.person(person_id)
    if person is not None and person.unfit:
        return False
    owners = [parse_person(owner) for owner in app_owners]
    found = [who.person(one.id) if one.id else who.by_email(one.email or "") for one in owners]
    return person_id in who.admins() or person_id in {owner.id for owner in found if owner}


def _may(question: Question, who: Who) -> bool:
    allowed = question.policy.on_behalf
    if allowed in (OnBehalf.NOBODY, OnBehalf.ANYONE):
        return allowed is OnBehalf.ANYONE
    person = who.person(question.beneficiary)
    is_manager = person is not None and person.manager_id == question.requester
    return (allowed is OnBehalf.MANAGERS and is_manager) or manages(
        question.policy.owners, question.requester, who
    )


RULE = "emergency access"
"""How the rule that approves an emergency is named, before the app."""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What an emergency brings about, by people's ids."""

    told: tuple[str, ...]
    """Who is told at once: those who would have decided, the owners and the workspace admins."""
    reviewers: tuple[str, ...]
    """Who may review it: never who asked for it or had it. Nobody, where none but these is left."""


def approval(question: Question) -> Reason:
    """The rule that gives access at once."""
    policy = question.policy
    longest = f", for at most {spoken(policy.emergency.max)}" if policy.emergency else ""
    text = f"{policy.app_name} is given at once in an emergency{longest}, and it is reviewed afterwards."
    return Reason(f"{RULE} of {policy.app_name}", text)


def obstacles(question: Question) -> tuple[Reason, ...]:
    """Why this is not given at once; empty where nothing is in the way."""
    policy, asked = question.policy, question.duration
    if policy.emergency is None:
        text = f"{policy.title} cannot be had at once. Ask for it without the emergency."
    elif question.kind is RequestKind.EXTEND:
        text = "More time is never an emergency. Ask for it as usual."
    elif question.starts_at is not None and question.starts_at > question.at:
        text = "In an emergency access begins at once. Leave the start out."
    elif asked is None or asked > policy.emergency.max:
        longest = spoken(policy.emergency.max)
        text = f"In an emergency {policy.app_name} is given for at most {longest}. Choose less."
    else:
        return ()
    return (Reason(f"{RULE} of {policy.app_name}", text),)


def aftermath(question: Question, who: Who) -> Aftermath:
    """Who is told of an emergency, and who reviews it, as people and groups are now."""
    usual = plan_stages(replace(question, emergency=False), who)
    asked = [one.person_id for stage in usual for one in stage.asked]
    told = dict.fromkeys((*asked, *_others((Role.OWNERS,), question, who), *_admins(who)))
    return Aftermath(
        told=tuple(person_id for person_id in told if person_id not in question.people),
        reviewers=_reviewers(question, who),
    )


def _reviewers(question: Question, who: Who) -> tuple[str, ...]:
    named = question.policy.emergency.reviewers if question.policy.emergency else (Role.OWNERS,)
    return _others(named, question, who) or _others((Role.ADMINS,), question, who)


def _others(approvers: tuple[str, ...], question: Question, who: Who) -> tuple[str, ...]:
    """Whom these name, without those whom it is about, even where people may decide on their own requests."""
    found = pool(approvers, question, who, spent=dict.fromkeys(question.people, "used it"))
    return tuple(person_id for person_id in found.ids if person_id not in question.people)


def _admins(who: Who) -> tuple[str, ...]:
    return tuple(one for one in who.admins() if (person := who.person(one)) is None or not person.unfit)
