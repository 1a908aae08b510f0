"""Look people and user groups up in Slack before somebody decides, where the word of them is too old.

Who pressed is proved by Slack's signature. Whether they still may is looked up: where the word of a person is
older than ten minutes (`whois.STANDING`), of a user group older than a minute, or from before events may have
been lost. What Slack's events say meanwhile stands in the tables without that.

A button looks up everybody whom the decision behind its form is about, so that the form, sent within ten
minutes, costs no call. A decision on a high or critical risk looks in any case, and where it is taken: at the
button it would say nothing of the hour that the form may stand open, and at both it would cost twice.
"""

import asyncio

import structlog

from handlers.desk import Desk
from handlers.whois import NOW, STANDING
from models.catalogue.spec import AppSpec, Risk, StageSpec, effective
from models.catalogue.spec.references import GroupRef, parse_approver
from models.registry.by_reference import find_request
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.tables.requests import STAGES, Request

log = structlog.get_logger("keyturn.fresh")

PATIENCE = 2.0
"""Seconds; Slack waits three for the answer. After that, what is known already counts."""
BEFORE_A_FORM = 1.5
"""Seconds, since the form has to be open within the three."""


async def for_form(desk: Desk, ref: str, by: str) -> None:
    """At a button with a form behind it: who pressed, those whom it is about, the groups that may decide."""
    await _look_up(desk, ref, {by}, BEFORE_A_FORM)


async def for_decision(desk: Desk, ref: str, by: str, *others: str) -> None:
    """The same with these others at the decision itself; in any case where the risk is high or critical."""
    await _look_up(desk, ref, {by, *filter(None, others)}, PATIENCE, decides=True)


async def for_action(desk: Desk, ref: str, by: str) -> None:
    """Whoever does something about a request, a grant or a task that is no decision on it."""
    risky = await desk.store.read(lambda case: is_risky(_risk(case, find_request(case, ref))))
    await desk.whois.people([by], NOW if risky else STANDING)


def may_be_given_at_once(app: AppSpec, access_keys: tuple[str, ...], *, emergency: bool) -> bool:
    """Whether sending a request for these may decide it, on a high or critical risk: nobody is asked then."""
    policies = [effective(app, one) for one in app.access if one.key in access_keys]
    return any(is_risky(policy.risk) and (emergency or policy.auto_approve) for policy in policies)


def is_risky(risk: Risk) -> bool:
    """Whether people are looked up at each decision on it, however fresh the word of them is."""
    return risk >= Risk.HIGH


async def _look_up(desk: Desk, ref: str, people: set[str], patience: float, *, decides: bool = False) -> None:
    def read(case: Case) -> tuple[set[str], set[GroupRef], bool]:
        request = find_request(case, ref)
        about = {request.requester_id, request.beneficiary_id}
        return about, _groups(case, request), decides and is_risky(_risk(case, request))

    about, groups, always = await desk.store.read(read)
    try:
        async with asyncio.timeout(patience):
            age = NOW if always else STANDING
            await asyncio.gather(desk.whois.people(people | about, age), desk.whois.groups(groups))
    except TimeoutError:
        log.warning("lookup took too long", request=ref)


def _risk(case: Case, request: Request) -> Risk:
    return policy_of(case, request.policy).policy.risk


def _groups(case: Case, request: Request) -> set[GroupRef]:
    """Those that its stages name, with the ones that a conflict asked for."""
    specs = [StageSpec.model_validate(stage.spec) for stage in case.all(STAGES, request.id)]
    named = [parse_approver(text) for spec in specs for text in spec.everybody]
    emergency = policy_of(case, request.policy).policy.emergency
    named += [parse_approver(text) for text in (emergency.reviewers if emergency else ())]
    return {one for one in named if isinstance(one, GroupRef)}
