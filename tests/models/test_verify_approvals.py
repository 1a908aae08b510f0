"""No access without the approvals that its stages ask for: the audit trail must have them, too."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, text

from models.lifecycle.grant import give, reconcile
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.registry import directory
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.audit import AuditEntry
from models.tables.grants import Grant
from models.tables.people import Person
from models.tables.requests import Decision, Request, Stage, Term
from models.tables.states import GrantState, RequestState, StageState
from tests.models.company import ADA, GITHUB, GRACE, found
from tests.models.workflow_steps import ask, grant_of, settle
from tests.rows import all_of, every, new_row

pytestmark = pytest.mark.both_engines

EIGHT_HOURS = Term(length=timedelta(hours=8))
AUTOMATIC = GITHUB.model_validate(GITHUB.stored() | {"auto_approve": [{"name": "Everybody may"}]})
_ENTRIES: Any = AuditEntry.__table__
FORGET_APPROVALS = delete(_ENTRIES).where(
    text("action IN ('decision.approve', 'request.approved')"), text("subject <> 'AR-1'")
)
FORGET_RULE = delete(_ENTRIES).where(text("action = 'request.approved'"))


async def error_of(store: Store, ref: str) -> tuple[GrantState, str]:
    row = await grant_of(store, ref)
    return row.state, row.error


async def test_a_decision_that_was_put_into_the_table_by_hand_gives_nothing(store: Store) -> None:
    await store.write(found)
    ref = await ask(store, EIGHT_HOURS)

    def forge(out: Outcome) -> None:
        """As somebody does who can write to the tables and knows them well."""
        for stage in every(out.case, Stage):
            out.change(stage, state=StageState.APPROVED)
        request = out.change(out.case.get_one(Request, int(ref[3:])), state=RequestState.APPROVED)
        out.add(Decision, request_id=request.id, person_id=GRACE, position=0, approve=True, at=out.now)
        give.fulfil_request(out, request)

    await store.write(forge)
    assert await settle(store) == []
    lacks = "The stage “Owner” lacks approvals, so no access was granted."
    assert await error_of(store, ref) == (GrantState.FAILED, lacks)


async def test_an_approval_of_somebody_else_is_not_theirs(store: Store) -> None:
    await store.write(found)
    first, second = await ask(store, EIGHT_HOURS), await ask(store, EIGHT_HOURS, "design")
    for ref in (first, second):
        await store.run(decide.approve, ref, GRACE)
    await store.write(lambda out: out.bulk(FORGET_APPROVALS))
    await settle(store)
    assert (await error_of(store, first))[0] is GrantState.ACTIVE
    assert (await error_of(store, second))[0] is GrantState.FAILED


async def test_a_rule_that_approves_by_itself_is_in_the_trail_too(store: Store) -> None:
    await store.run(found, AUTOMATIC)
    first = await ask(store, EIGHT_HOURS)
    await settle(store)
    second = await ask(store, EIGHT_HOURS, "design")
    await store.write(lambda out: out.bulk(FORGET_RULE))
    await settle(store)
    lacks = "No rule or person has approved it, so no access was granted."
    assert (await error_of(store, first))[0] is GrantState.ACTIVE
    assert await error_of(store, second) == (GrantState.FAILED, lacks)


async def test_every_change_of_a_round_was_looked_at_however_many_are_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that are refused make room in the round: for others that were looked at as well."""
    monkeypatch.setattr(reconcile, "ROUND_SIZE", 3)

    def many(out: Outcome) -> None:
        found(out, AUTOMATIC)
        for number in range(8):
            person = f"UADA{number}"
            directory.remember_people(out, [new_row(Person, id=person, name=person, email="", active=True)])
            submit.submit(out, Draft(person, person, "github", ("engineering",), EIGHT_HOURS, "INC-42"))

    await store.write(many)
    await store.write(lambda out: out.bulk(FORGET_APPROVALS))
    await store.run(reconcile.cancel_or_fail_ineligible, (await all_of(store, Grant))[0].target)
    states = [grant.state for grant in await all_of(store, Grant)]
    assert states == [GrantState.GRANTING, *[GrantState.FAILED] * 7]


async def test_nobody_s_own_decision_gives_anything_even_where_the_trail_has_it(store: Store) -> None:
    """As if the look at the click had failed: what is recorded is looked at once more."""
    await store.write(found)
    ref = await ask(store, EIGHT_HOURS)

    def decided(out: Outcome) -> None:
        for stage in every(out.case, Stage):
            out.change(stage, state=StageState.APPROVED)
        request = out.change(out.case.get_one(Request, int(ref[3:])), state=RequestState.APPROVED)
        out.add(Decision, request_id=request.id, person_id=ADA, position=0, approve=True, at=out.now)
        out.record(ADA, "decision.approve", ref, app="github", person=ADA, position=0)
        give.fulfil_request(out, request)

    await store.write(decided)
    assert await settle(store) == []
    assert (await error_of(store, ref))[0] is GrantState.FAILED
