"""App Home: opening it, turning to another part of it, and the buttons that only stand there."""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from blocks import home as screen
from blocks.home import HomeAction, filled_like
from blocks.kit import View
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Event, Incoming
from handlers.request import open_form
from handlers.whois import SOON
from models.cards import Home, HomeTab
from models.errors import NotAllowed, NotFound
from models.lifecycle import homes, parked, screens
from models.queries.behind import request_behind
from models.queries.home import Place, home_page
from models.states import RequestState
from models.store import Store, Tx

log = structlog.get_logger("keyturn.home")

Send = Callable[[View], Awaitable[object]]
"""Publishes a view; whatever it raises is the caller's."""

PATIENCE = 2.0
"""Seconds to publish in, of the three that Slack waits for the answer to a click."""
ROUNDS = 3
"""How often what is shown is held against what is true. More than once something changed just then."""
TABS = {
    HomeAction.ACCESS: HomeTab.ACCESS,
    HomeAction.REQUESTS: HomeTab.REQUESTS,
    HomeAction.TODO: HomeTab.TODO,
}


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to App Home."""
    app.event("app_home_opened")(listener(desk, Event, opened))
    for tab in TABS:
        app.action(tab)(listener(desk, Click, turn_to))
    app.action(HomeAction.NEWER)(listener(desk, Click, turn_page))
    app.action(HomeAction.OLDER)(listener(desk, Click, turn_page))
    app.action(HomeAction.FILTER)(listener(desk, Click, show_only))
    app.action(HomeAction.AGAIN)(listener(desk, Click, ask_again))
    app.action(HomeAction.RUN_AGAIN)(listener(desk, Click, run_again))


async def opened(event: Event) -> None:
    """Somebody opened App Home (or the messages beside it, which is told by the same event)."""
    if event.event.get("tab") == "home" and event.person:
        await event.desk.store.write(lambda tx: homes.opened(tx, event.person), delivery=event.delivery)
        await _show(event)


async def turn_to(click: Click) -> None:
    """A tab was pressed."""
    tab = TABS[HomeAction(str(click.action.get("action_id")))]
    await _turn(click, lambda tx: homes.turn_to(tx, click.person, tab))


async def turn_page(click: Click) -> None:
    """Newer or Older was pressed."""
    await _turn(click, lambda tx: homes.turn_page(tx, click.person, _page(click.value)))


async def show_only(click: Click) -> None:
    """Another status was chosen on "My requests"."""
    if click.value not in (screen.ALL, *RequestState):
        raise NotFound("That is not a status. Choose one from the list.")
    status = None if click.value == screen.ALL else RequestState(click.value)
    await _turn(click, lambda tx: homes.show_only(tx, click.person, status))


async def ask_again(click: Click) -> None:
    """Request again was pressed: the form opens as it was filled in then."""
    before = await click.desk.store.read(lambda session: request_behind(session, click.value))
    if click.person not in (before.requester_id, before.beneficiary_id):
        raise NotAllowed(f"{before.ref} is somebody else's request.")
    await open_form(click, filled_like(before, await click.desk.catalogue.find(before.app_key)))


async def run_again(click: Click) -> None:
    """Retry was pressed on a job that was given up."""
    await click.desk.whois.people([click.person], SOON)
    await click.desk.store.write(
        lambda tx: parked.run_again(tx, click.value, click.person), delivery=click.delivery
    )


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

    def read(session: Session) -> View:
        place = Place.of(session.get(Home, person_id))
        return screen.home(home_page(session, person_id, place), store.clock.now())

    return await store.read(read)


async def _turn(click: Click, to: Callable[[Tx], None]) -> None:
    await click.desk.store.write(to, delivery=click.delivery)
    await _show(click)


async def _show(incoming: Incoming) -> None:
    """Publish at once, since the person is looking; where Slack does not take it, a job does it later."""
    store, person_id = incoming.desk.store, incoming.person

    async def send(view: View) -> None:
        await incoming.client.views_publish(user_id=person_id, view=dict(view))

    try:
        async with asyncio.timeout(PATIENCE):
            digest = await publish(store, person_id, send)
        await store.write(lambda tx: homes.shown(tx, person_id, digest))
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        log.warning("App Home was not published at once", why=str(error))
        await store.write(lambda tx: _later(tx, person_id))


def _later(tx: Tx, person_id: str) -> None:
    homes.shown(tx, person_id, "")  # what they see now is not sure
    screens.refresh_homes(tx, [person_id])


def _page(value: str) -> int:
    """A page's number, counted from 0; whatever else a button may say means the first."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= len("999999") else 0


def _digest(view: View) -> str:
    return hashlib.sha256(json.dumps(view, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
