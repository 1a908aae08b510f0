"""Taking a request back."""

from blocks.cards import CardAction
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click
from handlers.routes import Routes
from models.lifecycle.request import cancel as verbs


def register(routes: Routes, desk: Desk) -> None:
    """Listen to Withdraw; Slack has asked "are you sure" already."""
    routes.action(CardAction.WITHDRAW)(listener(desk, Click, withdraw))


async def withdraw(click: Click) -> None:
    """Withdraw was pressed."""
    await click.run(verbs.withdraw, click.value, click.person)
