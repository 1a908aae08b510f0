"""The examples of an app's policy: showing them, running them."""

from dataclasses import replace

from blocks.admin.ids import AdminAction, parse_number
from handlers.admin import screens
from handlers.admin.gate import admins_only
from handlers.admin.rules import entry_of
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click
from handlers.routes import Routes
from models.catalogue.spec import AppSpec
from models.catalogue.spec.conflicts import CONFLICT
from models.policy.examples import Ran, run_all
from models.registry import catalogue_entries
from models.registry.directory import Directory
from models.store.case import Case


async def open_list(incoming: Click) -> None:
    """Show the examples over the app."""
    place = replace(screens.place_of(incoming), first_rule=0)
    await incoming.open(screens.example_list(await entry_of(incoming, place), place))


async def run(incoming: Click) -> None:
    """Run them, and show at each what came out."""
    place = screens.place_of(incoming)
    entry = await entry_of(incoming, place)
    ran = await incoming.read(_run, entry.app)
    await incoming.redraw(screens.example_list(entry, place, ran))


async def turn_page(incoming: Click) -> None:
    """Show other examples."""
    place = replace(screens.place_of(incoming), first_rule=parse_number(incoming.value))
    await incoming.redraw(screens.example_list(await entry_of(incoming, place), place))


def register(routes: Routes, desk: Desk) -> None:
    """Listen for what is done with examples."""
    routes.action(AdminAction.EXAMPLES)(listener(desk, Click, admins_only(open_list)))
    routes.action(AdminAction.RUN_EXAMPLES)(listener(desk, Click, admins_only(run)))
    for turns in (AdminAction.EXAMPLES_BACK, AdminAction.EXAMPLES_ON):
        routes.action(turns)(listener(desk, Click, admins_only(turn_page)))


def _run(case: Case, app: AppSpec) -> list[Ran]:
    return list(run_all([app], Directory(case), catalogue_entries.all_entries(case, CONFLICT)))
