"""The very same sent again by the same person a moment later was taken; anything else is a duplicate."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models.clock import ManualClock
from models.errors import Closed, Duplicate, SentAlready
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.store.base import Store
from models.tables.requests import Term
from tests.models.company import ADA, GITHUB, GRACE, found

pytestmark = pytest.mark.both_engines

EIGHT_HOURS = Term(length=timedelta(hours=8))
WISH = Draft(ADA, ADA, "github", ("engineering", "design"), EIGHT_HOURS, "INC-42")
OTHERS = {
    "reason": replace(WISH, reason="INC-43"),
    "length": replace(WISH, term=Term(length=timedelta(hours=1))),
    "by somebody else": replace(WISH, requester_id=GRACE),
    "emergency": replace(WISH, emergency=True),
}


@pytest.fixture
async def shop(store: Store) -> Store:
    await store.run(found, GITHUB.model_validate(GITHUB.stored() | {"on_behalf": "anyone"}))
    return store


async def test_who_sends_the_same_twice_reads_that_it_was_taken(shop: Store) -> None:
    await shop.run(submit.submit, WISH)
    with pytest.raises(SentAlready, match=r"Received: AR-1 and AR-2 were sent a moment ago\."):
        await shop.run(submit.submit, replace(WISH, reason=" INC-42 "))


async def test_what_a_rule_has_approved_meanwhile_was_taken_too(shop: Store) -> None:
    free = GITHUB.stored() | {"auto_approve": [{"name": "Everybody may"}]}
    await shop.run(found, GITHUB.model_validate(free))
    await shop.run(submit.submit, WISH)
    with pytest.raises(SentAlready, match="Received"):
        await shop.run(submit.submit, WISH)


@pytest.mark.parametrize("other", OTHERS)
async def test_something_else_is_a_duplicate(shop: Store, other: str) -> None:
    await shop.run(submit.submit, WISH)
    with pytest.raises(Duplicate) as refused:
        await shop.run(submit.submit, OTHERS[other])
    assert not isinstance(refused.value, SentAlready)


async def test_a_part_of_it_with_something_new_is_a_duplicate(shop: Store) -> None:
    await shop.run(submit.submit, replace(WISH, access_keys=("engineering",)))
    with pytest.raises(
        Duplicate, match="already have an open request for Engineering team \\(AR-1\\)"
    ) as refused:
        await shop.run(submit.submit, WISH)
    assert not isinstance(refused.value, SentAlready)


async def test_later_it_is_meant_and_a_duplicate(shop: Store, clock: ManualClock) -> None:
    await shop.run(submit.submit, WISH)
    clock.advance(timedelta(minutes=10))
    with pytest.raises(Duplicate, match="already have an open request"):
        await shop.run(submit.submit, WISH)


async def test_who_sends_the_same_decision_twice_reads_that_it_was_taken(shop: Store) -> None:
    (ref, _) = [one.ref for one in await shop.run(submit.submit, WISH)]
    shorter = Term(length=timedelta(hours=2))
    await shop.run(decide.approve, ref, GRACE, comment="A day is enough", term=shorter)
    with pytest.raises(SentAlready, match=rf"Received: your decision on {ref} was sent a moment ago\."):
        await shop.run(decide.approve, ref, GRACE, comment=" A day is enough", term=shorter)
    with pytest.raises(Closed, match="already approved by Grace"):
        await shop.run(decide.approve, ref, GRACE, comment="Two hours", term=shorter)
    with pytest.raises(Closed):
        await shop.run(decide.approve, ref, GRACE, comment="A day is enough", term=EIGHT_HOURS)
    with pytest.raises(Closed):
        await shop.run(decide.reject, ref, GRACE, comment="A day is enough")
