"""Taking a request back."""

from slack_bolt.async_app import AsyncApp

from blocks.cards import CardAction
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click
from models.lifecycle import withdraw as verbs


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to Withdraw; Slack has asked "are you sure" already."""
    app.action(CardAction.WITHDRAW)(listener(desk, Click, withdraw))


async def withdraw(click: Click) -> None:
    """Withdraw was pressed."""
    ref, by = click.value, click.person
    await click.once(lambda tx: verbs.withdraw(tx, ref, by))
