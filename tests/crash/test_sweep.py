"""A sweep that is killed in the middle of a burst, by a bot that starts 30 days late: each is ended once."""

import signal
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from models import audit
from models.audit import AuditEntry
from models.lifecycle.request import submit
from models.lifecycle.request.plan import Draft
from models.registry import directory
from models.store.base import Store
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.people import Person
from models.tables.requests import Term
from models.tables.states import GrantState
from tests.crash.process_world import BotLauncher, ProcessWorld, process_world
from tests.crash.test_crash import STEP
from tests.rows import all_of, every, new_row

PEOPLE, BATCH = (30, 10) if STEP else (6, 2)
STRIKES = (
    "after commit of sweep grant.revoking #2",
    "before commit of sweep grant.revoking #3",
    "before usergroups.users.update #1",
    "after usergroups.users.update #1",
)


@pytest.fixture(params=["sqlite", "postgres"] if STEP else ["sqlite"])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def world(
    bot_launcher: BotLauncher, tmp_path: Path, database_url: str, store: Store
) -> AsyncIterator[ProcessWorld]:
    async with process_world(bot_launcher, tmp_path, database_url, store, "socket") as ready:
        ready.batch = BATCH
        yield ready


async def everybody_has_it(world: ProcessWorld) -> list[str]:
    """So many people ask for eight hours, and have the access at once; returns their ids."""
    await world.offer(auto_approve=[{"name": "Everybody may"}])
    people = [world.slack.workspace.add_person(f"Person {number}").id for number in range(PEOPLE)]

    def ask(out: Outcome) -> None:
        for person in people:
            directory.remember_people(out, [new_row(Person, id=person, name=person, email="", active=True)])
            term = Term(length=timedelta(hours=8))
            submit.submit(out, Draft(person, person, "github", ("engineering",), term, "INC-42"))

    await world.store.write(ask)
    await world.begin(points=False)
    await world.settle()
    assert set(people) < set(world.group.members)
    return people


def ends(case: Case) -> Counter[tuple[str, str]]:
    """How often each grant began and stopped being taken away."""
    steps = ("grant.revoking", "grant.revoked")
    return Counter((one.subject, one.action) for one in every(case, AuditEntry) if one.action in steps)


@pytest.mark.parametrize("strike", STRIKES if STEP else STRIKES[:1])
async def test_what_ended_while_nobody_ran_is_ended_once_though_the_sweep_is_killed(
    world: ProcessWorld, strike: str
) -> None:
    people = await everybody_has_it(world)
    await world.end()
    world.clock.advance_all(timedelta(days=30))
    await world.begin(strike, signal.SIGKILL)

    async def struck() -> bool:  # a round waits up to a second for the sweep to fill it
        return strike in world.points

    await world.until(struck)
    await world.settle()
    assert world.deaths == 1
    assert not set(people) & set(world.group.members)
    grants = await all_of(world.store, Grant)
    assert [grant.state for grant in grants] == [GrantState.ENDED] * PEOPLE
    assert set((await world.store.read(ends)).values()) == {1}
    for person in people:
        said = [one.text for one in world.slack.person(person, world.app).messages()]
        # The card of the request, that of the access, and the message that it is over.
        assert len([text for text in said if "*Ended*" in text]) == 3, said
    assert (await world.store.read(audit.verify)).intact
