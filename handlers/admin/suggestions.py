"""What the admins' menus offer while somebody types."""

from blocks.admin.ids import AdminAction
from blocks.admin.lists import apps as app_list
from blocks.kit import option
from handlers.admin import screens
from handlers.admin.gate import admins_only
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Suggestion
from handlers.routes import Routes
from models.catalogue.search import fold


async def apps(incoming: Suggestion) -> None:
    """The apps that fit, switched on or off."""
    shelf = await incoming.desk.catalogue.shelf()
    await incoming.answer(options=app_list.app_options(shelf.search_all(incoming.typed)))


async def accesses(incoming: Suggestion) -> None:
    """The accesses of the app before the admin that have what was typed in their name or key."""
    app = await incoming.desk.catalogue.find(screens.place_of(incoming).app)
    wanted = fold(incoming.typed).strip()
    found = [one for one in app.access if wanted in fold(f"{one.name} {one.key}")] if app else []
    await incoming.answer(options=app_list.access_options(found[:100]))


async def user_groups(incoming: Suggestion) -> None:
    """The workspace's user groups that fit."""
    found = await incoming.desk.whois.usergroups.search(incoming.typed)
    await incoming.answer(options=[option(one.label, one.id) for one in found])


def register(routes: Routes, desk: Desk) -> None:
    """Answer the admins' menus."""
    for menu, answer in (
        (AdminAction.FIND_APP, apps),
        (AdminAction.FIND_ACCESS, accesses),
        (AdminAction.USER_GROUP, user_groups),
    ):
        routes.options(menu)(listener(desk, Suggestion, admins_only(answer)))
