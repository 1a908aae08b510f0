"""App Home: publish it when it is opened, and its tabs, pages and filters."""

import asyncio

from blocks.cards import CardAction
from blocks.home import ALL, HomeAction
from blocks.request_form import from_request
from handlers.deliveries import Click, Event
from handlers.request.form import open_form
from handlers.routes import on_click, on_event
from models.errors import NotAllowed, NotFound
from models.lifecycle.people import app_home
from models.registry.by_reference import find_request
from models.tables.cards import HomeTab
from models.tables.states import RequestState

TABS = {
    HomeAction.ACCESS: HomeTab.ACCESS,
    HomeAction.REQUESTS: HomeTab.REQUESTS,
    HomeAction.TODO: HomeTab.TODO,
}


@on_event("app_home_opened", merges=True)
async def publish_home(event: Event) -> None:
    """Publish App Home for who opened it; the same event comes for the Messages tab, which needs nothing."""
    if event.event.get("tab", "home") == "home" and event.person:
        # A delivery that is cancelled must not cancel it for the others.
        await asyncio.shield(event.context.home_openings.add(event.person, flag="view" not in event.event))


@on_click(*TABS)
async def show_tab(click: Click) -> None:
    """Show another tab."""
    tab = TABS[HomeAction(click.action_id)]
    await click.run(app_home.show_tab, click.person, tab)


@on_click(HomeAction.NEWER, HomeAction.OLDER)
async def turn_page(click: Click) -> None:
    """Show newer or older entries."""
    await click.run(app_home.show_page, click.person, _parse_page(click.value))


@on_click(HomeAction.FILTER)
async def filter_by_status(click: Click) -> None:
    """Show only requests of one status, or all.

    Raises:
        NotFound: There is no such status.
    """
    if click.value not in (ALL, *RequestState):
        raise NotFound("This is not a status. Choose one from the list.")
    status = None if click.value == ALL else RequestState(click.value)
    await click.run(app_home.filter_requests, click.person, status)


@on_click(CardAction.AGAIN)
async def request_again(click: Click) -> None:
    """Open the request form with the entries of an earlier request.

    Raises:
        NotAllowed: The request is somebody else's.
    """
    earlier = await click.read(find_request, click.value)
    if click.person not in (earlier.requester_id, earlier.beneficiary_id):
        raise NotAllowed(f"{earlier.ref} is someone else's request.")
    app = await click.context.catalogue.find(earlier.app_key)
    await open_form(click, from_request(earlier, app, click.person))


def _parse_page(value: str) -> int:
    """Return a page's number, counted from 0; any other value means the first."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= len("999999") else 0
