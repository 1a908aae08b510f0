"""Set up one app: open and save the forms of its parts, and apply the buttons that change it at once."""

from collections.abc import Callable
from dataclasses import replace

from blocks.admin.forms import access, basics, durations, emergency, example, rule, stage
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen, parse_number
from handlers.admin import modals, unknown_people
from handlers.admin.admin_only import admins_only
from handlers.deliveries import Click, Submission
from handlers.routes import on_click, on_submit
from models.catalogue import app_edits
from models.catalogue.app_edits import ItemRef
from models.catalogue.mentions import app_refs
from models.catalogue.spec import AppSpec
from models.lifecycle.catalogue import edit_app

FORM_OF_ACTION = {
    AdminAction.EDIT_BASICS: AdminScreen.BASICS,
    AdminAction.EDIT_TIMES: AdminScreen.TIMES,
    AdminAction.EDIT_EMERGENCY: AdminScreen.EMERGENCY,
    AdminAction.ADD_STAGE: AdminScreen.STAGE,
    AdminAction.EDIT_STAGE: AdminScreen.STAGE,
    AdminAction.ADD_ACCESS: AdminScreen.ACCESS,
    AdminAction.EDIT_ACCESS: AdminScreen.ACCESS,
    AdminAction.FIND_ACCESS: AdminScreen.ACCESS,
}
Edit = Callable[[AppSpec, str, str], AppSpec]
"""Edits an app, by a button's value and the key of the access whose stages and rules are shown."""

EDIT_OF_ACTION: dict[AdminAction, Edit] = {
    AdminAction.SWITCH_ON: lambda app, _, __: app_edits.set_enabled(app, on=True),
    AdminAction.SWITCH_OFF: lambda app, _, __: app_edits.set_enabled(app, on=False),
    AdminAction.DELETE_ACCESS: lambda app, key, _: app_edits.remove_access(app, key),
    AdminAction.DELETE_STAGE: lambda app, value, access: app_edits.remove_item(
        app, ItemRef("stage", parse_number(value), access)
    ),
    AdminAction.MOVE_STAGE_UP: lambda app, value, access: app_edits.move_up(
        app, ItemRef("stage", parse_number(value), access)
    ),
    AdminAction.OWN_STAGES: lambda app, _, access: app_edits.copy_app_stages(app, access),
    AdminAction.APP_S_STAGES: lambda app, _, access: app_edits.inherit_app_stages(app, access),
    AdminAction.DELETE_RULE: lambda app, value, access: app_edits.remove_item(
        app, rule.item_ref(value, access)
    ),
    AdminAction.DELETE_EXAMPLE: lambda app, value, _: app_edits.remove_item(
        app, ItemRef("example", parse_number(value))
    ),
    AdminAction.MOVE_RULE_UP: lambda app, value, access: app_edits.move_up(app, rule.item_ref(value, access)),
}
Parse = Callable[[AppSpec, AdminPlace, Submission], AppSpec]
"""Edits an app by what was entered in a form for the part at this place."""

PARSERS: dict[AdminScreen, Parse] = {
    AdminScreen.BASICS: lambda app, _, submission: basics.parse(app, submission.values),
    AdminScreen.EMERGENCY: lambda app, _, submission: emergency.parse(app, submission.values),
    AdminScreen.TIMES: lambda app, _, submission: durations.parse(app, submission.values),
    AdminScreen.STAGE: lambda app, place, submission: stage.parse(app, place, submission.values),
    AdminScreen.EXAMPLE: lambda app, place, submission: example.parse(app, place, submission.values),
    AdminScreen.RULE: lambda app, place, submission: rule.parse(app, place, submission.values),
    AdminScreen.ACCESS: lambda app, place, submission: access.parse(
        app, place.part, submission.values, submission.context.connectors
    ),
}


@on_click(*FORM_OF_ACTION)
@admins_only
async def open_form(click: Click) -> None:
    """Open the form for a part of the app, or for a new one."""
    place = modals.place_of(click)
    entry = await modals.load_entry(click, place, place.version)
    here = replace(place, part=click.value, more="")
    form = await modals.part_view(click, FORM_OF_ACTION[AdminAction(click.action_id)], entry, here)
    await modals.show_form(click, form)


@on_click(*EDIT_OF_ACTION)
@admins_only
async def change(click: Click) -> None:
    """Change the app as the button says, and redraw it."""
    place, edit_by = modals.place_of(click), EDIT_OF_ACTION[AdminAction(click.action_id)]

    def edit(app: AppSpec) -> AppSpec:
        return edit_by(app, click.value, place.access)

    entry = await click.run(edit_app.change_app, place.app, place.version, edit, click.person)
    await modals.refresh_here(click, entry)


@on_click(AdminAction.ACCESSES_BACK, AdminAction.ACCESSES_ON)
@admins_only
async def turn_page(click: Click) -> None:
    """Show another page of the app's accesses."""
    place = replace(modals.place_of(click), first_access=parse_number(click.value))
    entry = await modals.load_entry(click, place)
    await click.redraw(await modals.app_view(click, entry, place))


@on_submit(*PARSERS)
@admins_only
async def save(submission: Submission) -> None:
    """Save the form and redraw the app; the form closes, or the list that it has replaced returns."""
    place, parse = modals.place_of(submission), PARSERS[modals.screen_of(submission)]
    await _refuse_unknown(submission, place)

    def edit(app: AppSpec) -> AppSpec:
        return parse(app, place, submission)

    entry = await submission.run(edit_app.change_app, place.app, place.version, edit, submission.person)
    await modals.refresh_below(submission, entry)
    if modals.in_a_list(submission):
        view = await modals.list_view(submission, entry)
        await submission.answer(response_action="update", view=dict(view))


async def _refuse_unknown(submission: Submission, place: AdminPlace) -> None:
    entry = await modals.load_entry(submission, place)
    await unknown_people.refuse_unknown(submission, {str(ref) for ref in app_refs(entry.app)})


@on_click(AdminAction.CONNECTOR)
@admins_only
async def choose_connector(click: Click) -> None:
    """Redraw the form with the fields of the chosen kind of connector."""
    place = modals.place_of(click)
    entry = await modals.load_entry(click, place, place.version)
    view = await modals.part_view(click, AdminScreen.ACCESS, entry, place, connector=click.value)
    await click.redraw(view)
