"""App Home: publish it when it is opened, and its tabs, pages, menus and filters."""

import asyncio
from collections.abc import Awaitable, Callable

from blocks.cards import CardAction
from blocks.home import ALL, HomeAction
from blocks.request_form import from_request
from handlers.deliveries import Click, Event
from handlers.grants import open_shorten_form
from handlers.request.comment import open_comment_form
from handlers.request.decide import open_reassign_form
from handlers.request.details import open_details
from handlers.request.form import open_form
from handlers.routes import on_click, on_event
from models.errors import NotAllowed, NotFound
from models.lifecycle.people import app_home
from models.queries.home import parse_status
from models.registry.by_reference import find_request
from models.tables.cards import HomeTab

TABS = {
    HomeAction.ACCESS: HomeTab.ACCESS,
    HomeAction.REQUESTS: HomeTab.REQUESTS,
    HomeAction.TODO: HomeTab.TODO,
    HomeAction.HISTORY: HomeTab.HISTORY,
}
_MENU: dict[str, Callable[[Click], Awaitable[None]]] = {
    CardAction.COMMENT: open_comment_form,
    CardAction.DETAILS: open_details,
    CardAction.REASSIGN: open_reassign_form,
    CardAction.USE_LESS: open_shorten_form,
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
    """Show only requests that have one of the chosen statuses, or whose grant has; none chosen: all.

    Raises:
        NotFound: There is no such status.
    """
    chosen = click.values_chosen or tuple(filter(None, [click.value]))
    try:
        statuses = [parse_status(value) for value in chosen if value != ALL]
    except ValueError as error:
        raise NotFound("This is not a status. Choose one from the list.") from error
    await click.run(app_home.filter_requests, click.person, statuses)


@on_click(HomeAction.MORE)
async def choose_from_menu(click: Click) -> None:
    """Do what the chosen entry of a menu behind ⋯ says, as its button on a card does.

    Raises:
        NotFound: There is no such entry.
    """
    action, _, ref = click.value.partition(":")
    if action not in _MENU:
        raise NotFound("This is not in the menu. Choose one from the list.")
    click.body = {**click.body, "actions": [{"action_id": action, "value": ref}]}
    await _MENU[action](click)


@on_click(HomeAction.LINK)
async def follow_link(click: Click) -> None:
    """Do nothing: Slack has opened the address, and tells of it."""


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
