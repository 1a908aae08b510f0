"""From a person's click to what another sees, with a Slack that is near and one that is 100 ms away."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from statistics import median

import aiohttp

from bot.sandbox.slack.log import Entry
from tests.bench import places
from tests.bench.measure import Result, once
from tests.world import World

ROUNDS = 12
FAR = 0.1
"""Seconds for each call to a Slack that is far away."""


async def run() -> list[Result]:
    """Submit to the approver's card, and Approve to "you have access"."""
    results = []
    for where, delay in (("", 0.0), (", Slack 100 ms away", FAR)):
        async with places.world() as world:
            with world.slack.faults.slow("*", delay=delay):
                results += await _measured(world, where)
    return results


async def _measured(world: World, where: str) -> list[Result]:
    asked, given, floors = list[float](), list[float](), list[float]()
    with places.folder() as folder:
        for turn in range(ROUNDS + 1):
            took = (await _asking(world), await _approving(world), await _floor(world, folder))
            await _back(world)
            if turn:
                for times, seconds in zip((asked, given, floors), took, strict=True):
                    times.append(seconds)
    floor, is_floor = median(floors), "one commit and one post"
    # Access is told after the target system took it: with Slack's user groups that is two calls more.
    return [
        Result(f"Submit to the approver’s card{where}", is_floor, median(asked), floor, 2.5),
        Result(f"Approve to the access told{where}", is_floor, median(given), floor, 6),
    ]


async def _asking(world: World) -> float:
    ada = world.person("Ada")
    await ada.command("/request-access", "github engineering 8h because INC-42")

    async def ask() -> None:
        assert (await ada.submit()).ok
        await _until(world, lambda: "Pending" in _latest(world, "Grace"))

    return await once(ask)


async def _approving(world: World) -> float:
    await world.settle()
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "Pending"), "Approve")
    before = len(world.person("Ada").messages())

    async def approve() -> None:
        assert (await grace.submit()).ok
        await _until(world, lambda: len(world.person("Ada").messages()) > before)

    return await once(approve)


async def _floor(world: World, folder: Path) -> float:
    await world.settle()
    raw = sqlite3.connect(folder / "floor.db", isolation_level=None)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    raw.execute("CREATE TABLE IF NOT EXISTS said (text TEXT)")
    url = f"{world.slack.api_url}chat.postMessage"
    headers = {"Authorization": f"Bearer {world.app.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        await (await http.post(url, json={"channel": world.ids["Otto"], "text": "warm"})).read()

        async def work() -> None:
            raw.execute("INSERT INTO said VALUES ('x')")
            answer = await http.post(url, json={"channel": world.ids["Otto"], "text": "x"})
            assert (await answer.json())["ok"]

        seconds = await once(work)
    raw.close()
    return seconds


async def _back(world: World) -> None:
    """Ada gives it back, so that she can ask again."""
    await world.settle()
    await world.person("Ada").click(world.card("Ada", "You have"), "Give back")
    await world.settle()


def _latest(world: World, name: str) -> str:
    messages = world.person(name).messages()
    return messages[-1].text if messages else ""


async def _until(world: World, true: Callable[[], bool]) -> None:
    """Look again whenever Slack was called."""
    called = asyncio.Event()

    def note(_entry: Entry) -> None:
        called.set()

    world.slack.log.observers.append(note)
    async with asyncio.timeout(30):
        while not true():
            await called.wait()
            called.clear()
    world.slack.log.observers.remove(note)
