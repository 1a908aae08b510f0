"""The list of apps as admins see it: every app, enabled or not, with a search."""

from collections.abc import Sequence

from blocks import kit
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen
from blocks.admin.lists import layout
from blocks.kit import Block, Option, View
from blocks.kit.text import cut, esc
from models.catalogue.spec import AccessSpec, AppSpec

PAGE = 20
"""Apps on a page."""


def build(apps: Sequence[AppSpec], total: int, place: AdminPlace) -> View:
    """The page of the list that begins at index `place.first_app`; `apps` are the page's."""
    find = kit.external_select(AdminAction.FIND_APP, placeholder="Find an app")
    add, settings = (
        kit.button("Add an app", AdminAction.ADD_APP, style="primary"),
        kit.button("Settings", AdminAction.SETTINGS),
    )
    conflicts, messages = (
        kit.button("Conflicts", AdminAction.CONFLICTS),
        kit.button("Messages", AdminAction.MESSAGES),
    )
    top = [kit.actions([find, add, conflicts, messages, settings])]
    rows = [_row(app) for app in apps] or [kit.section("No apps yet.")]
    carries = AdminPlace(first_app=place.first_app).carries()
    pages = layout.page_buttons(place.first_app, total, PAGE, (AdminAction.APPS_BACK, AdminAction.APPS_ON))
    blocks = [*top, *rows, *pages]
    return kit.modal("Apps", blocks, callback_id=AdminScreen.LIST, close="Close", carries=carries)


def app_options(apps: Sequence[AppSpec]) -> list[Option]:
    """Apps as options of the search menu."""
    return [kit.option(app.name, app.key, ", ".join(_traits(app))) for app in apps]


def access_options(accesses: Sequence[AccessSpec]) -> list[Option]:
    """Accesses as options of the search menu."""
    return [kit.option(access.name, access.key) for access in accesses]


def _row(app: AppSpec) -> Block:
    traits = esc(" · ".join(_traits(app)))
    described = f"\n{cut(esc(app.description), 300)}" if app.description else ""
    edit = kit.button("Edit", AdminAction.OPEN_APP, app.key)
    return kit.section(f"*{esc(app.name)}*  {traits}{described}", accessory=edit)


def _traits(app: AppSpec) -> list[str]:
    category = [app.category] if app.category else []
    return [*category, f"{app.risk} risk", *([] if app.enabled else ["switched off"])]
