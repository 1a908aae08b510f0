"""Rules, and an access's own stages: opening them, and the forms that take the place of a list."""

from dataclasses import replace

from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen, OptionalPart, parse_number
from handlers.admin import modals
from handlers.admin.admin_only import admins_only
from handlers.deliveries import Click
from handlers.routes import on_click
from models.catalogue.spec import AppSpec
from models.catalogue.spec.conflicts import CONFLICT
from models.lifecycle.catalogue import edit_app
from models.lifecycle.catalogue.edit_app import Entry
from models.policy.examples import Ran, run_all
from models.registry import catalogue_entries
from models.registry.directory import Directory
from models.store.case import Case

OPENS = {
    AdminAction.ADD_RULE: AdminScreen.RULE,
    AdminAction.EDIT_RULE: AdminScreen.RULE,
    AdminAction.ADD_EXAMPLE: AdminScreen.EXAMPLE,
    AdminAction.EDIT_EXAMPLE: AdminScreen.EXAMPLE,
}

SHOWS = {AdminAction.MORE_CONDITIONS: OptionalPart.CONDITIONS, AdminAction.FURTHER: OptionalPart.FURTHER}


@on_click(AdminAction.RULES)
@admins_only
async def open_rules(incoming: Click) -> None:
    """Show the rules of the app, or those of the access that was chosen, over the app."""
    place = replace(modals.place_of(incoming), access=incoming.value, first_rule=0)
    await incoming.open(await modals.rules(incoming, await entry_of(incoming, place), place))


@on_click(*OPENS)
@admins_only
async def open_form(incoming: Click) -> None:
    """Show the form for a rule or an example, in the place of the list: Slack puts no fourth modal on top."""
    place = replace(modals.place_of(incoming), part=incoming.value, more="")
    entry = await entry_of(incoming, place, place.version)
    await incoming.redraw(await modals.form(incoming, OPENS[AdminAction(incoming.action_id)], entry, place))


@on_click(*SHOWS)
@admins_only
async def show_more(incoming: Click) -> None:
    """Show what a form leaves out at first; what was filled in stays."""
    here = modals.place_of(incoming)
    place = replace(here, more=here.more + SHOWS[AdminAction(incoming.action_id)])
    entry = await entry_of(incoming, place, place.version)
    await incoming.redraw(await modals.form(incoming, modals.screen_of(incoming), entry, place))


@on_click(AdminAction.RULES_BACK, AdminAction.RULES_ON)
@admins_only
async def turn_rules_page(incoming: Click) -> None:
    """Show other rules."""
    place = replace(modals.place_of(incoming), first_rule=parse_number(incoming.value))
    await incoming.redraw(await modals.rules(incoming, await entry_of(incoming, place), place))


async def entry_of(incoming: Click, place: AdminPlace, version: int | None = None) -> Entry:
    """The app as it stands. With `version` it has to be that one still."""
    return await incoming.read(edit_app.look, place.app, incoming.person, version)


@on_click(AdminAction.EXAMPLES)
@admins_only
async def open_examples(incoming: Click) -> None:
    """Show the examples over the app."""
    place = replace(modals.place_of(incoming), first_rule=0)
    await incoming.open(modals.example_list(await entry_of(incoming, place), place))


@on_click(AdminAction.RUN_EXAMPLES)
@admins_only
async def run_examples(incoming: Click) -> None:
    """Run them, and show at each what came out."""
    place = modals.place_of(incoming)
    entry = await entry_of(incoming, place)
    ran = await incoming.read(_run_all, entry.app)
    await incoming.redraw(modals.example_list(entry, place, ran))


@on_click(AdminAction.EXAMPLES_BACK, AdminAction.EXAMPLES_ON)
@admins_only
async def turn_examples_page(incoming: Click) -> None:
    """Show other examples."""
    place = replace(modals.place_of(incoming), first_rule=parse_number(incoming.value))
    await incoming.redraw(modals.example_list(await entry_of(incoming, place), place))


def _run_all(case: Case, app: AppSpec) -> list[Ran]:
    return list(run_all([app], Directory(case), catalogue_entries.every(case, CONFLICT)))
