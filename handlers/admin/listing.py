"""The list of apps: opening it, turning its pages, opening an app, adding one."""

from blocks import kit
from blocks.admin.forms import basics
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen, parse_number
from blocks.admin.lists import apps as app_list
from blocks.kit import View
from handlers.admin import screens, written
from handlers.admin.gate import admins_only
from handlers.catalogue import spoken_name
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Command, Incoming, Submission
from handlers.routes import Routes
from models.lifecycle.catalogue import edit_app
from models.lifecycle.catalogue.edit_app import EditableApp

COMMAND = "/access-admin"


async def command(incoming: Command) -> None:
    """Open the list, or the app that was named."""
    await incoming.open(await _called_for(incoming))


async def open_app(incoming: Click) -> None:
    """An app was chosen, in the search or by its button."""
    entry = await _look(incoming, incoming.value)
    await incoming.open(await screens.one_app(incoming, entry, screens.place_of(incoming)))


async def turn_page(incoming: Click) -> None:
    """Previous or Next was pressed."""
    await incoming.redraw(await screens.apps(incoming, parse_number(incoming.value)))


async def add_app(incoming: Click) -> None:
    """Open the form for a new app."""
    await incoming.open(basics.build_new(screens.place_of(incoming)))


async def save_new_app(incoming: Submission) -> None:
    """Add the app, and show it in the form's place."""
    app = basics.parse_new(incoming.values)
    await written.refuse_unknown(incoming, ())
    entry = await incoming.run(edit_app.add_app, app, incoming.person)
    if entry.version == 0:
        said = f"{entry.app.name} is not in the catalogue yet. {entry.waiting_for}"
        await incoming.answer(response_action="update", view=dict(kit.notice("Proposed", said)))
        return
    await screens.refresh_list(incoming)
    view = await screens.one_app(incoming, entry, screens.place_of(incoming))
    await incoming.answer(response_action="update", view=dict(view))


def register(routes: Routes, desk: Desk) -> None:
    """Listen for what is done in the list."""
    routes.command(COMMAND)(listener(desk, Command, admins_only(command)))
    for opens in (AdminAction.FIND_APP, AdminAction.OPEN_APP):
        routes.action(opens)(listener(desk, Click, admins_only(open_app)))
    for turns in (AdminAction.APPS_BACK, AdminAction.APPS_ON):
        routes.action(turns)(listener(desk, Click, admins_only(turn_page)))
    routes.action(AdminAction.ADD_APP)(listener(desk, Click, admins_only(add_app)))
    routes.view(AdminScreen.NEW_APP)(listener(desk, Submission, admins_only(save_new_app), {"key": "key"}))


async def _called_for(incoming: Command) -> View:
    shelf = await incoming.desk.catalogue.shelf()
    named = shelf.called(spoken_name(incoming.text)) if incoming.text else None
    if named is not None:
        return await screens.one_app(incoming, await _look(incoming, named.key), AdminPlace())
    found = shelf.search_all(incoming.text, app_list.PAGE) if incoming.text else []
    return app_list.build(found, len(found), AdminPlace()) if found else await screens.apps(incoming)


async def _look(incoming: Incoming, key: str) -> EditableApp:
    return await incoming.read(edit_app.get_app, key, incoming.person)
