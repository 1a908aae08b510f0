"""One app: opening the forms of its parts, and what its buttons and those of its lists change at once."""

from collections.abc import Callable
from dataclasses import replace

from blocks.admin.forms import rule
from blocks.admin.ids import AdminAction, AdminScreen, parse_number
from handlers.admin import screens
from handlers.admin.gate import admins_only
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click
from handlers.routes import Routes
from models.catalogue import app_edits
from models.catalogue.app_edits import Spot
from models.catalogue.spec import AppSpec
from models.lifecycle.catalogue import edit_app

OPENS = {
    AdminAction.EDIT_BASICS: AdminScreen.BASICS,
    AdminAction.EDIT_TIMES: AdminScreen.TIMES,
    AdminAction.EDIT_EMERGENCY: AdminScreen.EMERGENCY,
    AdminAction.ADD_STAGE: AdminScreen.STAGE,
    AdminAction.EDIT_STAGE: AdminScreen.STAGE,
    AdminAction.ADD_ACCESS: AdminScreen.ACCESS,
    AdminAction.EDIT_ACCESS: AdminScreen.ACCESS,
    AdminAction.FIND_ACCESS: AdminScreen.ACCESS,
}
Make = Callable[[AppSpec, str, str], AppSpec]
"""Makes the new entry of an app, a button's reference, and the access whose stages and rules are shown."""

CHANGES: dict[AdminAction, Make] = {
    AdminAction.SWITCH_ON: lambda app, _, __: app_edits.switched(app, on=True),
    AdminAction.SWITCH_OFF: lambda app, _, __: app_edits.switched(app, on=False),
    AdminAction.DELETE_ACCESS: lambda app, key, _: app_edits.without_access(app, key),
    AdminAction.DELETE_STAGE: lambda app, at, access: app_edits.without(
        app, Spot("stage", parse_number(at), access)
    ),
    AdminAction.MOVE_STAGE_UP: lambda app, at, access: app_edits.earlier(
        app, Spot("stage", parse_number(at), access)
    ),
    AdminAction.OWN_STAGES: lambda app, _, access: app_edits.with_own_stages(app, access),
    AdminAction.APP_S_STAGES: lambda app, _, access: app_edits.with_the_app_s_stages(app, access),
    AdminAction.DELETE_RULE: lambda app, at, access: app_edits.without(app, rule.spot_of(at, access)),
    AdminAction.DELETE_EXAMPLE: lambda app, at, _: app_edits.without(app, Spot("example", parse_number(at))),
    AdminAction.MOVE_RULE_UP: lambda app, at, access: app_edits.earlier(app, rule.spot_of(at, access)),
}


async def open_form(incoming: Click) -> None:
    """Open the form for the part that was chosen, or for a new one."""
    place = screens.place_of(incoming)
    entry = await incoming.read(edit_app.get_app, place.app, incoming.person, place.version)
    here = replace(place, part=incoming.value, more="")
    form = await screens.form(incoming, OPENS[AdminAction(incoming.action_id)], entry, here)
    await screens.put(incoming, form)


async def change(incoming: Click) -> None:
    """Change the app as the button says, and show what became of it."""
    place, make = screens.place_of(incoming), CHANGES[AdminAction(incoming.action_id)]

    def edit(app: AppSpec) -> AppSpec:
        return make(app, incoming.value, place.access)

    entry = await incoming.run(edit_app.change_app, place.app, place.version, edit, incoming.person)
    await screens.refresh_here(incoming, entry)


async def turn_page(incoming: Click) -> None:
    """Show other accesses of the app."""
    place = replace(screens.place_of(incoming), first_access=parse_number(incoming.value))
    entry = await incoming.read(edit_app.get_app, place.app, incoming.person)
    await incoming.redraw(await screens.one_app(incoming, entry, place))


def register(routes: Routes, desk: Desk) -> None:
    """Listen for what is done with an app."""
    for opens in OPENS:
        routes.action(opens)(listener(desk, Click, admins_only(open_form)))
    for changes in CHANGES:
        routes.action(changes)(listener(desk, Click, admins_only(change)))
    for turns in (AdminAction.ACCESSES_BACK, AdminAction.ACCESSES_ON):
        routes.action(turns)(listener(desk, Click, admins_only(turn_page)))
