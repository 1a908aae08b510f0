"""A world with everyone known to the bot, and requests made by the verb: tests begin at the cards."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from models.clock import ManualClock
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.tables.requests import Request, Term
from tests.rows import row_of
from tests.world import World, running

EIGHT_HOURS = Term(length=timedelta(hours=8))


@asynccontextmanager
async def ready_world(template: str, folder: Path, clock: ManualClock, **entry: Any) -> AsyncIterator[World]:
    """A running bot on SQLite with everybody known, and GitHub with these changes in its catalogue."""
    shutil.copy(template, folder / "keyturn.db")
    async with running(f"sqlite+aiosqlite:///{folder / 'keyturn.db'}", clock, "http") as world:
        await world.acquaint()
        await world.offer(**entry)
        yield world


async def submit_request(
    world: World, name: str = "Ada", access: str = "engineering", term: Term = EIGHT_HOURS
) -> str:
    """Request an access of GitHub and wait until the cards are posted. Returns the request's reference."""
    who = world.ids[name]
    draft = Draft(who, who, "github", (access,), term, "INC-42: <!channel> & co")
    (request,) = await world.bot.store.run(submit.submit, draft)
    await world.settle()
    return request.ref


async def submit_quietly(world: World, reason: str = "INC-42") -> str:
    """Request the engineering team as Ada and wait for the bot, not for Slack. Returns the reference."""
    ada = world.ids["Ada"]
    draft = Draft(ada, ada, "github", ("engineering",), EIGHT_HOURS, reason)
    (request,) = await world.bot.store.run(submit.submit, draft)
    await world.bot.idle()
    return request.ref


async def approve_request(world: World, ref: str) -> None:
    """Approve as Grace, and wait until the access is provisioned."""
    await world.bot.store.run(decide.approve, ref, world.ids["Grace"])
    await world.settle()


async def request_of(world: World, ref: str) -> Request:
    """The request as it stands."""
    return await row_of(world.bot.store, Request, int(ref[3:]))
