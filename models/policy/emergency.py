"""Emergencies: what is in the way of access at once, who hears of it, and who looks at it afterwards."""

from dataclasses import dataclass, replace

from models.catalogue.spec import RequestKind, Role
from models.durations import spoken
from models.policy.decision import Reason
from models.policy.facts import Who
from models.policy.people import pool
from models.policy.planning import plan_stages
from models.policy.question import Question

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
    return tuple(one for one in who.admins() if (person := who.person(one)) is None or not person.barred)
