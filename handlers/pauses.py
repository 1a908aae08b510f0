"""Pauses: an admin says whether what waits is taken away."""

from slack_bolt.async_app import AsyncApp

from blocks.cards import CardAction
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click
from handlers.whois import SOON
from models.lifecycle import pausing


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen to Wait and Revoke them now."""
    app.action(CardAction.WAIT)(listener(desk, Click, wait))
    app.action(CardAction.REVOKE_PAUSED)(listener(desk, Click, revoke))


async def wait(click: Click) -> None:
    """Wait was pressed."""
    await click.desk.whois.people([click.person], SOON)
    await click.once(lambda tx: pausing.wait(tx, click.value, click.person))


async def revoke(click: Click) -> None:
    """Revoke them now was pressed; Slack has asked "are you sure" already."""
    await click.desk.whois.people([click.person], SOON)
    await click.once(lambda tx: pausing.lift(tx, click.value, click.person))
