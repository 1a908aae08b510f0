"""The decision on a request: refused, approved by a rule, or asked for, and by which rules."""

from collections.abc import Sequence

from models.catalogue.condition_words import condition
from models.catalogue.conflicts import ConflictAction
from models.catalogue.spec import RequestKind, RuleSpec
from models.policy import emergency
from models.policy.clashes import Clash, blocking, clashes
from models.policy.conditions import applies
from models.policy.decision import Decision, Outcome, Reason
from models.policy.facts import Who
from models.policy.on_behalf import barred_from_asking
from models.policy.people import name_of
from models.policy.planning import plan_stages, told
from models.policy.question import Question


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
        at_once = (emergency.approval(question), *_flagged(found, question, who))
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
        *(emergency.obstacles(question) if question.emergency else ()),
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
