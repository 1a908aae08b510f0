"""What is counted about a pending request from Keyturn's own records, on both databases, and at what cost."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models.catalogue.spec.enums import RequestKind
from models.catalogue.spec.people import PERSON, PersonSpec
from models.clock import ManualClock
from models.lifecycle.grant import return_slip, revoke
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.policy.unusual import (
    ApproverFact,
    FirstFact,
    HistoryFact,
    LengthFact,
    PeersFact,
    RequestFacts,
    TimeFact,
)
from models.queries import request_facts
from models.queries.stories import request_story
from models.registry import catalogue_entries, directory
from models.statements import Read, Sql
from models.store.base import Store
from models.store.outcome import Outcome
from models.store.trips import Trips
from models.tables.people import Person
from models.tables.requests import Term
from models.tables.states import Usage
from tests.models.company import ADA, ALAN, GRACE, ROOT, found
from tests.models.workflow_steps import ask, hold, settle, sweep
from tests.rows import edit, new_row

pytestmark = pytest.mark.both_engines

HOURS = Term(length=timedelta(hours=8))
BO, CY, DI = "UBO", "UCY", "UDI"
COLLEAGUES = (BO, CY, DI)


@pytest.fixture(autouse=True)
async def company(store: Store) -> None:
    await store.run(found)
    await store.write(lambda out: directory.remember_people(out, [_person(one) for one in COLLEAGUES]))
    await departments(store, "Sales", ADA, *COLLEAGUES)


def _person(person_id: str, **more: Any) -> Person:
    usual = {"name": person_id, "email": f"{person_id.lower()}@example.com", "active": True}
    return new_row(Person, id=person_id, **(usual | more))


async def departments(store: Store, name: str, *people: str) -> None:
    def change(out: Outcome) -> None:
        for person_id in people:
            edit(out, Person, person_id, department=name)

    await store.write(change)


async def facts(store: Store, ref: str) -> RequestFacts:
    return (await store.read(lambda case: request_story(case, ref))).facts


async def peers(store: Store, ref: str) -> PeersFact | None:
    common = (await facts(store, ref)).common
    return next((fact for fact in common if isinstance(fact, PeersFact)), None)


async def had(store: Store, clock: ManualClock, usage: Usage | None, *, by: str = ADA) -> None:
    """Somebody had the engineering team for eight hours, and said this of it."""
    ref = await hold(store, HOURS, by=by)
    clock.advance(timedelta(hours=8))
    await sweep(store)
    await settle(store)
    if usage is not None:
        await store.run(return_slip.answer, ref, by, usage)


async def test_it_says_how_many_of_the_department_have_it_now(store: Store, clock: ManualClock) -> None:
    ref = await ask(store, HOURS)
    assert await peers(store, ref) == PeersFact("Sales", listed=False, others=3, holders=0)
    await hold(store, HOURS, by=BO)
    await hold(store, HOURS, "design", by=CY)
    assert await peers(store, ref) == PeersFact("Sales", listed=False, others=3, holders=1)
    clock.advance(timedelta(hours=8))
    await sweep(store)
    assert await peers(store, ref) == PeersFact("Sales", listed=False, others=3, holders=0)


@pytest.mark.parametrize("gone", [{"active": False}, {"bot": True}, {"stranger": True}])
async def test_who_left_and_who_is_nobody_of_the_company_does_not_count(
    store: Store, gone: dict[str, bool]
) -> None:
    await store.write(
        lambda out: directory.remember_people(out, [_person("UEX", department="Sales", **gone)])
    )
    fact = await peers(store, await ask(store, HOURS))
    assert fact is not None
    assert fact.others == 3


async def test_a_small_department_or_none_says_nothing(store: Store) -> None:
    ref = await ask(store, HOURS)
    await departments(store, "Other", DI)
    assert await peers(store, ref) is None
    await departments(store, "", ADA, *COLLEAGUES)
    assert await peers(store, ref) is None


async def test_the_directory_table_wins_over_profiles(store: Store) -> None:
    await departments(store, "Whatever I write", ADA, DI)

    def list_people(out: Outcome) -> None:
        for person, name in ((ADA, "Sales"), ("udi@example.com", "Sales"), (BO, "Legal"), (CY, "Legal")):
            catalogue_entries.save_entry(out, PERSON, PersonSpec(person=person, department=name), ROOT)

    await store.write(list_people)
    more = [_person(one, department="Sales") for one in ("UEX", "UEY")]
    await store.write(lambda out: directory.remember_people(out, more))
    fact = await peers(store, await ask(store, HOURS))
    assert fact == PeersFact("Sales", listed=True, others=3, holders=0)  # Di, UEX and UEY


async def test_of_a_department_too_large_to_count_nothing_is_said(
    store: Store,
) -> None:
    crowd = [_person(f"UX{n:04}", department="Sales") for n in range(request_facts.MOST_PEERS - 3)]
    await store.write(lambda out: directory.remember_people(out, crowd))
    ref = await ask(store, HOURS)
    fact = await peers(store, ref)
    assert fact is not None
    assert fact.others == request_facts.MOST_PEERS
    await store.write(lambda out: directory.remember_people(out, [_person("UEX", department="Sales")]))
    assert await peers(store, ref) is None


async def test_it_says_what_came_of_it_before(store: Store, clock: ManualClock) -> None:
    for usage in (Usage.NO, Usage.LESS, None):
        await had(store, clock, usage)
    early = await hold(store, HOURS)
    await store.run(revoke.give_back, early, ADA)
    await settle(store)
    await hold(store, HOURS, by=BO)
    common = (await facts(store, await ask(store, HOURS))).common
    assert HistoryFact(held=4, given_back=1, not_needed=1, less=1) in common


async def test_a_first_request_says_so_and_one_for_another_access_of_the_app_too(store: Store) -> None:
    ref = await ask(store, HOURS)
    assert FirstFact(0) in (await facts(store, ref)).common
    await store.run(decide.reject, ref, GRACE)
    assert FirstFact(1) in (await facts(store, await ask(store, HOURS, "design"))).common


async def test_a_length_is_held_against_those_requested_before(store: Store, clock: ManualClock) -> None:
    for hours in (1, 4, 2):
        ref = await ask(store, Term(length=timedelta(hours=hours)))
        await store.run(decide.reject, ref, GRACE)
    ref = await ask(store, HOURS)
    longest = timedelta(hours=4)
    assert LengthFact(longest, 3, longer=True) in (await facts(store, ref)).common
    await store.run(decide.reject, ref, GRACE)
    until = Term(end=clock.now() + timedelta(hours=3))
    ref = await ask(store, until)
    assert LengthFact(timedelta(hours=8), 4, longer=False) in (await facts(store, ref)).common


async def test_an_extension_is_held_against_earlier_grants_and_not_against_its_own(
    store: Store, clock: ManualClock
) -> None:
    await had(store, clock, Usage.NO)
    ref = await hold(store, HOURS)
    draft = Draft(
        ADA, ADA, "github", ("engineering",), HOURS, "More", kind=RequestKind.EXTEND, grant_id=int(ref[3:])
    )
    extension = (await store.run(submit.submit, draft))[0].ref
    common = (await facts(store, extension)).common
    assert [fact for fact in common if not isinstance(fact, PeersFact)] == [HistoryFact(1, 0, 1, 0)]


async def test_a_first_time_at_night_is_known_by_the_requester_s_zone(
    store: Store, clock: ManualClock
) -> None:
    await store.write(lambda out: edit(out, Person, ADA, timezone="Asia/Tokyo"))
    for _ in range(5):
        await store.run(decide.reject, await ask(store, HOURS), GRACE)
    clock.advance(timedelta(hours=18) - timedelta(hours=clock.now().hour))  # 3:00 in Tokyo
    ref = await ask(store, HOURS)
    assert TimeFact(night=True, requests=5, alike=0) in (await facts(store, ref)).common
    await store.write(lambda out: edit(out, Person, ADA, timezone="Nowhere/At all"))
    assert not [fact for fact in (await facts(store, ref)).common if isinstance(fact, TimeFact)]


async def test_each_approver_reads_how_much_of_theirs_was_needed(store: Store, clock: ManualClock) -> None:
    for usage in (Usage.NO, Usage.YES, Usage.NO, Usage.LESS, None):
        await had(store, clock, usage)
    approvers = (await facts(store, await ask(store, HOURS, by=BO))).approvers
    assert approvers == {GRACE: ApproverFact(answers=4, not_needed=2, less=1)}
    assert ALAN not in approvers
    assert (await facts(store, await ask(store, HOURS, "design", by=BO))).approvers == {}


async def test_once_decided_nothing_is_counted_any_more(store: Store) -> None:
    ref = await ask(store, HOURS)
    await store.run(decide.reject, ref, GRACE)
    with reads() as seen:
        assert (await facts(store, ref)).common == ()
    assert seen == []


@contextmanager
def reads() -> Iterator[list[Read]]:
    """What is read at once in the block, statement by statement."""
    seen: list[Read] = []

    def all_of(sql: Sql, wanted: Sequence[Read]) -> list[list[Any]]:
        seen.extend(wanted)
        return [sql.all(statement, **values) for statement, values in wanted]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Sql, "all_of", all_of)
        patched.setattr(Trips, "all_of", all_of)
        yield seen


async def test_they_are_four_statements_and_each_goes_by_an_index(store: Store) -> None:
    """As SQLite and PostgreSQL plan it; PostgreSQL is told that the tables are dear to read."""
    ref = await ask(store, HOURS)
    with reads() as seen:
        await facts(store, ref)
    assert len(seen) == 4
    plans = await store.write(lambda out: [_plan(out, read) for read in seen])
    earlier, times, answers, people = plans
    assert "ix_requests_beneficiary" in earlier
    assert "ix_requests_requester" in times
    assert "ix_grants_usage" in answers
    assert "ix_people_department" in people
    assert "ix_grants_person" in people
    for plan in plans:
        assert "Seq Scan" not in plan
        assert "SCAN grants" not in plan
        assert "SCAN requests" not in plan
        assert "SCAN people" not in plan
        assert "SCAN decisions" not in plan


def _plan(out: Outcome, read: Read) -> str:
    sql: Any = out.sql
    postgres = sql.dialect.name == "postgresql"
    if postgres:
        sql.all(text("SET LOCAL enable_seqscan = off"))
    compiled = sql.plan(read.statement)
    sent = f"EXPLAIN {'' if postgres else 'QUERY PLAN '}{compiled.sql}"
    rows = sql._fetch(sent, compiled.given(read.values))
    return "\n".join(str(row[0] if postgres else row[-1]) for row in rows)
