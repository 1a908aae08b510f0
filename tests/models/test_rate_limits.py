"""One person who asks for more than anybody needs: stopped with a sentence, and nothing half done."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from models import audit
from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.errors import Denied, Invalid
from models.lifecycle.request import cancel, comment, submit
from models.lifecycle.request.plan import Draft
from models.lifecycle.request.rate_limits import Limits
from models.store.base import Store
from models.tables.requests import Comment, Request, Term
from models.tables.states import RequestState
from tests.models.company import ADA, GITHUB, GRACE, found
from tests.models.workflow_steps import ask
from tests.rows import count_of

pytestmark = pytest.mark.both_engines

HOUR = timedelta(hours=1)
EIGHT_HOURS = Term(length=8 * HOUR)
FEW = Limits(open_requests=3, requests_an_hour=5, comments_an_hour=2)
MANY = GITHUB.stored() | {
    "key": "many", "name": "Many", "emergency": {"max": "8h"},
    "access": [{"key": f"a{number}", "name": f"Access {number}"} for number in range(60)],
}  # fmt: skip


def wish(*numbers: int) -> Draft:
    return Draft(ADA, ADA, "many", tuple(f"a{number}" for number in numbers), EIGHT_HOURS, "INC-42")


@pytest.fixture
async def shop(store: Store) -> Store:
    await store.run(found, AppSpec.model_validate(MANY))
    return store


async def requests(store: Store) -> int:
    return await count_of(store, Request)


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_of_a_thousand_requests_by_one_person_fifty_are_taken(shop: Store) -> None:
    flood = [shop.run(submit.submit, wish(number % 60)) for number in range(1000)]
    came = await asyncio.gather(*flood, return_exceptions=True)
    assert await requests(shop) == 50
    refused = [one for one in came if isinstance(one, Denied)]
    assert len(refused) == 950
    (said,) = {str(one) for one in refused}
    assert said.startswith("You have 50 open requests; the limit is 50.")
    assert "Withdraw some on App Home" in said
    assert (await shop.read(audit.verify)).intact


async def test_a_form_that_asks_for_too_much_at_once_sends_nothing_of_it(shop: Store) -> None:
    with pytest.raises(Denied, match=r"With these 4 you would have 4 open requests; the limit is 3"):
        await shop.run(submit.submit, wish(1, 2, 3, 4), FEW)
    assert await requests(shop) == 0
    assert len(await shop.run(submit.submit, wish(1, 2, 3), FEW)) == 3


async def test_what_is_withdrawn_makes_room_until_the_hour_s_number_is_reached(
    shop: Store, clock: ManualClock
) -> None:
    for number in range(5):
        (request,) = await shop.run(submit.submit, wish(number), FEW)
        await shop.run(cancel.withdraw, request.ref, ADA)
    with pytest.raises(Denied, match="sent 5 requests in the last hour; the limit is 5"):
        await shop.run(submit.submit, wish(6), FEW)
    clock.advance(HOUR)
    assert (await shop.run(submit.submit, wish(6), FEW))[0].state is RequestState.PENDING


async def test_an_emergency_is_not_kept_from_somebody_with_many_open_requests(shop: Store) -> None:
    await shop.run(submit.submit, wish(1, 2, 3), FEW)
    (taken,) = await shop.run(submit.submit, replace(wish(4), emergency=True), FEW)
    assert taken.state is RequestState.APPROVED


async def test_comments_on_a_request_have_an_end_for_each_person(shop: Store, clock: ManualClock) -> None:
    ref = await ask(shop, EIGHT_HOURS, "a1", app="many")
    for number in range(2):
        await shop.run(comment.comment, ref, ADA, f"Please {number}", limits=FEW)
    with pytest.raises(Invalid, match="commented on AR-1 2 times in the last hour") as refusal:
        await shop.run(comment.comment, ref, ADA, "Please", limits=FEW)
    assert refusal.value.field == "comment"
    await shop.run(comment.comment, ref, GRACE, "What for?", limits=FEW)
    clock.advance(HOUR)
    await shop.run(comment.comment, ref, ADA, "For INC-42", limits=FEW)
    assert await count_of(shop, Comment) == 4


async def test_many_at_the_same_moment_do_not_pass_a_limit_together(shop: Store) -> None:
    one = replace(FEW, open_requests=3)
    outcomes = await asyncio.gather(
        *(shop.run(submit.submit, wish(number), one) for number in range(12)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Denied) for outcome in outcomes) == 9
    assert await requests(shop) == 3
