"""One app: opening the forms of its parts, and what its own buttons change at once."""

from collections.abc import Callable
from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from blocks.admin.ids import Do, Screen, number
from handlers.admin import screens
from handlers.admin.gate import admins_only
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click
from models import configuring
from models.catalogue import edits
from models.catalogue.spec import AppSpec

OPENS = {
    Do.EDIT_BASICS: Screen.BASICS,
    Do.EDIT_TIMES: Screen.TIMES,
    Do.ADD_STAGE: Screen.STAGE,
    Do.EDIT_STAGE: Screen.STAGE,
    Do.ADD_ACCESS: Screen.ACCESS,
    Do.EDIT_ACCESS: Screen.ACCESS,
    Do.FIND_ACCESS: Screen.ACCESS,
}
CHANGES: dict[Do, Callable[[AppSpec, str], AppSpec]] = {
    Do.SWITCH_ON: lambda app, _: edits.switched(app, on=True),
    Do.SWITCH_OFF: lambda app, _: edits.switched(app, on=False),
    Do.DELETE_ACCESS: edits.without_access,
    Do.DELETE_STAGE: lambda app, at: edits.without_stage(app, number(at)),
    Do.MOVE_STAGE_UP: lambda app, at: edits.with_stage_earlier(app, number(at)),
}
"""What the buttons do with an app and the reference that each carries."""


async def open_form(incoming: Click) -> None:
    """Open the form for the part that was chosen, or for a new one."""
    place = screens.place_of(incoming)
    entry = await incoming.desk.store.read(
        lambda session: configuring.look(session, place.app, incoming.person, place.version)
    )
    here = replace(place, part=incoming.value)
    await incoming.open(await screens.form(incoming, OPENS[Do(incoming.action_id)], entry, here))


async def change(incoming: Click) -> None:
    """Change the app as the button says, and show what became of it."""
    place, make = screens.place_of(incoming), CHANGES[Do(incoming.action_id)]
    entry = await incoming.once(
        lambda tx: configuring.change(
            tx, place.app, place.version, lambda app: make(app, incoming.value), incoming.person
        )
    )
    await screens.refresh_here(incoming, entry)


async def turn_page(incoming: Click) -> None:
    """Show other accesses of the app."""
    place = replace(screens.place_of(incoming), first_access=number(incoming.value))
    entry = await incoming.desk.store.read(
        lambda session: configuring.look(session, place.app, incoming.person)
    )
    await incoming.redraw(await screens.one_app(incoming, entry, place))


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen for what is done with an app."""
    for opens in OPENS:
        app.action(opens)(listener(desk, Click, admins_only(open_form)))
    for changes in CHANGES:
        app.action(changes)(listener(desk, Click, admins_only(change)))
    for turns in (Do.ACCESSES_BACK, Do.ACCESSES_ON):
        app.action(turns)(listener(desk, Click, admins_only(turn_page)))
