"""Deliveries that come again, that are tampered with, or that mean somebody else's business."""

import copy
import random
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from bot.sandbox.slack.delivery.delivery import Delivery
from models import audit
from models.tables.grants import Grant
from models.tables.requests import Comment, Decision, Request
from tests.conftest import EXAMPLES
from tests.rows import count_of
from tests.world import World

ENVELOPES = {"slash_command": "slash_commands", "event_callback": "events_api"}
JUNK: tuple[Any, ...] = (
    None,
    "",
    [],
    {},
    10**12,
    -1,
    True,
    "x" * 5000,
    "AR-999999",
    "AR-1",
    "GR-1",
    "🔑<!channel>",
)


def sent(world: World, name: str) -> dict[str, Any]:
    """The payload of the last delivery of this name."""
    payload: dict[str, Any] = world.slack.log.deliveries(name)[-1].request["payload"]
    return payload


async def send(world: World, name: str, payload: dict[str, Any]) -> None:
    envelope = ENVELOPES.get(name, "interactive")
    await world.slack.deliveries.send(world.app, Delivery(name, envelope, payload, True))


async def counts(world: World) -> list[int]:
    tables = (Request, Decision, Comment, Grant)
    return [await count_of(world.bot.store, table) for table in tables]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if path:
        yield path
    for key, one in inner:
        yield from leaves(one, (*path, key))


def changed(payload: dict[str, Any], path: tuple[Any, ...], junk: Any) -> dict[str, Any]:
    forged = copy.deepcopy(payload)
    place: Any = forged
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = junk
    return forged


@pytest.mark.both_engines
async def test_every_delivery_counts_once_at_once_and_after_a_restart(
    world: World, database_url: str
) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    submission = sent(world, "view_submission")
    await world.approve("Grace", "Engineering team")
    decision = sent(world, "view_submission")
    before = await counts(world)
    for payload in (submission, decision, submission):
        await send(world, "view_submission", payload)
    await world.settle()
    assert await counts(world) == before
    await world.stop_bot()
    await world.start_bot(database_url)
    await send(world, "view_submission", submission)
    await world.settle()
    assert await counts(world) == before


@pytest.mark.both_engines
async def test_a_form_that_was_taken_and_comes_again_with_other_words_is_refused_clearly(
    world: World,
) -> None:
    """Slack did not hear that it was taken; whoever changes it meanwhile must not think that this counts."""
    await world.ask("Ada", "github engineering 8h because of a release")
    again = copy.deepcopy(sent(world, "view_submission"))
    before = await counts(world)
    (reason,) = [
        element
        for block in again["view"]["state"]["values"].values()
        for element in block.values()
        if element.get("value") == "of a release"
    ]
    reason["value"] = "of another one"
    await send(world, "view_submission", again)
    answer = world.slack.log.deliveries("view_submission")[-1].response
    assert "without what you have changed since" in str(answer)
    assert await counts(world) == before


async def test_somebody_else_cannot_send_an_approvers_form(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "Engineering team"), "Approve")
    assert (await grace.submit()).ok
    await world.settle()
    await world.ask("Otto", "github admin 8h because of a release")
    for name in ("Ada", "Otto", "Gus", "Mia"):
        forged = copy.deepcopy(sent(world, "view_submission"))
        forged["user"]["id"] = world.ids[name]
        forged["view"] = copy.deepcopy(sent(world, "view_submission")["view"])
        await send(world, "view_submission", forged)
    await world.settle()
    requests, decisions, _, grants = await counts(world)
    assert (decisions, grants) == (1, 1)
    assert requests >= 2


async def test_a_reference_to_somebody_elses_grant_gives_no_power_over_it(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    await world.approve("Grace", "Engineering team")
    await world.person("Ada").click(world.card("Ada", "You have access"), "Details")
    click = sent(world, "block_actions")
    for action in ("Give back", "Extend", "Retry"):
        button = next(
            (e for m in world.person("Ada").messages() for b in m.blocks for e in b.get("elements", [])
             if e.get("type") == "button" and e["text"]["text"] == action), None,
        )  # fmt: skip
        if button is None:
            continue
        forged = copy.deepcopy(click)
        forged["user"]["id"] = world.ids["Otto"]
        forged["trigger_id"] = f"forged.{action}"
        forged["actions"] = [
            forged["actions"][0] | {"action_id": button["action_id"], "value": button["value"]}
        ]
        await send(world, "block_actions", forged)
    await world.settle()
    assert world.ids["Ada"] in world.group.members


async def test_payloads_with_any_part_changed_crash_nothing_and_give_nothing(
    world: World, log: StringIO
) -> None:
    await world.person("Ada").open_home()
    await world.ask("Ada", "github engineering 8h because of a release")
    names = ["slash_command", "block_actions", "view_submission"]
    await world.person("Grace").click(world.card("Grace", "Engineering team"), "Comment")
    originals = {name: sent(world, name) for name in names}
    dice = random.Random(42)
    for name, payload in originals.items():
        places = list(leaves(payload))
        for path in dice.sample(places, min(EXAMPLES, len(places))):
            await send(world, name, changed(payload, path, dice.choice(JUNK)))
    await world.settle()
    assert (await world.bot.store.read(audit.verify)).intact
    assert (await counts(world))[3] == 0
    assert world.bot.worker.alive
    assert "listener failed" not in log.getvalue()
    await world.approve("Grace", "Engineering team")
    assert world.ids["Ada"] in world.group.members


async def test_no_secret_is_ever_logged(world: World, log: StringIO) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    world.slack.faults.fail("chat.*", times=3)
    await world.approve("Grace", "Engineering team")
    written = log.getvalue()
    assert written
    for secret in world.config("sqlite+aiosqlite:///x.db").secrets():
        assert secret not in written


async def test_where_slack_lets_no_form_open_the_person_reads_what_to_do(world: World) -> None:
    with world.slack.faults.ratelimit("views.open", retry_after=7):
        answer = await world.person("Ada").command("/request-access", "")
    assert answer.text is not None
    assert "Try again in 7 seconds" in answer.text
