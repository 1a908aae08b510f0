"""Reminding those whom one's request waits for."""

from blocks.cards import CardAction
from handlers.incoming import Click
from handlers.routes import on_click
from models.lifecycle.request import remind as verbs


@on_click(CardAction.REMIND)
async def remind(click: Click) -> None:
    """Remind was pressed. That it was done stands on the card."""
    await click.run(verbs.remind, click.value, click.person)
