"""Conflicts: the list of them, adding one, changing one, taking one out."""

from collections.abc import Mapping, Sequence

from blocks import kit
from blocks.admin.forms import conflict as screen
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen
from blocks.admin.lists import conflicts as conflict_list
from blocks.admin.lists import layout
from blocks.kit import Block, View, option
from handlers.admin import screens, written
from handlers.admin.gate import admins_only
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Incoming, Submission, Suggestion
from handlers.routes import Routes
from models.catalogue.search import fold
from models.catalogue.spec.conflicts import ConflictSpec
from models.lifecycle.catalogue import edit_conflict as verbs
from models.lifecycle.catalogue import propose_change
from models.store.case import Case
from models.tables import catalogue

MOST = 100
"""Choices in one answer to a menu."""
FIELDS = {"key": "key", "these": "these", "those": "those"}


async def open_list(click: Click) -> None:
    """Show every conflict."""
    await click.open(await _list(click))


async def open_form(click: Click) -> None:
    """Open the form for a conflict, or for a new one."""
    if click.action_id == AdminAction.ADD_CONFLICT:
        await click.open(screen.build(None, AdminPlace(), {}, await screens.known(click, ())))
        return
    entry = await click.read(verbs.get_conflict, click.value, click.person)
    place = AdminPlace(part=entry.conflict.key, version=entry.version)
    stages = [entry.conflict.stage] if entry.conflict.stage else []
    titles, known = await _titles(click, [entry.conflict]), await screens.known(click, stages)
    await click.open(screen.build(entry.conflict, place, titles, known))


async def save(sent: Submission) -> None:
    """Save what the form says, and show the list with it; the form closes."""
    place = screens.place_of(sent)
    if place.part:
        entry = await sent.read(verbs.get_conflict, place.part, sent.person)
        changed = screen.parse(entry.conflict, sent.values)
        stage = entry.conflict.stage
        await written.refuse_unknown(sent, stage.everybody if stage else ())
        said = await sent.run(verbs.change_conflict, changed, place.version, sent.person)
    else:
        new = screen.parse(None, sent.values)
        await written.refuse_unknown(sent, ())
        said = await sent.run(verbs.add_conflict, new, sent.person)
    await screens.redraw_view(sent, str(sent.view.get("previous_view_id") or ""), await _list(sent))
    if said:
        await sent.answer(response_action="update", view=dict(kit.notice("Proposed", said)))


async def delete(click: Click) -> None:
    """Take a conflict out; Slack has asked "are you sure" already."""
    entry = await click.read(verbs.get_conflict, click.value, click.person)
    await click.run(verbs.remove_conflict, click.value, entry.version, click.person)
    await click.redraw(await _list(click))


async def suggest(menu: Suggestion) -> None:
    """The accesses of all apps that fit what was typed, and each app as a whole."""
    shelf = await menu.desk.catalogue.shelf()
    words = fold(menu.typed).split()
    found = shelf.search_all(menu.typed) or shelf.search_all(" ".join(words[:1]))
    named = {ref: title for app in found for ref, title in conflict_list.access_titles(app).items()}
    fitting = [ref for ref, title in named.items() if all(word in fold(title) for word in words)]
    await menu.answer(options=[option(named[ref], ref) for ref in (fitting or list(named))[:MOST]])


def register(routes: Routes, desk: Desk) -> None:
    """Listen for what is done with conflicts."""
    routes.action(AdminAction.CONFLICTS)(listener(desk, Click, admins_only(open_list)))
    for opens in (AdminAction.ADD_CONFLICT, AdminAction.EDIT_CONFLICT):
        routes.action(opens)(listener(desk, Click, admins_only(open_form)))
    routes.action(AdminAction.DELETE_CONFLICT)(listener(desk, Click, admins_only(delete)))
    routes.view(AdminScreen.CONFLICT)(listener(desk, Submission, admins_only(save), FIELDS))
    routes.options(AdminAction.FIND_ANY)(listener(desk, Suggestion, admins_only(suggest)))


async def _list(incoming: Incoming) -> View:
    found = await incoming.read(verbs.list_conflicts, incoming.person)
    waiting = await incoming.read(_waiting, incoming.person)
    return conflict_list.build(found, await _titles(incoming, found), waiting)


def _waiting(case: Case, viewer: str) -> list[Block]:
    waiting = propose_change.open_changes_of_kind(case, catalogue.CONFLICT)
    return layout.pending_workspace_changes(
        waiting, viewer, propose_change.waiting_for_sentence(case, viewer)
    )


async def _titles(incoming: Incoming, conflicts: Sequence[ConflictSpec]) -> Mapping[str, str]:
    """What the accesses are called that these name."""
    shelf = await incoming.desk.catalogue.shelf()
    apps = [app for key in conflict_list.app_keys(conflicts) if (app := shelf.find(key)) is not None]
    return {ref: title for app in apps for ref, title in conflict_list.access_titles(app).items()}
