"""Who stands in for somebody that is away: what is refused, and what becomes of open requests."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from blocks.timeline import line
from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.errors import AlreadyDecided, Invalid, NotAnApprover, NotFound
from models.lifecycle.people import delegations, update_people
from models.lifecycle.request import decide
from models.queries.stories import request_story, timeline
from models.queries.to_do import count_to_do
from models.registry import directory
from models.registry.by_reference import lock_request
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.cards import Card, CardKind
from models.tables.people import Delegation, Person
from models.tables.requests import Term
from tests.models.company import ADA, ALAN, GITHUB, GRACE, ROOT, found
from tests.models.workflow_steps import ask, request, sweep, waits_for
from tests.rows import all_of, new_row

pytestmark = pytest.mark.both_engines

EIGHT_HOURS = Term(length=timedelta(hours=8))
OTTO, GUS = "UOTTO", "UGUS"


@pytest.fixture
async def company(store: Store) -> Store:
    """Grace and Alan both have to approve; Otto works there too, in Tokyo, and Gus is a guest."""
    both = AppSpec.model_validate(
        GITHUB.stored() | {"stage": [{"name": "Owner", "approvers": ["owners"], "rule": "all"}]}
    )

    def write(out: Outcome) -> None:
        found(out, both)
        directory.remember_people(
            out,
            [
                new_row(
                    Person,
                    id=OTTO,
                    name="Otto",
                    handle="otto",
                    email="otto@example.com",
                    timezone="Asia/Tokyo",
                    active=True,
                ),
                new_row(Person, id=GUS, name="Gus", handle="gus", email="", guest=True, active=True),
            ],
        )

    await store.write(write)
    return store


async def away(store: Store, who: str, stand_in: str, first: int = 0, last: int = 2) -> Delegation:
    """Be away from so many days after today to so many."""
    today = store.clock.now().date()
    days = (today + timedelta(days=first), today + timedelta(days=last))
    return await store.run(delegations.set_delegate, who, stand_in, *days)


async def to_decide(store: Store, who: str) -> int:
    """How much App Home says is waiting for this person's decision."""
    return (await store.read(lambda case: count_to_do(case, who))).decisions


async def carded(store: Store) -> set[str]:
    """Who has an approver's card."""
    cards = await all_of(store, Card, kind=CardKind.APPROVAL)
    return {card.person_id for card in cards}


async def test_the_stand_in_is_asked_and_their_word_is_the_vote_of_who_is_away(company: Store) -> None:
    await away(company, GRACE, OTTO)
    ref = await ask(company, EIGHT_HOURS)
    assert await carded(company) == {OTTO, ALAN}
    await company.run(decide.approve, ref, OTTO)
    with pytest.raises(AlreadyDecided, match="Otto has already decided on AR-1 as your delegate"):
        await company.run(decide.approve, ref, GRACE)
    assert await waits_for(company, ref) == {ALAN}
    await company.run(decide.approve, ref, ALAN)
    assert (await request(company, ref)).state == "approved"


async def test_who_is_away_can_decide_and_the_stand_in_has_nothing_left_to_say(company: Store) -> None:
    await away(company, GRACE, OTTO)
    ref = await ask(company, EIGHT_HOURS)
    await company.run(decide.approve, ref, GRACE)
    with pytest.raises(NotAnApprover):
        await company.run(decide.reject, ref, OTTO)
    counts = [await to_decide(company, who) for who in (GRACE, OTTO, ALAN)]
    assert counts == [0, 0, 1]


async def test_what_is_open_when_an_absence_begins_and_ends_is_looked_at_again(
    company: Store, clock: ManualClock
) -> None:
    ref = await ask(company, EIGHT_HOURS)
    await away(company, GRACE, OTTO, first=1, last=1)
    assert await waits_for(company, ref) == {GRACE, ALAN}
    clock.advance(timedelta(hours=24) - timedelta(hours=clock.now().hour))
    await sweep(company)
    assert await waits_for(company, ref) == {OTTO, ALAN}
    clock.advance(timedelta(days=1))
    await company.run(_later, ref)
    await sweep(company)
    assert await waits_for(company, ref) == {GRACE, ALAN}
    assert (await sweep(company)).done == 0


async def sentences(store: Store, ref: str) -> list[str]:
    """What the request's timeline says of absences."""
    found = await store.read(lambda case: timeline(case, request_story(case, ref)))
    return [line(one).partition(" · ")[2] for one in found if one.action in ("stage.away", "stage.back")]


async def test_an_absence_stands_in_the_timeline_of_what_waits_when_it_begins_and_when_it_ends(
    company: Store, clock: ManualClock
) -> None:
    ref = await ask(company, EIGHT_HOURS)
    row = await away(company, GRACE, OTTO)
    day = f"{row.last_day.day} {row.last_day:%B}"
    begun = f"<@{GRACE}> is out of office until {day}; <@{OTTO}> is the delegate"
    assert await sentences(company, ref) == [begun]
    await company.run(delegations.remove_delegate, row.ref, GRACE)
    over = f"<@{OTTO}> is no longer the delegate of <@{GRACE}>"
    assert await sentences(company, ref) == [begun, over]
    await away(company, GRACE, OTTO, first=1, last=1)
    assert len(await sentences(company, ref)) == 2
    clock.advance(timedelta(hours=24) - timedelta(hours=clock.now().hour))
    await sweep(company)
    assert len(await sentences(company, ref)) == 3
    clock.advance(timedelta(days=1))
    await company.run(_later, ref)
    await sweep(company)
    assert (await sentences(company, ref))[3:] == [over]


async def test_the_timeline_says_where_the_stand_in_cannot_and_nothing_of_what_is_closed(
    company: Store,
) -> None:
    ref, day = await ask(company, EIGHT_HOURS), company.clock.now().date() + timedelta(days=2)
    closed = await ask(company, EIGHT_HOURS, by=OTTO)
    await company.run(decide.reject, closed, GRACE)
    decided = await ask(company, EIGHT_HOURS, by=ROOT)
    await company.run(decide.approve, decided, GRACE)
    await away(company, GRACE, ADA)
    until = f"{day.day} {day:%B}"
    assert await sentences(company, ref) == [
        f"<@{GRACE}> is out of office until {until}; <@{ADA}> is the delegate, but can't decide here"
    ]
    assert await sentences(company, closed) == await sentences(company, decided) == []


async def test_where_the_stand_in_goes_away_too_the_timeline_says_so(company: Store) -> None:
    ref = await ask(company, EIGHT_HOURS)
    await away(company, GRACE, OTTO)
    await away(company, OTTO, ROOT)
    assert (await sentences(company, ref))[1].startswith(f"<@{OTTO}> is out of office until ")
    assert f"<@{ROOT}>" not in (await sentences(company, ref))[1]
    assert await waits_for(company, ref) == {GRACE, ALAN}


def _later(out: Outcome, ref: str) -> None:
    out.change(lock_request(out.case, ref), expires_at=out.now + timedelta(days=9))


async def test_a_stand_in_that_is_set_or_removed_counts_at_once(company: Store) -> None:
    ref = await ask(company, EIGHT_HOURS)
    row = await away(company, GRACE, OTTO)
    assert await waits_for(company, ref) == {OTTO, ALAN}
    with pytest.raises(NotFound):
        await company.run(delegations.remove_delegate, row.ref, ALAN)
    await company.run(delegations.remove_delegate, row.ref, GRACE)
    assert await waits_for(company, ref) == {GRACE, ALAN}


async def test_who_asks_does_not_stand_in_for_an_approver(company: Store) -> None:
    await away(company, GRACE, ADA)
    ref = await ask(company, EIGHT_HOURS)
    assert await waits_for(company, ref) == {GRACE, ALAN}
    assert ADA not in await carded(company)


async def test_a_stand_in_who_leaves_is_replaced_by_who_is_away(company: Store) -> None:
    await away(company, GRACE, OTTO)
    ref = await ask(company, EIGHT_HOURS)
    await company.run(_deactivated, OTTO)
    assert await waits_for(company, ref) == {GRACE, ALAN}


def _deactivated(out: Outcome, person_id: str) -> None:
    known = out.case.get_one(Person, person_id)
    update_people.save_people(
        out, [new_row(Person, id=known.id, name=known.name, handle=known.handle, email="", active=False)]
    )


async def refused(store: Store, *absence: Any) -> tuple[str, str]:
    """The field, and what is said there."""
    with pytest.raises(Invalid) as refusal:
        await away(store, *absence)
    return str(refusal.value.field), str(refusal.value)


async def test_what_cannot_be_is_refused_with_the_reason(company: Store) -> None:
    today = company.clock.now().date()
    yesterday = today - timedelta(days=1)
    assert await refused(company, GRACE, GRACE) == (
        "person",
        "You can't be your own delegate. Choose someone else.",
    )
    assert await refused(company, GRACE, GUS) == (
        "person",
        "Gus is a guest, so they can't be a delegate. Choose someone else.",
    )
    field, said = await refused(company, GRACE, "UNOBODY")
    assert (field, said[:14]) == ("person", "Keyturn doesn'")
    field, said = await refused(company, GRACE, OTTO, -1, 3)
    assert (field, said) == ("first", f"{yesterday.day} {yesterday:%B} has passed. Start today or later.")
    field, said = await refused(company, GRACE, OTTO, 3, 2)
    assert (field, said[:14]) == ("last", "The last day i")
    await away(company, GRACE, OTTO, 0, 5)
    field, said = await refused(company, GRACE, ALAN, 5, 9)
    assert (field, said[:24]) == ("first", "Otto is already your del")
    await away(company, GRACE, ALAN, 6, 9)


@pytest.mark.parametrize("chain", [(GRACE, OTTO), (GRACE, OTTO, ALAN), (GRACE, OTTO, ALAN, ROOT)])
async def test_a_circle_is_refused_however_long_but_only_at_the_same_time(
    company: Store, chain: tuple[str, ...]
) -> None:
    for one, other in pairwise(chain):
        await away(company, one, other, 2, 5)
    field, said = await refused(company, chain[-1], chain[0], 4, 8)
    assert field == "person"
    assert said.startswith("Grace is out of office then too")
    await away(company, chain[-1], chain[0], 9, 12)


async def test_days_are_those_of_where_the_person_lives(company: Store) -> None:
    row = await company.run(delegations.set_delegate, OTTO, ALAN, date(2031, 1, 1), date(2031, 1, 1))
    assert row.starts_at.isoformat() == "2030-12-31T15:00:00+00:00"
    assert row.ends_at - row.starts_at == timedelta(days=1)
