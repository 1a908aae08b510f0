"""Reminding those whom one's request waits for."""

from blocks.cards import CardAction
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click
from handlers.routes import Routes
from models.lifecycle.request import remind as verbs


def register(routes: Routes, desk: Desk) -> None:
    """Listen to Remind, on the requester's card and on App Home."""
    routes.action(CardAction.REMIND)(listener(desk, Click, remind))


async def remind(click: Click) -> None:
    """Remind was pressed. That it was done stands on the card."""
    await click.run(verbs.remind, click.value, click.person)
