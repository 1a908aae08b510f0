"""Pauses: an admin says whether what waits is taken away."""

from blocks.cards import CardAction
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click
from handlers.routes import Routes
from models.lifecycle import mass_revocation


def register(routes: Routes, desk: Desk) -> None:
    """Listen to Wait and Revoke them now."""
    routes.action(CardAction.WAIT)(listener(desk, Click, wait))
    routes.action(CardAction.REVOKE_PAUSED)(listener(desk, Click, revoke))


async def wait(click: Click) -> None:
    """Wait was pressed."""
    await click.desk.whois.people([click.person])
    await click.run(mass_revocation.keep_pause, click.value, click.person)


async def revoke(click: Click) -> None:
    """Revoke them now was pressed; Slack has asked "are you sure" already."""
    await click.desk.whois.people([click.person])
    await click.run(mass_revocation.lift_pause, click.value, click.person)
