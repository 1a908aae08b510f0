"""The list of apps: opening it, turning its pages, opening an app, adding one."""

from blocks import kit
from blocks.admin.forms import basics
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen, parse_number
from blocks.admin.lists import apps as app_list
from blocks.kit import View, option
from handlers.admin import modals, unknown_people
from handlers.admin.admin_only import admins_only
from handlers.catalogue_cache import spoken_name
from handlers.deliveries import Click, Command, Incoming, Submission, Suggestion
from handlers.routes import on_click, on_command, on_menu, on_submit
from models.catalogue.search import fold
from models.lifecycle.catalogue import edit_app
from models.lifecycle.catalogue.edit_app import Entry

COMMAND = "/access-admin"


@on_command(COMMAND)
@admins_only
async def command(incoming: Command) -> None:
    """Open the list, or the app that was named."""
    await incoming.open(await _called_for(incoming))


@on_click(AdminAction.FIND_APP, AdminAction.OPEN_APP)
@admins_only
async def open_app(incoming: Click) -> None:
    """An app was chosen, in the search or by its button."""
    entry = await _look(incoming, incoming.value)
    await incoming.open(await modals.one_app(incoming, entry, modals.place_of(incoming)))


@on_click(AdminAction.APPS_BACK, AdminAction.APPS_ON)
@admins_only
async def turn_page(incoming: Click) -> None:
    """Previous or Next was pressed."""
    await incoming.redraw(await modals.apps(incoming, parse_number(incoming.value)))


@on_click(AdminAction.ADD_APP)
@admins_only
async def add_app(incoming: Click) -> None:
    """Open the form for a new app."""
    await incoming.open(basics.build_new(modals.place_of(incoming)))


@on_submit(AdminScreen.NEW_APP, fields={"key": "key"})
@admins_only
async def save_new_app(incoming: Submission) -> None:
    """Add the app, and show it in the form's place."""
    app = basics.parse_new(incoming.values)
    await unknown_people.refuse_unknown(incoming, ())
    entry = await incoming.run(edit_app.add, app, incoming.person)
    if entry.version == 0:
        said = f"{entry.app.name} is not in the catalogue yet. {entry.second}"
        await incoming.answer(response_action="update", view=dict(kit.notice("Proposed", said)))
        return
    await modals.refresh_list(incoming)
    view = await modals.one_app(incoming, entry, modals.place_of(incoming))
    await incoming.answer(response_action="update", view=dict(view))


async def _called_for(incoming: Command) -> View:
    shelf = await incoming.desk.catalogue.shelf()
    named = shelf.called(spoken_name(incoming.text)) if incoming.text else None
    if named is not None:
        return await modals.one_app(incoming, await _look(incoming, named.key), AdminPlace())
    found = shelf.search_all(incoming.text, app_list.PAGE) if incoming.text else []
    return app_list.build(found, len(found), AdminPlace()) if found else await modals.apps(incoming)


async def _look(incoming: Incoming, key: str) -> Entry:
    return await incoming.read(edit_app.look, key, incoming.person)


@on_menu(AdminAction.FIND_APP)
@admins_only
async def suggest_apps(incoming: Suggestion) -> None:
    """The apps that fit, switched on or off."""
    shelf = await incoming.desk.catalogue.shelf()
    await incoming.answer(options=app_list.app_options(shelf.search_all(incoming.typed)))


@on_menu(AdminAction.FIND_ACCESS)
@admins_only
async def suggest_accesses(incoming: Suggestion) -> None:
    """The accesses of the app before the admin that have what was typed in their name or key."""
    app = await incoming.desk.catalogue.find(modals.place_of(incoming).app)
    wanted = fold(incoming.typed).strip()
    found = [one for one in app.access if wanted in fold(f"{one.name} {one.key}")] if app else []
    await incoming.answer(options=app_list.access_options(found[:100]))


@on_menu(AdminAction.USER_GROUP)
@admins_only
async def suggest_user_groups(incoming: Suggestion) -> None:
    """The workspace's user groups that fit."""
    found = await incoming.desk.whois.usergroups.search(incoming.typed)
    await incoming.answer(options=[option(one.label, one.id) for one in found])
