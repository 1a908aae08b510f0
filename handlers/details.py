"""The whole story of a request, to look at; also from its grant and its tasks."""

from sqlalchemy.orm import Session

from blocks import details as screen
from blocks.cards import CardAction
from blocks.details import DetailsAction
from blocks.kit import View
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click
from handlers.routes import Routes
from handlers.whois import SOON
from models.queries.behind import looked_at, may_reassign
from models.queries.stories import request_story, timeline


def register(routes: Routes, desk: Desk) -> None:
    """Listen to Details, and to the buttons that turn its pages."""
    routes.action(CardAction.DETAILS)(listener(desk, Click, show))
    for turn_over in DetailsAction:
        routes.action(turn_over)(listener(desk, Click, turn))


async def show(click: Click) -> None:
    """Details was pressed."""
    await click.open(await _view(click))


async def turn(click: Click) -> None:
    """Another page is wanted."""
    await click.redraw(await _view(click))


async def _view(click: Click) -> View:
    ref, page = screen.read_page(click.value)
    await click.desk.whois.people([click.person], SOON)
    return await click.desk.store.read(lambda session: _drawn(session, ref, page, click.person))


def _drawn(session: Session, ref: str, page: int, person: str) -> View:
    request = looked_at(session, ref, person)
    story = request_story(session, request.ref)
    reassigns = may_reassign(session, request, person)
    return screen.details(story, timeline(session, story), page, viewer=person, reassigns=reassigns)
