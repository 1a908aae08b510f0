from datetime import timedelta

import pytest

from models import audit
from models.clock import ManualClock
from models.errors import AlreadyDecided, Closed, Duplicate, OwnRequest, Repeated
from models.lifecycle.grant import reconcile, revoke
from models.lifecycle.request import cancel, decide, submit
from models.lifecycle.request.plan import Draft
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.people import Person
from models.tables.requests import Asked, Request, Term
from models.tables.states import GrantState, RequestState
from tests.models.company import ADA, ALAN, GITHUB, GRACE, found
from tests.models.workflow_steps import sweep, targets
from tests.rows import all_of, edit, row_of

pytestmark = pytest.mark.both_engines

EIGHT_HOURS = Term(length=timedelta(hours=8))


def draft(*accesses: str, term: Term = EIGHT_HOURS) -> Draft:
    return Draft(ADA, ADA, "github", accesses or ("engineering",), term, "INC-42: <db> is down")


async def asked(store: Store) -> str:
    await store.write(found)
    (request,) = await store.run(submit.submit, draft())
    return request.ref


async def settle(store: Store) -> None:
    """Do by a word what the worker and a connector do."""

    def round_of(out: Outcome) -> None:
        for target in targets(out):
            reconcile.cancel_or_fail_ineligible(out, target)
            outcomes = {
                c.grant_id: (c.direction, reconcile.Done())
                for c in reconcile.pending_changes(out.case, target)
            }
            reconcile.save_outcomes(out, target, outcomes)

    await store.write(round_of)


async def grant_of(store: Store, ref: str) -> Grant:
    request = await row_of(store, Request, int(ref[3:]))
    return await row_of(store, Grant, request.grant_id)


async def test_an_approved_request_is_given_and_taken_when_its_time_is_up(
    store: Store, clock: ManualClock
) -> None:
    ref = await asked(store)
    clock.advance(timedelta(minutes=5))
    request = await store.run(decide.approve, ref, GRACE, comment="Fine")
    assert request.state is RequestState.APPROVED
    clock.advance(timedelta(minutes=5))
    await settle(store)
    grant = await grant_of(store, ref)
    assert grant.state is GrantState.ACTIVE
    assert grant.ends_at == clock.now() + timedelta(hours=8)
    clock.advance(timedelta(hours=8))
    await sweep(store)
    assert (await grant_of(store, ref)).state is GrantState.REVOKING
    await settle(store)
    assert (await grant_of(store, ref)).state is GrantState.ENDED
    assert (await store.read(audit.verify)).intact


async def test_nobody_approves_their_own_request(store: Store) -> None:
    ref = await asked(store)
    with pytest.raises(OwnRequest, match=r"Grace or Alan|Alan or Grace"):
        await store.run(decide.approve, ref, ADA)


async def test_a_decided_request_says_so_to_the_second_approver(store: Store) -> None:
    ref = await asked(store)
    await store.run(decide.reject, ref, GRACE)
    with pytest.raises(Closed, match="already rejected by Grace"):
        await store.run(decide.approve, ref, ALAN)


async def test_the_same_access_is_asked_for_once(store: Store) -> None:
    ref = await asked(store)
    with pytest.raises(Duplicate, match=ref):
        await store.run(submit.submit, draft())


async def test_several_accesses_make_several_requests_of_one_submission(store: Store) -> None:
    await store.write(found)
    requests = await store.run(submit.submit, draft("engineering", "design"))
    assert [r.access_key for r in requests] == ["engineering", "design"]
    assert len({r.submission for r in requests}) == 1


async def test_a_withdrawn_request_cannot_be_approved(store: Store) -> None:
    ref = await asked(store)
    await store.run(cancel.withdraw, ref, ADA)
    with pytest.raises(Closed, match="already withdrawn by Ada"):
        await store.run(decide.approve, ref, GRACE)


async def test_a_request_that_nobody_decides_expires(store: Store, clock: ManualClock) -> None:
    ref = await asked(store)
    clock.advance(timedelta(hours=48))
    await sweep(store)
    request = await row_of(store, Request, int(ref[3:]))
    assert request.state is RequestState.EXPIRED


async def test_an_access_that_is_given_back_is_revoked(store: Store) -> None:
    ref = await asked(store)
    await store.run(decide.approve, ref, GRACE)
    await settle(store)
    grant = await grant_of(store, ref)
    await store.run(revoke.give_back, grant.ref, ADA)
    await settle(store)
    assert (await grant_of(store, ref)).state is GrantState.REVOKED


async def test_an_extension_moves_the_end_of_the_same_grant(store: Store) -> None:
    ref = await asked(store)
    await store.run(decide.approve, ref, GRACE)
    await settle(store)
    before = await grant_of(store, ref)
    more = await store.run(submit.extend, before.ref, ADA, EIGHT_HOURS, "Not done yet")
    await store.run(decide.approve, more.ref, ALAN)
    after = await grant_of(store, ref)
    assert before.ends_at is not None
    assert after.ends_at == before.ends_at + timedelta(hours=8)


async def test_a_delivery_counts_once(store: Store) -> None:
    await store.write(found)
    await store.write(lambda out: submit.submit(out, draft()), delivery="view:V1:1")
    with pytest.raises(Repeated):
        await store.write(lambda out: submit.submit(out, draft("design")), delivery="view:V1:1")


async def test_an_owner_who_asks_is_not_asked_to_decide(store: Store) -> None:
    await store.write(found)
    await store.run(submit.submit, Draft(GRACE, GRACE, "github", ("engineering",), EIGHT_HOURS, "INC-42"))
    assert [asked.person_id for asked in await all_of(store, Asked)] == [ALAN]


async def test_who_has_decided_does_not_decide_otherwise_afterwards(store: Store) -> None:
    both = {"stage": [{"name": "Owners", "approvers": ["owners"], "rule": "all"}]}
    await store.run(found, GITHUB.model_validate(GITHUB.stored() | both))
    (request,) = await store.run(submit.submit, draft())
    await store.run(decide.approve, request.ref, GRACE)
    with pytest.raises(AlreadyDecided):
        await store.run(decide.reject, request.ref, GRACE, comment="No")


@pytest.mark.parametrize("barred", [{"guest": True}, {"bot": True}, {"stranger": True}, {"active": False}])
async def test_an_owner_who_is_barred_is_not_asked_to_decide(store: Store, barred: dict[str, bool]) -> None:
    await store.write(found)
    await store.write(lambda out: edit(out, Person, GRACE, **barred))
    await store.run(submit.submit, draft())
    assert [asked.person_id for asked in await all_of(store, Asked)] == [ALAN]
