"""Pauses: an admin says whether what waits is taken away."""

from blocks.cards import CardAction
from handlers.incoming import Click
from handlers.routes import on_click
from models.lifecycle import mass_revocation


@on_click(CardAction.WAIT)
async def wait(click: Click) -> None:
    """Wait was pressed."""
    await click.desk.whois.people([click.person])
    await click.run(mass_revocation.wait, click.value, click.person)


@on_click(CardAction.REVOKE_PAUSED)
async def revoke(click: Click) -> None:
    """Revoke them now was pressed; Slack has asked "are you sure" already."""
    await click.desk.whois.people([click.person])
    await click.run(mass_revocation.lift, click.value, click.person)
