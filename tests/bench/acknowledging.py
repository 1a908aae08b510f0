"""Acknowledgements: a comment that is written down, against a Bolt app that only says yes."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from blocks.decision_form import COMMENT, DecisionForm
from bot.sandbox.slack.signing import signed_headers
from models.lifecycle.request import submit
from models.lifecycle.request.plan import Draft
from models.tables.requests import Term
from tests.bench import places
from tests.bench.measure import Result, in_turns
from tests.world import World

FORM = "application/x-www-form-urlencoded"
AT_ONCE = 16
ROUNDS = 40
_numbers = itertools.count(1)

Post = Callable[[], Awaitable[None]]


async def run() -> list[Result]:
    """One at a time, and sixteen at once."""
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(places.world())
        ref = await _asked(world)
        # The cards that comments redraw are another measurement's.
        await world.bot.worker.stop()
        ours = await _poster(stack, world, f"{world.bot.base_url}/slack/events", ref)
        quick = await _poster(stack, world, await _bare(stack, world, waiting=True), ref)
        stock = await _poster(stack, world, await _bare(stack, world, waiting=False), ref)
        alone, floor = await in_turns(ours, quick, ROUNDS)
        _, as_it_comes = await in_turns(ours, stock, ROUNDS)
        many, many_floor = await in_turns(_together(ours), _together(quick), 10)
    return [
        Result("Acknowledgement, written down", "Bolt that only acknowledges", alone, floor, 3),
        Result("The same", "Bolt as it comes", alone, as_it_comes, 0.15),
        Result(
            "Acknowledgements a second, 16 at once", "Bolt that only acknowledges",
            AT_ONCE / many, AT_ONCE / many_floor, 0.4, at_least=True, unit="/s",
        ),
    ]  # fmt: skip


async def _asked(world: World) -> str:
    who = world.ids["Ada"]
    draft = Draft(who, who, "github", ("engineering",), Term(), "INC-42")
    await world.offer(indefinite=True)
    (request,) = await world.bot.store.run(submit.submit, draft)
    await world.settle()
    return request.ref


async def _poster(stack: AsyncExitStack, world: World, url: str, ref: str) -> Post:
    """Sends a comment of Ada's, filled in anew each time, and waits for the answer."""
    http = await stack.enter_async_context(aiohttp.ClientSession())
    secret = world.app.signing_secret

    async def post() -> None:
        body = _comment(world, ref, next(_numbers))
        async with http.post(url, data=body, headers=signed_headers(secret, body, FORM)) as answer:
            assert answer.status == 200, await answer.text()
            await answer.read()

    return post


def _together(post: Post) -> Post:
    async def posts() -> None:
        await asyncio.gather(*(post() for _ in range(AT_ONCE)))

    return posts


def _comment(world: World, ref: str, number: int) -> bytes:
    payload = {
        "type": "view_submission",
        "team": {"id": "T1"},
        "user": {"id": world.ids["Ada"], "team_id": "T1"},
        "trigger_id": f"{number}.1.bench",
        "view": {
            "id": f"V{number}", "type": "modal", "callback_id": DecisionForm.COMMENT,
            "private_metadata": json.dumps({"ref": ref}), "blocks": [],
            "state": {"values": {COMMENT: {"text": {"type": "plain_text_input", "value": f"No {number}"}}}},
        },
    }  # fmt: skip
    return urlencode({"payload": json.dumps(payload)}).encode()


async def _bare(stack: AsyncExitStack, world: World, *, waiting: bool) -> str:
    """A Bolt app that says yes to everything, over the same kind of server; returns its address."""

    async def authorize() -> AuthorizeResult:
        us = {"bot_token": "xoxb-1", "bot_id": "B1", "bot_user_id": "U1"}
        return AuthorizeResult(enterprise_id=None, team_id="T1", **us)

    app = AsyncApp(
        signing_secret=world.app.signing_secret, authorize=authorize, process_before_response=waiting
    )

    @app.view(DecisionForm.COMMENT)
    async def yes(ack: Callable[[], Awaitable[None]]) -> None:
        await ack()

    async def take(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", take)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
