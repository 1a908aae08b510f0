"""Passing a decision on: Reassign, and its form."""

from blocks.cards import CardAction
from blocks.forms import reassign as reassign_form
from handlers import fresh
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Submission
from handlers.routes import Routes
from models.lifecycle.request import reassign as verbs
from models.registry.directory import names_of

FIELDS = {
    "person": reassign_form.PERSON,
    "seat": reassign_form.SEAT,
    "note": reassign_form.NOTE,
}


def register(routes: Routes, desk: Desk) -> None:
    """Listen to Reassign and its form."""
    routes.action(CardAction.REASSIGN)(listener(desk, Click, ask))
    routes.view(reassign_form.FORM)(listener(desk, Submission, reassign, FIELDS))


async def ask(click: Click) -> None:
    """Reassign was pressed."""
    await fresh.for_form(click.desk, click.value, click.person)
    passable = await click.check(verbs.may_reassign, click.value, click.person)
    names = await click.read(names_of, set(passable.seats))
    await click.open(reassign_form.build(passable, names))


async def reassign(sent: Submission) -> None:
    """Somebody was chosen."""
    ref, chosen = sent.carries.get("ref", ""), reassign_form.parse(sent.values, sent.carries)
    await fresh.for_decision(sent.desk, ref, sent.person, chosen.to)
    await sent.run(verbs.reassign, ref, sent.person, chosen.to, seat=chosen.seat, note=chosen.note)
