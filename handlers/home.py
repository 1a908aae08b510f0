"""App Home: opening it, turning to another part of it, and the buttons that only stand there."""

import asyncio

from blocks.cards import CardAction
from blocks.home import ALL, HomeAction
from blocks.request_form import from_request
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Event
from handlers.request import open_form
from handlers.routes import Routes
from models.errors import NotAllowed, NotFound
from models.lifecycle import parked_jobs
from models.lifecycle.people import app_home
from models.registry.by_reference import find_request
from models.tables.cards import HomeTab
from models.tables.states import RequestState

TABS = {
    HomeAction.ACCESS: HomeTab.ACCESS,
    HomeAction.REQUESTS: HomeTab.REQUESTS,
    HomeAction.TODO: HomeTab.TODO,
}


def register(routes: Routes, desk: Desk) -> None:
    """Listen to App Home."""
    routes.event("app_home_opened")(listener(desk, Event, opened, merges=True))
    for tab in TABS:
        routes.action(tab)(listener(desk, Click, turn_to))
    routes.action(HomeAction.NEWER)(listener(desk, Click, turn_page))
    routes.action(HomeAction.OLDER)(listener(desk, Click, turn_page))
    routes.action(HomeAction.FILTER)(listener(desk, Click, show_only))
    routes.action(CardAction.AGAIN)(listener(desk, Click, ask_again))
    routes.action(HomeAction.RUN_AGAIN)(listener(desk, Click, run_again))


async def opened(event: Event) -> None:
    """Somebody opened App Home (or the messages beside it, which is told by the same event)."""
    if event.event.get("tab", "home") == "home" and event.person:
        # Who gives up does not take it from the others.
        await asyncio.shield(event.desk.homes_opened.want(event.person, flag="view" not in event.event))


async def turn_to(click: Click) -> None:
    """A tab was pressed."""
    tab = TABS[HomeAction(str(click.action.get("action_id")))]
    await click.run(app_home.show_tab, click.person, tab)


async def turn_page(click: Click) -> None:
    """Newer or Older was pressed."""
    await click.run(app_home.show_page, click.person, _page(click.value))


async def show_only(click: Click) -> None:
    """Another status was chosen on "My requests"."""
    if click.value not in (ALL, *RequestState):
        raise NotFound("That is not a status. Choose one from the list.")
    status = None if click.value == ALL else RequestState(click.value)
    await click.run(app_home.filter_requests, click.person, status)


async def ask_again(click: Click) -> None:
    """Request again was pressed: the form opens as it was filled in then."""
    before = await click.read(find_request, click.value)
    if click.person not in (before.requester_id, before.beneficiary_id):
        raise NotAllowed(f"{before.ref} is somebody else's request.")
    await open_form(
        click, from_request(before, await click.desk.catalogue.find(before.app_key), click.person)
    )


async def run_again(click: Click) -> None:
    """Retry was pressed on a job that was given up."""
    await click.desk.whois.people([click.person])
    await click.run(parked_jobs.run_parked_job, click.value, click.person)


def _page(value: str) -> int:
    """A page's number, counted from 0; whatever else a button may say means the first."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= len("999999") else 0
