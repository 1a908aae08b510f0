"""Facts looked up in Slack before somebody decides: who is active, and who is in which group."""

import asyncio

import structlog

from handlers.desk import Desk
from handlers.whois import NOW
from models.catalogue.approvers import GroupRef, parse_approver
from models.catalogue.spec import StageSpec
from models.queries.behind import request_behind
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.tables.requests import STAGES, Request

log = structlog.get_logger("keyturn.fresh")

PATIENCE = 2.0
"""Seconds; Slack waits three for the answer. After that, what is known already counts."""


async def for_decision(desk: Desk, ref: str, by: str, *others: str) -> None:
    """Look up the decider, these others, those whom it is about, and the groups that may decide or review."""

    def read(case: Case) -> tuple[set[str], set[GroupRef]]:
        request = request_behind(case, ref)
        people = {by, request.requester_id, request.beneficiary_id, *filter(None, others)}
        return people, _groups(case, request)

    people, groups = await desk.store.read(read)
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(desk.whois.people(people, NOW), desk.whois.groups(groups, NOW))
    except TimeoutError:
        log.warning("lookup took too long", request=ref)


def _groups(case: Case, request: Request) -> set[GroupRef]:
    """Those that its stages name, with the ones that a conflict asked for."""
    specs = [StageSpec.model_validate(stage.spec) for stage in case.all(STAGES, request.id)]
    named = [parse_approver(text) for spec in specs for text in spec.everybody]
    emergency = policy_of(case, request.policy).policy.emergency
    named += [parse_approver(text) for text in (emergency.reviewers if emergency else ())]
    return {one for one in named if isinstance(one, GroupRef)}
