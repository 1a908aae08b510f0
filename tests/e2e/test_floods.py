"""A flood, at a bot in a process of its own: everything is answered in time, and what stands then is right.

KEYTURN_FLOOD says how many clicks there are, 2500 for a real flood; of App Homes opened 1.6 times as many.
"""

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from blocks.forms.decision import COMMENT, DecisionForm
from blocks.home import HomeAction
from bot.config import Mode
from bot.sandbox.slack.client.client import Client
from bot.sandbox.slack.core.traffic_log import LogEntry
from bot.sandbox.slack.delivery.delivery import Ack, Delivery
from bot.sandbox.slack.state.events import Event
from models import audit
from models.audit import AuditEntry
from models.jobs import Job
from models.lifecycle.redraw import OVERLOADED
from models.lifecycle.request.plan import Draft
from models.lifecycle.request.submit import submit
from models.registry import directory
from models.registry.slack_mapping import person_of
from models.store.base import Store
from models.tables.requests import Request, Term
from models.tables.states import RequestState
from tests.crash.process_world import BotLauncher, ProcessWorld, bot_launcher, process_world
from tests.rows import all_of, clear

CLICKS = int(os.environ.get("KEYTURN_FLOOD", "250"))
OPENINGS = CLICKS * 8 // 5
PEOPLE = 50
IN_TIME = 3.0
"""Slack's seconds."""

Sent = tuple[str, str, Delivery]
"""Its kind, whom or what it is about, and itself."""


@dataclass
class Flood:
    """What was sent, and what came of it."""

    answers: list[tuple[str, str, Ack, float]] = field(default_factory=list)
    """Of each delivery: its kind, whom or what it was about, the answer, and the seconds until it came."""
    starved: float = 0
    """Seconds in which the sender or the bot was ready to run and the machine ran something else."""

    def of(self, kind: str) -> list[tuple[str, Ack, float]]:
        return [(about, ack, took) for one, about, ack, took in self.answers if one == kind]


@pytest.fixture(scope="module")
def processes() -> Iterator[BotLauncher]:
    with bot_launcher() as opened:
        yield opened


@pytest.fixture(params=["socket", "http"])
def mode(request: pytest.FixtureRequest) -> Mode:
    return "socket" if request.param == "socket" else "http"


@pytest.fixture
async def world(
    processes: BotLauncher, tmp_path: Path, database_url: str, store: Store, mode: Mode
) -> AsyncIterator[ProcessWorld]:
    async with process_world(processes, tmp_path, database_url, store, mode) as ready:
        ready.slack.deliveries.timeout = 60  # we measure by ourselves
        yield ready


async def people(world: ProcessWorld, what: str) -> list[str]:
    """So many people who are known."""
    added = [world.slack.workspace.add_person(f"{what} {number}") for number in range(PEOPLE)]
    known = [person_of(user.as_json(with_email=True)) for user in added]
    await world.store.run(directory.remember_people, known)
    return [user.id for user in added]


async def asked(world: ProcessWorld, number: int) -> list[str]:
    """So many pending requests, whose cards nobody has yet."""
    accesses = [{"key": f"a{one}", "name": f"Access {one}"} for one in range(-(-number // PEOPLE))]
    await world.offer(access=accesses)
    term, refs = Term(length=timedelta(hours=8)), list[str]()
    for person_id in await people(world, "Requester"):
        for access in accesses:
            draft = Draft(person_id, person_id, "github", (access["key"],), term, "INC-42")
            refs += [request.ref for request in await world.store.run(submit, draft)]
    await world.store.write(lambda out: clear(out, Job))
    return refs[:number]


def opening(world: ProcessWorld, person_id: str) -> Delivery:
    body = {"type": "app_home_opened", "user": person_id, "channel": "D1", "tab": "home"}
    return Delivery(
        "event", "events_api", world.slack.events_api._envelope(world.app, Event("app_home_opened", body))
    )


def turning(client: Client, number: int) -> Delivery:
    """Somebody presses one of Home's tabs."""
    tab = (HomeAction.REQUESTS, HomeAction.TODO)[number % 2]
    action = {"type": "button", "action_id": tab, "block_id": "tabs", "value": ""}
    return _interactive(client, "block_actions", view=_view("home", ""), actions=[action])


def approval(client: Client, ref: str) -> Delivery:
    """Somebody sends the form behind Approve."""
    view = _view("modal", DecisionForm.APPROVE) | {"private_metadata": json.dumps({"ref": ref})}
    view["blocks"] = [{"type": "input", "block_id": COMMENT}]
    return _interactive(client, "view_submission", view=view | {"id": f"V{ref}"})


def _interactive(client: Client, kind: str, **more: Any) -> Delivery:
    return Delivery(kind, "interactive", client.payload(kind, **more), kind == "view_submission")


def _view(kind: str, callback_id: str) -> dict[str, Any]:
    return {
        "id": "V1", "type": kind, "callback_id": callback_id, "hash": "1", "private_metadata": "",
        "state": {"values": {}}, "blocks": [],
    }  # fmt: skip


async def test_everything_is_answered_in_time_and_what_was_not_begun_says_so(world: ProcessWorld) -> None:
    refs = await asked(world, CLICKS // 2)
    openers, turners = await people(world, "Opener"), await people(world, "Turner")
    sent = mixed(
        [("approval", ref, approval(world.person("Grace").client, ref)) for ref in refs],
        [
            ("turn", one, turning(Client(world.slack, one, world.app), number))
            for number, one in enumerate(turners * (CLICKS // 2 // PEOPLE))
        ],
        [("opening", one, opening(world, one)) for one in openers * (OPENINGS // PEOPLE)],
    )
    published = Counter[str]()

    def count(entry: LogEntry) -> None:
        if entry.name == "views.publish" and entry.duration is not None:
            published[entry.request["user_id"]] += 1

    world.slack.log.observers.append(count)
    await world.begin(points=False)
    flood = await at_once(world, sent)
    if world.mode == "socket":
        assert max(took for *_, took in flood.answers) < IN_TIME + flood.starved
    else:  # what sends 6,500 requests over as many connections takes longer for that itself
        assert await slowest(world) <= IN_TIME + flood.starved
    assert all(ack.ok for _, ack, _ in flood.of("opening") + flood.of("turn"))
    await world.until(lambda: quiet(world))
    assert {1, 2} >= {published[person_id] for person_id in openers}
    await the_approvals_are_as_they_were_answered(world, flood)
    assert (await world.store.read(audit.verify)).intact


def mixed(*kinds: list[Sent]) -> list[Sent]:
    """All of them, each kind spread over the whole."""
    placed = [(place / len(kind), number, one) for number, kind in enumerate(kinds)
              for place, one in enumerate(kind)]  # fmt: skip
    return [one for *_, one in sorted(placed, key=lambda each: each[:2])]


async def at_once(world: ProcessWorld, sent: list[Sent]) -> Flood:
    """Send all of it at once."""
    flood = Flood()

    async def send(kind: str, about: str, delivery: Delivery) -> None:
        began = time.monotonic()
        ack = await world.slack.deliveries.send(world.app, delivery)
        flood.answers.append((kind, about, ack, time.monotonic() - began))

    before = starved(os.getpid()) + starved(world.bots[0].pid)
    await asyncio.gather(*(send(*one) for one in sent))
    flood.starved = starved(os.getpid()) + starved(world.bots[0].pid) - before
    return flood


def starved(pid: int) -> float:
    """Seconds for which a process's main thread has waited for a CPU; 0 where Linux does not count them."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0


async def slowest(world: ProcessWorld) -> float:
    """The seconds that the bot took at most for an answer, by its own numbers (the upper end of a range)."""
    async with world.http.get(f"http://127.0.0.1:{world.bots[0].health_port}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    counts = [line for line in lines if line.startswith("keyturn_acknowledgement_seconds_bucket")]
    every = counts[-1].split()[-1]
    first = next(line for line in counts if line.split()[-1] == every)
    return float(first.split('le="')[1].split('"')[0])


async def quiet(world: ProcessWorld) -> bool:
    """Whether all that follows has happened."""
    await world.slack.idle()
    return not await all_of(world.store, Job)


async def the_approvals_are_as_they_were_answered(world: ProcessWorld, flood: Flood) -> None:
    states = {request.ref: request.state for request in await all_of(world.store, Request)}
    recorded = Counter(
        entry.subject for entry in await all_of(world.store, AuditEntry, action="decision.approve")
    )
    for ref, ack, _ in flood.of("approval"):
        refused = isinstance(ack.body, dict)
        if refused:
            assert ack.body["errors"] == {COMMENT: OVERLOADED}
        assert (states[ref] is RequestState.PENDING) == refused
        assert recorded[ref] == (not refused)
    assert any(states[ref] is not RequestState.PENDING for ref, *_ in flood.of("approval"))
