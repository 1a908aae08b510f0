"""The list of apps: open it by the command, search it, add an app, and offer the admins' menus."""

from dataclasses import replace

from blocks.admin.fields.base import InvalidForm
from blocks.admin.form_mapping import KEY
from blocks.admin.forms import basics
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen, OptionalPart, parse_number
from blocks.admin.lists import apps as apps_modal
from blocks.command_help import ADMIN_COMMAND, admin_help, is_help
from blocks.kit import View, option
from handlers.admin import modals, unknown_people
from handlers.admin.admin_only import admins_only
from handlers.catalogue_cache import normalize_name
from handlers.deliveries import Click, Command, SlackDelivery, Submission, Suggestion
from handlers.routes import on_click, on_command, on_menu, on_submit
from models.catalogue.search import fold
from models.errors import Duplicate
from models.lifecycle.catalogue import edit_app
from models.lifecycle.catalogue.edit_app import EditableApp

MAX_OPTIONS = 100
"""Options in one answer to a menu."""


@on_command(ADMIN_COMMAND)
@admins_only
async def open_from_command(command: Command) -> None:
    """Open the list, or the app that the text names, or answer `help`."""
    if is_help(command.text):
        await command.answer(text=admin_help())
        return
    await command.open(await _view_for(command))


@on_click(AdminAction.FIND_APP, AdminAction.OPEN_APP)
@admins_only
async def open_app(click: Click) -> None:
    """Open an app."""
    entry = await _load_app(click, click.value)
    await click.open(await modals.app_view(click, entry, modals.place_of(click)))


@on_click(AdminAction.APPS_BACK, AdminAction.APPS_ON)
@admins_only
async def turn_page(click: Click) -> None:
    """Show another page of the list."""
    await click.redraw(await modals.app_list_view(click, parse_number(click.value)))


@on_click(AdminAction.ADD_APP)
@admins_only
async def open_new_app_form(click: Click) -> None:
    """Open the form for a new app."""
    await click.open(basics.build_new(modals.place_of(click)))


@on_click(AdminAction.MORE_OF_APP)
@admins_only
async def show_more_of_new_app(click: Click) -> None:
    """Show every field of the form for a new app; the entries stay."""
    await click.redraw(basics.build_new(replace(modals.place_of(click), more=OptionalPart.FURTHER)))


@on_submit(AdminScreen.NEW_APP)
@admins_only
async def save_new_app(submission: Submission) -> None:
    """Add the app, and show it in place of the form.

    Raises:
        InvalidForm: A field is wrong, or there is an app with this key.
    """
    app = basics.parse_new(submission.values)
    await unknown_people.refuse_unknown(submission, ())
    try:
        entry = await submission.run(edit_app.add_app, app, submission.person)
    except Duplicate as duplicate:
        raise InvalidForm({KEY.id: str(duplicate)}) from None  # at the name, where the key is not drawn
    if entry.version == 0:
        await modals.answer_proposed(
            submission, f"{entry.app.name} is not in the catalogue yet. {entry.waiting_for}"
        )
        return
    await modals.refresh_list(submission)
    view = await modals.app_view(submission, entry, modals.place_of(submission))
    await submission.answer(response_action="update", view=dict(view))


@on_menu(AdminAction.FIND_APP)
@admins_only
async def suggest_apps(menu: Suggestion) -> None:
    """Offer the apps that match, enabled or not."""
    snapshot = await menu.context.catalogue.snapshot()
    await menu.answer(options=apps_modal.app_options(snapshot.search_all(menu.query)))


@on_menu(AdminAction.FIND_ACCESS)
@admins_only
async def suggest_accesses(menu: Suggestion) -> None:
    """Offer the accesses of the open app with the text in their name or key."""
    app = await menu.context.catalogue.find(modals.place_of(menu).app)
    query, accesses = fold(menu.query).strip(), app.access if app else ()
    matches = [access for access in accesses if query in fold(f"{access.name} {access.key}")]
    await menu.answer(options=apps_modal.access_options(matches[:MAX_OPTIONS]))


@on_menu(AdminAction.USER_GROUP)
@admins_only
async def suggest_user_groups(menu: Suggestion) -> None:
    """Offer the workspace's user groups that match."""
    groups = await menu.context.people.usergroups.search(menu.query)
    await menu.answer(options=[option(group.label, group.id) for group in groups])


async def _view_for(command: Command) -> View:
    """Draw the app with this name, else the apps that match the text, else the whole list."""
    snapshot, text = await command.context.catalogue.snapshot(), command.text
    app = snapshot.find_by_name(normalize_name(text)) if text else None
    if app is not None:
        return await modals.app_view(command, await _load_app(command, app.key), AdminPlace())
    apps = snapshot.search_all(text, apps_modal.PAGE) if text else []
    if apps:
        return apps_modal.build(apps, len(apps), AdminPlace())
    return await modals.app_list_view(command)


async def _load_app(delivery: SlackDelivery, key: str) -> EditableApp:
    return await delivery.read(edit_app.get_app, key, delivery.person)
