"""One app: opening the forms of its parts, and what its buttons and those of its lists change at once."""

from collections.abc import Callable
from dataclasses import replace

from blocks.admin.forms import access, basics, durations, emergency, example, rule, stage
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen, parse_number
from handlers.admin import modals, unknown_people
from handlers.admin.admin_only import admins_only
from handlers.deliveries import Click, Submission
from handlers.routes import on_click, on_submit
from models.catalogue import app_edits
from models.catalogue.app_edits import Spot
from models.catalogue.mentions import named
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


@on_click(*OPENS)
@admins_only
async def open_form(incoming: Click) -> None:
    """Open the form for the part that was chosen, or for a new one."""
    place = modals.place_of(incoming)
    entry = await incoming.read(edit_app.look, place.app, incoming.person, place.version)
    here = replace(place, part=incoming.value, more="")
    form = await modals.form(incoming, OPENS[AdminAction(incoming.action_id)], entry, here)
    await modals.put(incoming, form)


@on_click(*CHANGES)
@admins_only
async def change(incoming: Click) -> None:
    """Change the app as the button says, and show what became of it."""
    place, make = modals.place_of(incoming), CHANGES[AdminAction(incoming.action_id)]

    def edit(app: AppSpec) -> AppSpec:
        return make(app, incoming.value, place.access)

    entry = await incoming.run(edit_app.change, place.app, place.version, edit, incoming.person)
    await modals.refresh_here(incoming, entry)


@on_click(AdminAction.ACCESSES_BACK, AdminAction.ACCESSES_ON)
@admins_only
async def turn_page(incoming: Click) -> None:
    """Show other accesses of the app."""
    place = replace(modals.place_of(incoming), first_access=parse_number(incoming.value))
    entry = await incoming.read(edit_app.look, place.app, incoming.person)
    await incoming.redraw(await modals.one_app(incoming, entry, place))


Parse = Callable[[AppSpec, AdminPlace, Submission], AppSpec]
"""Makes the new entry of an app, what the form is about, and what was entered."""

PARSERS: dict[AdminScreen, Parse] = {
    AdminScreen.BASICS: lambda app, _, sent: basics.parse(app, sent.values),
    AdminScreen.EMERGENCY: lambda app, _, sent: emergency.parse(app, sent.values),
    AdminScreen.TIMES: lambda app, _, sent: durations.parse(app, sent.values),
    AdminScreen.STAGE: lambda app, place, sent: stage.parse(app, place, sent.values),
    AdminScreen.EXAMPLE: lambda app, place, sent: example.parse(app, place, sent.values),
    AdminScreen.RULE: lambda app, place, sent: rule.parse(app, place, sent.values),
    AdminScreen.ACCESS: lambda app, place, sent: access.parse(
        app, place.part, sent.values, sent.desk.connectors
    ),
}


@on_submit(*PARSERS)
@admins_only
async def save(incoming: Submission) -> None:
    """Save what the form says, and show the app with it; the form closes, or gives way to its list."""
    place, parse = modals.place_of(incoming), PARSERS[modals.screen_of(incoming)]
    await _refuse_unknown(incoming, place)

    def edit(app: AppSpec) -> AppSpec:
        return parse(app, place, incoming)

    entry = await incoming.run(edit_app.change, place.app, place.version, edit, incoming.person)
    await modals.refresh_below(incoming, entry)
    if modals.in_a_list(incoming):
        await incoming.answer(response_action="update", view=dict(await modals.the_list(incoming, entry)))


async def _refuse_unknown(incoming: Submission, place: AdminPlace) -> None:
    entry = await incoming.read(edit_app.look, place.app, incoming.person)
    await unknown_people.refuse_unknown(incoming, {str(ref) for ref, _ in named(entry.app)})


@on_click(AdminAction.CONNECTOR)
@admins_only
async def choose_connector(incoming: Click) -> None:
    """Another kind of connector was chosen: show the fields that it has."""
    place = modals.place_of(incoming)
    entry = await incoming.read(edit_app.look, place.app, incoming.person, place.version)
    view = await modals.form(incoming, AdminScreen.ACCESS, entry, place, connector=incoming.value)
    await incoming.redraw(view)
