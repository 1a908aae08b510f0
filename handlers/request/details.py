"""The whole story of a request, to look at; also from its grant and its tasks."""

from blocks import details as screen
from blocks.cards import CardAction
from blocks.details import DetailsAction
from blocks.kit import View
from handlers.deliveries import Click
from handlers.routes import on_click
from models.queries.stories import request_story, timeline
from models.registry.permissions import can_reassign, request_seen_by
from models.store.case import Case


@on_click(CardAction.DETAILS)
async def show(click: Click) -> None:
    """Details was pressed."""
    await click.open(await _view(click))


@on_click(*DetailsAction)
async def turn(click: Click) -> None:
    """Another page is wanted."""
    await click.redraw(await _view(click))


async def _view(click: Click) -> View:
    ref, page = screen.parse_page(click.value)
    await click.desk.whois.people([click.person])
    return await click.read(_drawn, ref, page, click.person)


def _drawn(case: Case, ref: str, page: int, person: str) -> View:
    request = request_seen_by(case, ref, person)
    story = request_story(case, request.ref)
    reassigns = can_reassign(case, request, person)
    return screen.details(story, timeline(case, story), page, viewer=person, reassigns=reassigns)
