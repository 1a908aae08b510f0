"""Conflicts between accesses: list, add, change and remove them."""

from collections.abc import Mapping, Sequence

from blocks.admin.forms import conflict as screen
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen
from blocks.admin.lists import conflicts as conflict_list
from blocks.kit import View, option
from handlers.admin import modals, unknown_people
from handlers.admin.admin_only import admins_only
from handlers.deliveries import Click, SlackDelivery, Submission, Suggestion
from handlers.routes import on_click, on_menu, on_submit
from models.catalogue.search import fold
from models.catalogue.spec.conflicts import ConflictSpec
from models.lifecycle.catalogue import edit_conflict as verbs
from models.tables import catalogue

MAX_OPTIONS = 100
"""Options in one answer to a menu."""
FIELDS = {"key": "key", "these": "these", "those": "those"}


@on_click(AdminAction.CONFLICTS)
@admins_only
async def open_list(click: Click) -> None:
    """Open the list of conflicts."""
    await click.open(await _list(click))


@on_click(AdminAction.ADD_CONFLICT, AdminAction.EDIT_CONFLICT)
@admins_only
async def open_form(click: Click) -> None:
    """Open the form for a conflict, or for a new one."""
    if click.action_id == AdminAction.ADD_CONFLICT:
        await click.open(screen.build(None, AdminPlace(), {}, await modals.load_slack_names(click, ())))
        return
    entry = await click.read(verbs.get_conflict, click.value, click.person)
    place = AdminPlace(part=entry.conflict.key, version=entry.version)
    stages = [entry.conflict.stage] if entry.conflict.stage else []
    titles, names = await _titles(click, [entry.conflict]), await modals.load_slack_names(click, stages)
    await click.open(screen.build(entry.conflict, place, titles, names))


@on_submit(AdminScreen.CONFLICT, fields=FIELDS)
@admins_only
async def save(submission: Submission) -> None:
    """Save the form, or propose it where two people are needed, and redraw the list; the form closes."""
    place = modals.place_of(submission)
    if place.part:
        entry = await submission.read(verbs.get_conflict, place.part, submission.person)
        conflict = screen.parse(entry.conflict, submission.values)
        stage = entry.conflict.stage
        await unknown_people.refuse_unknown(submission, stage.deciders_and_alternates if stage else ())
        proposed = await submission.run(verbs.change_conflict, conflict, place.version, submission.person)
    else:
        conflict = screen.parse(None, submission.values)
        await unknown_people.refuse_unknown(submission, ())
        proposed = await submission.run(verbs.add_conflict, conflict, submission.person)
    await modals.redraw_previous(submission, await _list(submission))
    await modals.answer_proposed(submission, proposed)


@on_click(AdminAction.DELETE_CONFLICT)
@admins_only
async def delete(click: Click) -> None:
    """Remove a conflict; the button itself has asked for confirmation."""
    entry = await click.read(verbs.get_conflict, click.value, click.person)
    await click.run(verbs.remove_conflict, click.value, entry.version, click.person)
    await click.redraw(await _list(click))


@on_menu(AdminAction.FIND_ANY)
@admins_only
async def suggest(menu: Suggestion) -> None:
    """Offer the accesses of all apps that match, and each app as a whole."""
    snapshot = await menu.context.catalogue.snapshot()
    words = fold(menu.query).split()
    apps = snapshot.search_all(menu.query) or snapshot.search_all(" ".join(words[:1]))
    titles = {ref: title for app in apps for ref, title in conflict_list.access_titles(app).items()}
    matches = [ref for ref, title in titles.items() if all(word in fold(title) for word in words)]
    await menu.answer(options=[option(titles[ref], ref) for ref in (matches or list(titles))[:MAX_OPTIONS]])


async def _list(delivery: SlackDelivery) -> View:
    conflicts = await delivery.read(verbs.list_conflicts, delivery.person)
    pending = await delivery.read(modals.workspace_changes, catalogue.CONFLICT, delivery.person)
    return conflict_list.build(conflicts, await _titles(delivery, conflicts), pending)


async def _titles(delivery: SlackDelivery, conflicts: Sequence[ConflictSpec]) -> Mapping[str, str]:
    """Return the titles of the accesses in these conflicts, by their references."""
    snapshot = await delivery.context.catalogue.snapshot()
    apps = [app for key in conflict_list.app_keys(conflicts) if (app := snapshot.find(key)) is not None]
    return {ref: title for app in apps for ref, title in conflict_list.access_titles(app).items()}
