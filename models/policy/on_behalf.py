"""Who may ask for somebody else."""

from models.catalogue.approvers import parse_person
from models.catalogue.spec import OnBehalf
from models.policy.decision import Reason
from models.policy.facts import Who
from models.policy.people import name_of
from models.policy.question import Question

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
    """Whether somebody is one of these owners, or a workspace admin."""
    owners = [parse_person(owner) for owner in app_owners]
    found = [who.person(one.id) if one.id else who.by_email(one.email or "") for one in owners]
    return person_id in who.admins() or person_id in {person.id for person in found if person}


def _may(question: Question, who: Who) -> bool:
    allowed = question.policy.on_behalf
    if allowed in (OnBehalf.NOBODY, OnBehalf.ANYONE):
        return allowed is OnBehalf.ANYONE
    person = who.person(question.beneficiary)
    is_manager = person is not None and person.manager_id == question.requester
    return (allowed is OnBehalf.MANAGERS and is_manager) or manages(
        question.policy.owners, question.requester, who
    )
