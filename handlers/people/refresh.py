"""Refresh the people and user groups that a decision depends on, just before it.

Slack's signature proves who clicked. Whether they still may decide is looked up where the last lookup of a
person is older than ten minutes (`PERSON_MAX_AGE`), that of a user group older than a minute, or where events
may have been lost since. Slack's events keep the tables current in between.

A button refreshes everybody whom the decision behind its form depends on, so that the form, sent within ten
minutes, costs no call. A decision on a high or critical risk always looks them up, and when it is taken: at
the button that would say nothing of the hour that the form may stay open, and at both it would cost twice.
"""

import asyncio
from datetime import timedelta

import structlog

from handlers.people.freshness import ALWAYS, PERSON_MAX_AGE
from handlers.people.lookup import PeopleLookup
from models.catalogue.spec import AppSpec, Risk, StageSpec, effective_policy
from models.catalogue.spec.references import GroupRef, parse_approver
from models.errors import Refusal
from models.registry.by_reference import find_request
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.tables.requests import STAGES, Request
from models.text import join_words

log = structlog.get_logger("keyturn.people")

DECISION_TIMEOUT = 2.0
"""Seconds; Slack waits three for the answer. After that, what the tables know counts."""
FORM_TIMEOUT = 1.5
"""Seconds, where a form has to be opened, checked or redrawn within the three."""


async def before_form(lookup: PeopleLookup, ref: str, actor: str) -> None:
    """Refresh who clicked a button that opens a form, and whom its decision depends on."""
    await _refresh(lookup, ref, {actor}, FORM_TIMEOUT)


async def before_decision(lookup: PeopleLookup, ref: str, actor: str, *others: str) -> None:
    """Refresh the same and these others for the decision itself; always where the risk is high."""
    await _refresh(lookup, ref, {actor, *filter(None, others)}, DECISION_TIMEOUT, decides=True)


async def before_action(lookup: PeopleLookup, ref: str, actor: str) -> None:
    """Refresh who acts on a request, a grant or a task without deciding on it."""
    risky = await lookup.store.read(lambda case: is_high_risk(_risk(case, find_request(case, ref))))
    await lookup.refresh([actor], ALWAYS if risky else PERSON_MAX_AGE)


async def before_request(
    lookup: PeopleLookup, app: AppSpec | None, people: set[str], max_age: timedelta = PERSON_MAX_AGE
) -> bool:
    """Refresh everybody on whom a request of these people depends; returns whether there was time for all.

    `max_age` is how old the last lookup of these people may be.
    """
    try:
        async with asyncio.timeout(FORM_TIMEOUT):
            await (lookup.refresh_for_app(app, people, max_age) if app else lookup.refresh(people, max_age))
    except TimeoutError:
        log.warning("lookup took too long", app=app and app.key)
        return False
    return True


async def refuse_if_unresolved(lookup: PeopleLookup, app: AppSpec, *, looked_up: bool) -> None:
    """Refuse a request while Slack has not said who decides on it: it must not go to others instead.

    Raises:
        Refusal: An address or a user group in the app's rules is not resolved yet.
    """
    if unresolved := await lookup.unresolved_approvers(app, looked_up=looked_up):
        raise Refusal(
            f"Slack isn't saying who {join_words(unresolved)} is right now, and they would be asked. "
            "Nothing was sent. Try again in a moment.",
            field="access",
        )


def requester_max_age(app: AppSpec | None, access_keys: tuple[str, ...], *, emergency: bool) -> timedelta:
    """Return how old the last lookup of a requester may be.

    Where a request on a high or critical risk may be granted without an approver, nobody looks at them again.
    """
    policies = (
        [effective_policy(app, access) for access in app.access if access.key in access_keys] if app else []
    )
    without_approver = [policy for policy in policies if emergency or policy.auto_approve]
    return ALWAYS if any(is_high_risk(policy.risk) for policy in without_approver) else PERSON_MAX_AGE


def is_high_risk(risk: Risk) -> bool:
    """Whether people are looked up at each decision, however fresh their last lookup is."""
    return risk >= Risk.HIGH


async def _refresh(
    lookup: PeopleLookup, ref: str, people: set[str], seconds: float, *, decides: bool = False
) -> None:
    def read(case: Case) -> tuple[set[str], set[GroupRef], bool]:
        request = find_request(case, ref)
        parties = {request.requester_id, request.beneficiary_id}
        return parties, _groups(case, request), decides and is_high_risk(_risk(case, request))

    parties, groups, always = await lookup.store.read(read)
    try:
        async with asyncio.timeout(seconds):
            age = ALWAYS if always else PERSON_MAX_AGE
            await asyncio.gather(lookup.refresh(people | parties, age), lookup.refresh_groups(groups))
    except TimeoutError:
        log.warning("lookup took too long", request=ref)


def _risk(case: Case, request: Request) -> Risk:
    return policy_of(case, request.policy).policy.risk


def _groups(case: Case, request: Request) -> set[GroupRef]:
    """Return the user groups that a request's stages and emergency reviewers name."""
    specs = [StageSpec.model_validate(stage.spec) for stage in case.all(STAGES, request.id)]
    approvers = [parse_approver(text) for spec in specs for text in spec.deciders_and_alternates]
    emergency = policy_of(case, request.policy).policy.emergency
    approvers += [parse_approver(text) for text in (emergency.reviewers if emergency else ())]
    return {ref for ref in approvers if isinstance(ref, GroupRef)}
