"""What people feel while ten thousand accesses end: a click beside it, and the loop's longest pause.

The whole bot ends them: it takes them from Slack's user groups and posts the cards.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from blocks.forms.decision import COMMENT, DecisionForm
from models.lifecycle.request import submit
from models.lifecycle.request.plan import Draft
from models.store.base import Store
from models.tables.requests import Term
from tests.bench import places
from tests.bench.company import Client, Company, clients, company, form
from tests.bench.elsewhere import Elsewhere, elsewhere
from tests.bench.measure import Result, percentile
from tests.bench.parts import IdlePart

ENDS, GROUPS, ROUNDS = 10_000, 50, 3
COMMENTERS = 10
EVERY = 0.05
"""Seconds between two clicks, whether the one before is answered or not."""
LOOK = 5
"""After so many clicks it is seen whether it is over."""
CALM = 8.0
"""Seconds of clicks with nothing beside them."""
LATER = datetime(2100, 1, 1, tzinfo=UTC)
QUICK = {"ENDS": 100, "GROUPS": 5, "ROUNDS": 1, "CALM": 1.0}


class _Round(NamedTuple):
    """Seconds: of all but the slowest hundredth of clicks, and of the longest pauses."""

    calm: float
    busy: float
    pause: float
    idle_pause: float


async def run() -> list[Result]:
    """Clicks without and with ends beside them, by turns; each time other people's accesses end."""
    rounds = ROUNDS + 1
    people = ENDS // GROUPS * rounds
    fill = partial(_fill, count=ENDS * rounds, people=people)
    crowd = company(people, _requests, groups=GROUPS, members=people, fill=fill)
    async with crowd as here, elsewhere(IdlePart) as idle, clients(here.app, here.url, 1) as (client,):
        clicks = _Clicks(client, ENDS * rounds + 1)
        found = [await _round(here, idle, clicks, number) for number in range(rounds)][1:]
        commented = places.ask(here.path, "SELECT count(*) FROM comments")
        assert commented == clicks.number, (commented, clicks.number)
    calm, busy, pause, idle_pause = (median(values) for values in zip(*found, strict=True))
    return [
        Result(
            f"A click beside {ENDS:,} ends, taken from user groups, their cards posted: p99", "without them",
            busy, calm, 0.02, difference=True,
        ),
        Result(
            "The loop’s longest pause meanwhile", "an idle loop’s at the same time", pause, idle_pause, 0.02,
            difference=True,
        ),
    ]  # fmt: skip


async def _round(here: Company, idle: Elsewhere, clicks: "_Clicks", number: int) -> _Round:
    watched = (here.bot, idle)
    await _watch(watched)
    end = time.monotonic() + CALM
    calm = await clicks.while_true(partial(_before, end))
    await here.quiet(here.bot)
    await _watch(watched)
    here.calls.clear()
    first, last = number * ENDS + 1, (number + 1) * ENDS
    places.make_due(here.path, first, last, datetime.now(UTC))
    left = f"SELECT count(*) FROM grants WHERE id BETWEEN {first} AND {last} AND state <> 'ended'"
    ended = partial(asyncio.to_thread, places.ask, here.path, left)
    busy = await clicks.while_true(ended)
    await here.until(lambda: _cards(here) >= ENDS, 900)
    await here.quiet(here.bot)
    pauses = [await process.do("longest_pause") for process in watched]
    _assert_done(here)
    return _Round(percentile(calm, 0.99), percentile(busy, 0.99), *pauses)


async def _watch(processes: tuple[Elsewhere, ...]) -> None:
    for process in processes:
        await process.do("watch")


def _assert_done(here: Company) -> None:
    """The connector was called for each group, and each ended access has its card in Slack."""
    groups = {call.arguments["usergroup"] for call in here.calls if call.method == "usergroups.users.update"}
    assert len(groups) == GROUPS, groups
    assert _cards(here) == ENDS


def _cards(here: Company) -> int:
    """How many cards were posted."""
    posts = [call for call in here.calls if call.method == "chat.postMessage"]
    return sum("keyturn_card" in str(call.arguments.get("metadata")) for call in posts)


async def _before(end: float) -> bool:
    return time.monotonic() < end


class _Clicks:
    """People who comment at a steady pace, each on their own request."""

    def __init__(self, client: Client, first_request: int) -> None:
        self._client, self._first = client, first_request
        self.number = 0

    async def while_true(self, goes_on: Callable[[], Awaitable[object]]) -> list[float]:
        """Click until it is over; the seconds of each acknowledgement."""
        values = {COMMENT: {"text": {"type": "plain_text_input", "value": "And this?"}}}
        sent: list[asyncio.Task[float]] = []
        for at in itertools.count(1):
            who = self.number % COMMENTERS
            self.number += 1
            comment = form(f"U{who}", DecisionForm.COMMENT, values, ref=f"AR-{self._first + who}")
            sent.append(asyncio.create_task(self._client.send(comment)))
            await asyncio.sleep(EVERY)
            if at % LOOK == 0 and not await goes_on():
                break
        return await asyncio.gather(*sent)


async def _requests(store: Store) -> None:
    """What the comments are about."""
    for number in range(COMMENTERS):
        person = f"U{number}"
        draft = Draft(person, person, "github", ("engineering",), Term(length=places.HOURS), "INC-42")
        await store.run(submit.submit, draft)


def _fill(path: Path, count: int, people: int) -> None:
    """Accesses by user groups, which end some day."""
    group = f"'S' || (i % {GROUPS})"
    places.fill_grants(
        path, count, ends=LATER, people=people, targets=GROUPS,
        connector=f"""'{{"type": "slack_usergroup", "usergroup": "' || {group} || '"}}'""",
        target=f"""'slack_usergroup:{{"usergroup":"' || {group} || '"}}'""",
    )  # fmt: skip
