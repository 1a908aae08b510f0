"""The lists over an app: rules with an access's own stages, and the examples that test the policy."""

from dataclasses import replace

from blocks.admin.ids import AdminAction, AdminScreen, OptionalPart, parse_number
from handlers.admin import modals
from handlers.admin.admin_only import admins_only
from handlers.deliveries import Click
from handlers.routes import on_click
from models.catalogue.spec import AppSpec
from models.catalogue.spec.conflicts import CONFLICT
from models.policy import examples as policy_examples
from models.policy.examples import ExampleResult
from models.registry import catalogue_entries
from models.registry.directory import Directory
from models.store.case import Case

FORM_OF_ACTION = {
    AdminAction.ADD_RULE: AdminScreen.RULE,
    AdminAction.EDIT_RULE: AdminScreen.RULE,
    AdminAction.ADD_EXAMPLE: AdminScreen.EXAMPLE,
    AdminAction.EDIT_EXAMPLE: AdminScreen.EXAMPLE,
}

PART_OF_ACTION = {
    AdminAction.MORE_CONDITIONS: OptionalPart.CONDITIONS,
    AdminAction.FURTHER: OptionalPart.FURTHER,
}


@on_click(AdminAction.RULES)
@admins_only
async def open_rules(click: Click) -> None:
    """Open the rules of the app or of one access."""
    place = replace(modals.place_of(click), access=click.value, first_rule=0)
    await click.open(await modals.rules_view(click, await modals.load_entry(click, place), place))


@on_click(*FORM_OF_ACTION)
@admins_only
async def open_form(click: Click) -> None:
    """Replace the list by the form for a rule or an example: Slack opens no fourth modal."""
    place = replace(modals.place_of(click), part=click.value, more="")
    entry = await modals.load_entry(click, place, place.version)
    await click.redraw(
        await modals.part_view(click, FORM_OF_ACTION[AdminAction(click.action_id)], entry, place)
    )


@on_click(*PART_OF_ACTION)
@admins_only
async def show_more(click: Click) -> None:
    """Show a part of the form that was left out at first; the entries stay."""
    place = modals.place_of(click)
    place = replace(place, more=place.more + PART_OF_ACTION[AdminAction(click.action_id)])
    entry = await modals.load_entry(click, place, place.version)
    await click.redraw(await modals.part_view(click, modals.screen_of(click), entry, place))


@on_click(AdminAction.RULES_BACK, AdminAction.RULES_ON)
@admins_only
async def turn_rules_page(click: Click) -> None:
    """Show another page of the rules."""
    place = replace(modals.place_of(click), first_rule=parse_number(click.value))
    await click.redraw(await modals.rules_view(click, await modals.load_entry(click, place), place))


@on_click(AdminAction.EXAMPLES)
@admins_only
async def open_examples(click: Click) -> None:
    """Open the examples."""
    place = replace(modals.place_of(click), first_rule=0)
    await click.open(modals.examples_view(await modals.load_entry(click, place), place))


@on_click(AdminAction.RUN_EXAMPLES)
@admins_only
async def run_examples(click: Click) -> None:
    """Run the examples, and show each result."""
    place = modals.place_of(click)
    entry = await modals.load_entry(click, place)
    results = await click.read(_run_all, entry.app)
    await click.redraw(modals.examples_view(entry, place, results))


@on_click(AdminAction.EXAMPLES_BACK, AdminAction.EXAMPLES_ON)
@admins_only
async def turn_examples_page(click: Click) -> None:
    """Show another page of the examples."""
    place = replace(modals.place_of(click), first_rule=parse_number(click.value))
    await click.redraw(modals.examples_view(await modals.load_entry(click, place), place))


def _run_all(case: Case, app: AppSpec) -> list[ExampleResult]:
    return list(
        policy_examples.run_examples([app], Directory(case), catalogue_entries.all_entries(case, CONFLICT))
    )
