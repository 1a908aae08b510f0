"""Publishing App Home: at once where the person is looking, and by a job where something has changed."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from blocks import home as screen
from blocks.kit import View
from handlers.incoming import Incoming
from models.lifecycle import redraw
from models.lifecycle.people import app_home
from models.queries.home import Place, home_page
from models.store.base import Store
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.cards import Home

log = structlog.get_logger("keyturn.home")

Send = Callable[[View], Awaitable[object]]
"""Publishes a view; whatever it raises is the caller's."""

PATIENCE = 2.0
"""Seconds to publish in, of the three that Slack waits for the answer to a click."""
ROUNDS = 3
"""How often what is shown is held against what is true. More than once something changed just then."""


async def show(incoming: Incoming) -> None:
    """Publish at once, since the person is looking; where Slack does not take it, a job does it later."""
    store, person_id = incoming.desk.store, incoming.person

    async def send(view: View) -> None:
        await incoming.client.views_publish(user_id=person_id, view=dict(view))

    try:
        async with asyncio.timeout(PATIENCE):
            digest = await publish(store, person_id, send)
        await store.run(app_home.shown, person_id, digest)
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("App Home was not published at once", why=str(error))
        await store.run(_later, person_id)


async def publish(store: Store, person_id: str, send: Send, *, known: str = "") -> str:
    """Bring a person's App Home up to date; returns the digest of what they see then.

    `known` is the digest of what they see now, if that is sure; where nothing has changed, nothing is sent.
    Several may do this at once: each looks again after it has sent, so the last to send shows what is true.
    """
    for _ in range(ROUNDS):
        view = await draw(store, person_id)
        digest = _digest(view)
        if digest == known:
            break
        await send(view)
        known = digest
    return known


async def draw(store: Store, person_id: str) -> View:
    """A person's App Home as it is now, at the place where they are."""

    def read(case: Case) -> View:
        place = Place.of(case.get(Home, person_id))
        return screen.home(home_page(case, person_id, place), case.now)

    return await store.read(read)


def _later(out: Outcome, person_id: str) -> None:
    app_home.shown(out, person_id, "")  # what they see now is not sure
    redraw.refresh_homes(out, [person_id])


def _digest(view: View) -> str:
    return hashlib.sha256(json.dumps(view, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
