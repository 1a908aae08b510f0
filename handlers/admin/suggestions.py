"""What the admins' menus offer while somebody types."""

from blocks.admin.ids import AdminAction
from blocks.admin.lists import apps as app_list
from blocks.kit import option
from handlers.admin import screens
from handlers.admin.gate import admins_only
from handlers.incoming import Suggestion
from handlers.routes import on_menu
from models.catalogue.search import fold


@on_menu(AdminAction.FIND_APP)
@admins_only
async def apps(incoming: Suggestion) -> None:
    """The apps that fit, switched on or off."""
    shelf = await incoming.desk.catalogue.shelf()
    await incoming.answer(options=app_list.app_options(shelf.search_all(incoming.typed)))


@on_menu(AdminAction.FIND_ACCESS)
@admins_only
async def accesses(incoming: Suggestion) -> None:
    """The accesses of the app before the admin that have what was typed in their name or key."""
    app = await incoming.desk.catalogue.find(screens.place_of(incoming).app)
    wanted = fold(incoming.typed).strip()
    found = [one for one in app.access if wanted in fold(f"{one.name} {one.key}")] if app else []
    await incoming.answer(options=app_list.access_options(found[:100]))


@on_menu(AdminAction.USER_GROUP)
@admins_only
async def user_groups(incoming: Suggestion) -> None:
    """The workspace's user groups that fit."""
    found = await incoming.desk.whois.usergroups.search(incoming.typed)
    await incoming.answer(options=[option(one.label, one.id) for one in found])
