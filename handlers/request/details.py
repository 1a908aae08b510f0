"""Show the details of a request, also from the cards of its grant and its tasks."""

from blocks import details
from blocks.cards import CardAction
from blocks.details import DetailsAction
from blocks.kit import View
from handlers.deliveries import Click
from handlers.routes import on_click
from models.queries.stories import request_story, timeline
from models.registry.permissions import can_reassign, request_seen_by
from models.store.case import Case


@on_click(CardAction.DETAILS)
async def open_details(click: Click) -> None:
    """Open the details."""
    await click.open(await _view(click))


@on_click(*DetailsAction)
async def turn_page(click: Click) -> None:
    """Show another page of the details."""
    await click.redraw(await _view(click))


async def _view(click: Click) -> View:
    ref, page = details.parse_page(click.value)
    await click.context.people.refresh([click.person])
    return await click.read(_draw, ref, page, click.person)


def _draw(case: Case, ref: str, page: int, viewer: str) -> View:
    """Draw a page for a viewer.

    Raises:
        NotAllowed: They may not see the request.
    """
    request = request_seen_by(case, ref, viewer)
    story = request_story(case, request.ref)
    reassigns = can_reassign(case, request, viewer)
    return details.details(story, timeline(case, story), page, viewer=viewer, reassigns=reassigns)
