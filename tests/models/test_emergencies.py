"""Emergencies from the sending to the review that somebody else closes, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.errors import Closed, Denied, Duplicate, Invalid, NotAllowed, NotFound, OwnRequest
from models.lifecycle.grant import revoke
from models.lifecycle.people import update_people
from models.lifecycle.request import comment, decide, emergency, submit
from models.lifecycle.request.plan import Draft, plan
from models.queries.to_do import count_to_do, to_do
from models.registry import directory
from models.registry.policy_snapshot import policy_of, save_policies
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.cards import Card, CardKind
from models.tables.grants import Cause
from models.tables.requests import Request, Term
from models.tables.reviews import Review, ReviewState
from models.tables.states import GrantState, RequestState
from tests.models.company import ADA, ALAN, GITHUB, GRACE, ROOT, found
from tests.models.test_person_changed import person
from tests.models.workflow_steps import actions, grant_of, request, settle, sweep
from tests.rows import all_of, clear, row_of

pytestmark = pytest.mark.both_engines

HOUR = timedelta(hours=1)
ONE_HOUR = Term(length=HOUR)


def app(**changes: Any) -> AppSpec:
    return AppSpec.model_validate(GITHUB.stored() | {"emergency": {"max": "4h"}} | changes)


def draft(term: Term = ONE_HOUR, reason: str = "INC-42", by: str = ADA, whom: str = "") -> Draft:
    return Draft(by, whom or by, "github", ("engineering",), term, reason, emergency=True)


async def used(store: Store, by: str = ADA, **changes: Any) -> str:
    """Somebody uses emergency access, and it is given; the request's reference."""
    await store.run(found, app(**changes))
    ref = (await store.run(submit.submit, draft(by=by)))[0].ref
    await settle(store)
    return ref


async def review(store: Store, ref: str = "RV-1") -> Review:
    return await row_of(store, Review, int(ref[3:]))


async def cards(store: Store, kind: CardKind) -> list[tuple[str, str]]:
    """Subject and reader of every card of a kind."""
    rows = await all_of(store, Card, kind=kind)
    return sorted((row.subject, row.person_id) for row in rows)


async def test_it_is_approved_by_its_rule_given_at_once_and_told_to_everybody(
    store: Store, clock: ManualClock
) -> None:
    ref = await used(store)
    row, grant = await request(store, ref), await grant_of(store, ref)
    assert (row.state, row.closed_by, row.emergency) == (RequestState.APPROVED, "keyturn", True)
    assert "Emergency access: granted immediately" in row.closing_note
    assert (grant.state, grant.ends_at) == (GrantState.ACTIVE, clock.now() + HOUR)
    assert await cards(store, CardKind.ALERT) == [(ref, ALAN), (ref, GRACE), (ref, ROOT)]
    assert await cards(store, CardKind.APPROVAL) == []
    assert (await review(store)).asked == [GRACE, ALAN]
    assert await actions(store, ref) == ["request.pending", "request.approved", "emergency.used"]
    assert await actions(store, "RV-1") == ["review.open"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": "  "}, Invalid),
        ({"term": Term(length=5 * HOUR)}, Invalid),
        ({"term": Term()}, Invalid),
    ],
)
async def test_without_a_reason_or_for_too_long_it_is_not_sent(
    store: Store, change: dict[str, Any], refusal: type[Exception]
) -> None:
    await store.run(found, app(reason="hidden"))
    with pytest.raises(refusal):
        await store.run(submit.submit, draft(**change))
    assert await cards(store, CardKind.ALERT) == []


async def test_an_access_that_switches_it_off_is_not_given(store: Store) -> None:
    access = [{"key": "engineering", "name": "Engineering team", "emergency": False}]
    await store.run(found, app(access=access))
    with pytest.raises((Denied, Invalid), match="doesn't allow emergency access"):
        await store.run(submit.submit, draft())


@pytest.mark.parametrize("who", [ADA, GRACE])
async def test_nobody_closes_the_review_of_their_own_emergency(store: Store, who: str) -> None:
    await used(store, by=who, emergency={"max": "4h", "reviewers": [ADA, GRACE, ALAN]}, self_approve=True)
    for close in (
        lambda out: emergency.mark_justified(out, "RV-1", who),
        lambda out: emergency.mark_misused(out, "RV-1", who, "x"),
    ):
        with pytest.raises(OwnRequest, match="This one waits for"):
            await store.write(close)
    assert (await review(store)).state is ReviewState.OPEN


async def test_neither_does_who_asked_for_somebody_else(store: Store) -> None:
    await store.run(found, app(on_behalf="anyone"))
    await store.run(submit.submit, draft(by=GRACE, whom=ADA))
    assert (await review(store)).asked == [ALAN]
    for who in (GRACE, ADA):
        with pytest.raises(OwnRequest):
            await store.run(emergency.mark_justified, "RV-1", who)


async def test_only_its_reviewers_close_it_and_once(store: Store) -> None:
    await used(store)
    with pytest.raises(NotAllowed, match="waits for Grace or Alan"):
        await store.run(emergency.mark_justified, "RV-1", ROOT)
    with pytest.raises(NotFound):
        await store.run(emergency.mark_justified, "RV-9", GRACE)
    await store.run(emergency.mark_justified, "RV-1", GRACE, "  It was down.  ")
    closed = await review(store)
    assert (closed.state, closed.closed_by, closed.note) == (ReviewState.JUSTIFIED, GRACE, "It was down.")
    with pytest.raises(Closed, match="Grace has already closed RV-1: justified"):
        await store.run(emergency.mark_misused, "RV-1", ALAN, "No")
    assert await cards(store, CardKind.REVIEWED) == [("RV-1", ADA)]
    assert await actions(store, "RV-1") == ["review.open", "review.justified"]


async def test_misused_wants_a_comment_and_takes_what_is_left_away(store: Store) -> None:
    ref = await used(store)
    with pytest.raises(Invalid, match="Say what was wrong"):
        await store.run(emergency.mark_misused, "RV-1", GRACE, " ")
    await store.run(emergency.mark_misused, "RV-1", GRACE, "There was no incident.")
    await settle(store)
    grant = await grant_of(store, ref)
    assert (grant.state, grant.cause, grant.caused_by) == (GrantState.REVOKED, Cause.REVIEW, GRACE)


async def test_misused_after_the_end_takes_nothing(store: Store, clock: ManualClock) -> None:
    ref = await used(store)
    clock.advance(HOUR)
    await sweep(store)
    await settle(store)
    await store.run(emergency.mark_misused, "RV-1", GRACE, "There was no incident.")
    assert (await grant_of(store, ref)).state is GrantState.ENDED
    assert (await review(store)).state is ReviewState.MISUSED


async def test_it_is_reminded_after_growing_intervals_until_it_is_closed(
    store: Store, clock: ManualClock
) -> None:
    await used(store)
    times = list[int]()
    for day in range(1, 30):
        clock.advance(timedelta(days=1))
        await sweep(store)
        if (await review(store)).reminders > len(times):
            times.append(day)
    assert times == [1, 3, 7, 14, 21, 28]
    assert ("RV-1/6", GRACE) in await cards(store, CardKind.REVIEW)
    assert (await actions(store, "RV-1")).count("review.reminded") == 6
    await store.run(emergency.mark_justified, "RV-1", GRACE)
    clock.advance(timedelta(days=30))
    await sweep(store)
    assert (await review(store)).reminders == 6


async def test_after_a_long_absence_it_is_reminded_once(store: Store, clock: ManualClock) -> None:
    await used(store)
    clock.advance(timedelta(days=60))
    for _ in range(3):
        await sweep(store)
    assert (await review(store)).reminders == 1


async def test_a_reviewer_who_leaves_is_replaced(store: Store) -> None:
    await used(store, emergency={"max": "4h", "reviewers": [GRACE]})
    await store.run(update_people.save_people, [person(GRACE, active=False)])
    assert (await review(store)).asked == [ROOT]
    assert ROOT in {who for _, who in await cards(store, CardKind.ALERT)}
    with pytest.raises(NotAllowed):
        await store.run(emergency.mark_justified, "RV-1", GRACE)
    await store.run(emergency.mark_justified, "RV-1", ROOT)


async def test_where_nobody_else_is_left_the_admins_are_told_and_it_stays_open(
    store: Store, clock: ManualClock
) -> None:
    ref = await used(store, by=ROOT, owners=[ROOT])
    assert (await review(store)).asked == []
    assert await cards(store, CardKind.ALERT) == [(ref, ROOT)]
    with pytest.raises(OwnRequest, match="Add another owner or admin"):
        await store.run(emergency.mark_justified, "RV-1", ROOT)
    await store.run(directory.appoint, [GRACE], "operator")
    clock.advance(timedelta(days=1))
    await sweep(store)
    assert (await review(store)).asked == [GRACE]
    await store.run(emergency.mark_justified, "RV-1", GRACE)


async def test_while_it_is_held_it_is_not_asked_for_again_and_then_the_next_says_that_it_is_the_second(
    store: Store,
) -> None:
    ref = await used(store)
    with pytest.raises(Duplicate):
        await store.run(submit.submit, draft())
    await store.run(revoke.give_back, (await grant_of(store, ref)).ref, ADA)
    await settle(store)
    (planned,) = await store.read(lambda case: plan(case, draft()))
    assert planned.unreviewed == 1
    await store.run(submit.submit, draft())
    assert (await review(store, "RV-2")).earlier == 1


async def test_an_ordinary_request_that_waits_is_to_be_withdrawn_first(store: Store) -> None:
    await store.run(found, app())
    usual = Draft(ADA, ADA, "github", ("engineering",), ONE_HOUR, "INC-42")
    await store.run(submit.submit, usual)
    with pytest.raises(Duplicate, match="Withdraw it first"):
        await store.run(submit.submit, draft())


async def test_more_time_goes_the_ordinary_way(store: Store, clock: ManualClock) -> None:
    ref = await used(store)
    grant = await grant_of(store, ref)
    more = await store.run(submit.extend, grant.ref, ADA, ONE_HOUR, "not done")
    assert (more.state, more.emergency) == (RequestState.PENDING, False)
    assert GRACE in {who for _, who in await cards(store, CardKind.APPROVAL)}
    clock.advance(HOUR)
    await sweep(store)
    await settle(store)
    assert (await grant_of(store, ref)).state is GrantState.ENDED


async def test_a_stage_for_emergencies_is_asked_before_and_begins_it(store: Store) -> None:
    stages = [{"name": "Duty", "approvers": [ALAN], "when": {"emergency": True}}]
    await store.run(found, app(stage=stages))
    ref = (await store.run(submit.submit, draft()))[0].ref
    assert await cards(store, CardKind.ALERT) == []
    with pytest.raises(Invalid, match="up to 4 hours"):
        await store.run(decide.approve, ref, ALAN, term=Term(length=8 * HOUR))
    await store.run(decide.approve, ref, ALAN)
    await settle(store)
    assert (await grant_of(store, ref)).state is GrantState.ACTIVE
    assert (await review(store)).asked == [GRACE, ALAN]


async def test_everybody_who_was_told_may_comment(store: Store) -> None:
    ref = await used(store, emergency={"max": "4h", "reviewers": [GRACE]})
    await store.run(comment.comment, ref, ALAN, "What is down?")
    assert "comment" in await actions(store, ref)


@pytest.mark.parametrize("broken", ["no review", "not allowed", "too long", "no rule", "no emergency"])
async def test_nothing_is_given_by_an_emergency_that_is_none(store: Store, broken: str) -> None:
    await store.run(found, app())
    ref = (await store.run(submit.submit, draft()))[0].ref

    def tamper(out: Outcome) -> None:
        row = out.case.get_one(Request, int(ref[3:]))
        match broken:
            case "no review":
                clear(out, Review)
            case "not allowed":
                kept = policy_of(out.case, row.policy)
                strict = replace(kept, app=kept.app.model_copy(update={"emergency": None}))
                out.change(row, policy=save_policies(out, [strict])[0])
            case "too long":
                out.change(row, term=Term(length=9 * HOUR).to_json())
            case "no rule":
                out.change(row, because={"reasons": [{"rule": "stage “Owner”", "text": "?"}]})
            case "no emergency":
                out.change(row, emergency=False)

    await store.write(tamper)
    assert await settle(store) == []
    grant = await grant_of(store, ref)
    assert (grant.state, "so no access was granted" in grant.error) == (GrantState.FAILED, True)


async def test_it_stands_under_to_do_of_its_reviewers_until_it_is_closed(store: Store) -> None:
    await used(store)

    async def listed(who: str) -> list[str]:
        counts = await store.read(lambda case: count_to_do(case, who))
        tab = await store.read(lambda case: to_do(case, who, 0, counts))
        return [one.ref for one, _ in tab.reviews]

    assert (await listed(GRACE), await listed(ADA), await listed(ROOT)) == (["RV-1"], [], [])
    await store.run(emergency.mark_justified, "RV-1", ALAN)
    assert await listed(GRACE) == []


async def test_one_of_two_reviewers_at_once_is_told_who_was_first(store: Store) -> None:
    await used(store)
    await store.run(emergency.mark_misused, "RV-1", ALAN, "No incident.")
    with pytest.raises(Closed, match="Alan has already closed RV-1: misused"):
        await store.run(emergency.mark_justified, "RV-1", GRACE)
