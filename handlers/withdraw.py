"""Taking a request back."""

from blocks.cards import CardAction
from handlers.incoming import Click
from handlers.routes import on_click
from models.lifecycle.request import cancel as verbs


@on_click(CardAction.WITHDRAW)
async def withdraw(click: Click) -> None:
    """Withdraw was pressed; Slack has asked "are you sure" already."""
    await click.run(verbs.withdraw, click.value, click.person)
