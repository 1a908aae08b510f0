"""Rules, and an access's own stages: opening them, and the forms that take the place of a list."""

from dataclasses import replace

from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen, OptionalPart, parse_number
from handlers.admin import screens
from handlers.admin.gate import admins_only
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click
from handlers.routes import Routes
from models.lifecycle.catalogue import edit_app
from models.lifecycle.catalogue.edit_app import EditableApp

OPENS = {
    AdminAction.ADD_RULE: AdminScreen.RULE,
    AdminAction.EDIT_RULE: AdminScreen.RULE,
    AdminAction.ADD_EXAMPLE: AdminScreen.EXAMPLE,
    AdminAction.EDIT_EXAMPLE: AdminScreen.EXAMPLE,
}

SHOWS = {AdminAction.MORE_CONDITIONS: OptionalPart.CONDITIONS, AdminAction.FURTHER: OptionalPart.FURTHER}


async def open_list(incoming: Click) -> None:
    """Show the rules of the app, or those of the access that was chosen, over the app."""
    place = replace(screens.place_of(incoming), access=incoming.value, first_rule=0)
    await incoming.open(await screens.rules(incoming, await entry_of(incoming, place), place))


async def open_form(incoming: Click) -> None:
    """Show the form for a rule or an example, in the place of the list: Slack puts no fourth modal on top."""
    place = replace(screens.place_of(incoming), part=incoming.value, more="")
    entry = await entry_of(incoming, place, place.version)
    await incoming.redraw(await screens.form(incoming, OPENS[AdminAction(incoming.action_id)], entry, place))


async def show_more(incoming: Click) -> None:
    """Show what a form leaves out at first; what was filled in stays."""
    here = screens.place_of(incoming)
    place = replace(here, more=here.more + SHOWS[AdminAction(incoming.action_id)])
    entry = await entry_of(incoming, place, place.version)
    await incoming.redraw(await screens.form(incoming, screens.screen_of(incoming), entry, place))


async def turn_page(incoming: Click) -> None:
    """Show other rules."""
    place = replace(screens.place_of(incoming), first_rule=parse_number(incoming.value))
    await incoming.redraw(await screens.rules(incoming, await entry_of(incoming, place), place))


def register(routes: Routes, desk: Desk) -> None:
    """Listen for what is done with rules."""
    routes.action(AdminAction.RULES)(listener(desk, Click, admins_only(open_list)))
    for opens in OPENS:
        routes.action(opens)(listener(desk, Click, admins_only(open_form)))
    for shows in SHOWS:
        routes.action(shows)(listener(desk, Click, admins_only(show_more)))
    for turns in (AdminAction.RULES_BACK, AdminAction.RULES_ON):
        routes.action(turns)(listener(desk, Click, admins_only(turn_page)))


async def entry_of(incoming: Click, place: AdminPlace, version: int | None = None) -> EditableApp:
    """The app as it stands. With `version` it has to be that one still."""
    return await incoming.read(edit_app.get_app, place.app, incoming.person, version)
