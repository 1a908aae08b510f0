"""What happens while a request waits: reminders, the escalation to the alternates, the warning."""

from datetime import timedelta
from typing import Any

import pytest

from models.audit import AuditEntry
from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.errors import Closed, Invalid, NotAllowed
from models.lifecycle.people import update_people
from models.lifecycle.request import cancel, decide, reassign, remind, stages
from models.policy import TallyStatus
from models.queries.stories import request_story
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.cards import Card, CardKind
from models.tables.people import Person
from models.tables.requests import Request, Term
from models.tables.states import RequestState
from tests.models.company import ADA, ALAN, GITHUB, GRACE, ROOT, found
from tests.models.workflow_steps import actions, ask, grant_of, request, settle, sweep
from tests.rows import all_of, new_row, trail_of

EIGHT_HOURS = Term(length=timedelta(hours=8))
HOUR = timedelta(hours=1)


async def asked_for(store: Store, *stages: dict[str, Any], **fields: Any) -> str:
    """Ada asks for GitHub with these stages; the reference."""
    entry = AppSpec.model_validate(GITHUB.stored() | ({"stage": list(stages)} if stages else {}) | fields)
    await store.run(found, entry)
    return await ask(store, EIGHT_HOURS)


async def later(store: Store, clock: ManualClock, hours: float) -> None:
    clock.advance(hours * HOUR)
    await sweep(store)


async def cards(store: Store, kind: CardKind) -> list[str]:
    """Who got a card of this kind, in order."""
    rows = await all_of(store, Card, kind=kind)
    return [row.person_id for row in rows]


async def told(store: Store, action: str) -> list[AuditEntry]:
    rows = await trail_of(store, action=action)
    return list(rows)


def one(approver: str, *alternates: str, **more: Any) -> dict[str, Any]:
    return {"name": f"By {approver}", "approvers": [approver], "alternates": list(alternates), **more}


async def test_the_alternates_are_asked_when_the_time_of_the_stage_is_up(
    store: Store, clock: ManualClock
) -> None:
    ref = await asked_for(store, one(GRACE, ALAN, ADA, escalate_after="4h"))
    await later(store, clock, 3.9)
    assert await cards(store, CardKind.APPROVAL) == [GRACE]
    await later(store, clock, 0.1)
    assert await cards(store, CardKind.APPROVAL) == [GRACE, ALAN]
    (entry,) = await told(store, "stage.escalated")
    assert entry.data["alternates"] == {ALAN: "alternate, named in this stage"}
    assert entry.data["because"] == "No decision in time; alternates were asked."
    await store.run(decide.approve, ref, ALAN)
    await settle(store)
    assert (await grant_of(store, ref)).active_at is not None


async def test_a_bot_that_slept_escalates_once(store: Store, clock: ManualClock) -> None:
    await asked_for(store, one(GRACE, ALAN, escalate_after="1h"))
    await later(store, clock, 30)
    await later(store, clock, 1)
    assert len(await told(store, "stage.escalated")) == 1
    assert await cards(store, CardKind.APPROVAL) == [GRACE, ALAN]


async def test_what_says_no_time_escalates_at_half_of_what_is_left(store: Store, clock: ManualClock) -> None:
    ref = await asked_for(store, one(GRACE), one(ALAN, ROOT), request_expiry="48h")
    await later(store, clock, 8)
    await store.run(decide.approve, ref, GRACE)
    await later(store, clock, 19.9)
    assert await told(store, "stage.escalated") == []
    await later(store, clock, 0.1)
    assert (await cards(store, CardKind.APPROVAL))[-1] == ROOT


async def test_a_stage_that_is_decided_does_not_escalate(store: Store, clock: ManualClock) -> None:
    ref = await asked_for(store, one(GRACE, ROOT, escalate_after="2h"), one(ALAN))
    await store.run(decide.approve, ref, GRACE)
    await later(store, clock, 3)
    assert await told(store, "stage.escalated") == []
    assert ROOT not in await cards(store, CardKind.APPROVAL)


async def test_where_no_alternate_can_be_asked_nobody_else_is_and_it_is_told(
    store: Store, clock: ManualClock
) -> None:
    ref = await asked_for(store, one(GRACE, ADA, escalate_after="2h"))
    await later(store, clock, 2)
    assert await cards(store, CardKind.APPROVAL) == [GRACE]
    (entry,) = await told(store, "stage.escalated")
    said = "No decision in time; none of its alternates can be asked (Ada is the requester)."
    assert entry.data["because"] == said
    story = await store.read(lambda case: request_story(case, ref))
    assert story.stages[0].stage.remark == said


async def test_where_no_alternate_can_be_asked_owners_and_admins_are_told_once_and_can_pass_it_on(
    store: Store, clock: ManualClock
) -> None:
    ref = await asked_for(store, one(GRACE, ADA, escalate_after="2h"))
    await later(store, clock, 2)
    assert await cards(store, CardKind.OVERDUE) == [ALAN, ROOT]
    (entry,) = await told(store, "stage.overdue")
    assert entry.data["people"] == [ALAN, ROOT]
    await later(store, clock, 9)
    assert len(await told(store, "stage.overdue")) == 1
    await store.run(reassign.reassign, ref, ROOT, ALAN, seat=GRACE)
    await store.run(decide.approve, ref, ALAN)
    assert (await request(store, ref)).state is RequestState.APPROVED


async def test_whoever_is_told_that_nobody_decides_can_step_in_and_not_before(
    store: Store, clock: ManualClock
) -> None:
    ref = await asked_for(store, one(GRACE, ADA, escalate_after="2h"), owners=[GRACE])
    with pytest.raises(Invalid, match="someone else, not yourself"):
        await store.run(reassign.reassign, ref, ROOT, ROOT, seat=GRACE)
    await later(store, clock, 2)
    await store.run(reassign.reassign, ref, ROOT, ROOT, seat=GRACE)
    await store.run(decide.approve, ref, ROOT)
    assert (await request(store, ref)).state is RequestState.APPROVED


async def test_who_asks_for_it_is_not_told_that_nobody_decides_on_it(
    store: Store, clock: ManualClock
) -> None:
    await asked_for(store, one(GRACE, ADA, escalate_after="2h"), owners=[ADA, GRACE])
    await later(store, clock, 2)
    assert await cards(store, CardKind.OVERDUE) == [ROOT]


async def test_where_alternates_are_asked_nobody_is_told_besides(store: Store, clock: ManualClock) -> None:
    await asked_for(store, one(GRACE, ALAN, escalate_after="2h"))
    await later(store, clock, 2)
    assert await told(store, "stage.escalated") != []
    assert await told(store, "stage.overdue") == []


async def test_an_alternate_stands_in_for_one_of_all(store: Store, clock: ManualClock) -> None:
    everybody = {"name": "All", "approvers": [GRACE, ALAN], "rule": "all", "alternates": [ROOT]}
    ref = await asked_for(store, everybody | {"escalate_after": "2h"})
    await store.run(decide.approve, ref, GRACE)
    await later(store, clock, 2)
    await agree(store, ref)
    await store.run(decide.approve, ref, ROOT)
    await settle(store)
    assert (await grant_of(store, ref)).active_at is not None


async def agree(store: Store, ref: str) -> None:
    """The card counts as the verbs do."""

    def counts(out: Outcome) -> tuple[object, object]:
        row = out.case.get_one(Request, int(ref[3:]))
        story = request_story(out.case, ref).open_stage
        assert story is not None
        ours, theirs = stages.current_stage(out.case, row).tally(), story.tally
        assert set(ours.waiting) == set(theirs.waiting)
        return (ours.status, ours.approvals, ours.still_needed), (
            theirs.status,
            theirs.approvals,
            theirs.still_needed,
        )

    verbs, card = await store.write(counts)
    assert verbs == card


async def test_one_rejection_ends_a_stage_with_a_veto(store: Store) -> None:
    two = {"name": "Two", "approvers": [GRACE, ALAN, ROOT], "rule": 2}
    counting = await asked_for(store, two)
    await store.run(decide.reject, counting, GRACE)
    await agree(store, counting)
    assert (await request(store, counting)).state is RequestState.PENDING
    await store.run(cancel.withdraw, counting, ADA)
    vetoed = await asked_for(store, two | {"on_reject": "veto"})
    await store.run(decide.approve, vetoed, GRACE)
    await agree(store, vetoed)
    await store.run(decide.reject, vetoed, ALAN)
    assert (await request(store, vetoed)).state is RequestState.REJECTED
    story = await store.read(lambda case: request_story(case, vetoed))
    assert story.stages[0].tally.status is TallyStatus.REJECTED


async def test_reminders_come_after_twice_as_long_each_time(store: Store, clock: ManualClock) -> None:
    await asked_for(store, remind_after="1h", request_expiry="30d")
    begin = clock.now()
    for _ in range(32):
        await later(store, clock, 1)
    came = [(entry.at - begin) // HOUR for entry in await told(store, "request.reminded")]
    assert came == [1, 3, 7, 15, 31]


async def test_the_people_of_a_new_stage_have_their_own_time_until_they_are_reminded(
    store: Store, clock: ManualClock
) -> None:
    ref = await asked_for(store, one(GRACE), one(ALAN), remind_after="10h", request_expiry="10d")
    await later(store, clock, 10)
    await later(store, clock, 19)
    await store.run(decide.approve, ref, GRACE)
    await later(store, clock, 9)
    assert await cards(store, CardKind.REMINDER) == [GRACE]
    await later(store, clock, 1)
    assert await cards(store, CardKind.REMINDER) == [GRACE, ALAN]


async def test_before_it_expires_those_concerned_are_told_once(store: Store, clock: ManualClock) -> None:
    await asked_for(store, request_expiry="48h", expiry_warning="4h", remind_after="43h")
    await later(store, clock, 43)
    assert await told(store, "request.reminded") == []
    await later(store, clock, 1)
    assert sorted(await cards(store, CardKind.WARNING)) == [ADA, ALAN, GRACE]
    (entry,) = await told(store, "request.warned")
    assert entry.data["people"] == [GRACE, ALAN]
    await later(store, clock, 3.9)
    assert len(await cards(store, CardKind.WARNING)) == 3
    assert await told(store, "request.reminded") == []


async def test_the_warning_comes_no_sooner_than_half_of_the_time(store: Store, clock: ManualClock) -> None:
    await asked_for(store, request_expiry="4h", expiry_warning="4h")
    await later(store, clock, 1.9)
    assert await told(store, "request.warned") == []
    await later(store, clock, 0.1)
    assert len(await told(store, "request.warned")) == 1


async def test_a_bot_that_slept_until_the_end_warns_nobody(store: Store, clock: ManualClock) -> None:
    ref = await asked_for(store, request_expiry="4h")
    await later(store, clock, 5)
    assert (await request(store, ref)).state is RequestState.EXPIRED
    assert await cards(store, CardKind.WARNING) == []


async def test_the_requester_can_have_them_reminded_but_not_too_often(
    store: Store, clock: ManualClock
) -> None:
    ref = await asked_for(store, remind_wait="4h")
    clock.advance(1.5 * HOUR)
    with pytest.raises(
        NotAllowed, match=r"were asked a short while ago\. You can remind them in 2 hours 30 minutes"
    ):
        await store.run(remind.remind, ref, ADA)
    clock.advance(2.5 * HOUR)
    await store.run(remind.remind, ref, ADA)
    assert sorted(await cards(store, CardKind.NUDGE)) == [ALAN, GRACE]
    assert (await told(store, "request.reminded"))[0].actor == ADA
    clock.advance(HOUR)
    with pytest.raises(
        NotAllowed, match=r"were reminded a short while ago\. You can remind them in 3 hours\."
    ):
        await store.run(remind.remind, ref, ADA)
    clock.advance(3 * HOUR)
    await store.run(remind.remind, ref, ADA)
    assert len(await cards(store, CardKind.NUDGE)) == 4


async def test_a_reminder_that_came_by_itself_counts_too(store: Store, clock: ManualClock) -> None:
    ref = await asked_for(store, remind_after="5h", remind_wait="4h")
    await later(store, clock, 5)
    clock.advance(HOUR)
    with pytest.raises(NotAllowed, match="were reminded a short while ago"):
        await store.run(remind.remind, ref, ADA)


async def test_after_the_requester_reminded_none_comes_by_itself_for_a_while(
    store: Store, clock: ManualClock
) -> None:
    ref = await asked_for(store, remind_after="5h", remind_wait="4h")
    clock.advance(4 * HOUR)
    await store.run(remind.remind, ref, ADA)
    await later(store, clock, 4.9)
    assert await cards(store, CardKind.REMINDER) == []


async def test_only_the_requester_reminds_and_only_while_it_is_pending(
    store: Store, clock: ManualClock
) -> None:
    ref = await asked_for(store)
    clock.advance(5 * HOUR)
    with pytest.raises(NotAllowed, match="Only the requester"):
        await store.run(remind.remind, ref, ROOT)
    await store.run(cancel.withdraw, ref, ADA)
    with pytest.raises(Closed, match="is already withdrawn"):
        await store.run(remind.remind, ref, ADA)


async def test_who_has_left_is_not_reminded(store: Store, clock: ManualClock) -> None:
    ref = await asked_for(store)
    clock.advance(5 * HOUR)
    gone = new_row(Person, id=ALAN, name="Alan", email="alan@example.com", active=False)
    await store.run(update_people.save_people, [gone])
    await store.run(remind.remind, ref, ADA)
    assert await cards(store, CardKind.NUDGE) == [GRACE]
    assert "request.reminded" in await actions(store, ref)
