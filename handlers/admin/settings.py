"""The settings of the workspace: looking at them, and changing them."""

from blocks import kit
from blocks.admin.forms import settings
from blocks.admin.ids import AdminAction, AdminScreen
from blocks.kit import View
from handlers.admin.gate import admins_only
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Submission
from handlers.routes import Routes
from models.lifecycle.catalogue import edit_app, propose_change
from models.registry import catalogue_entries
from models.store.case import Case
from models.tables import catalogue

FIELDS = {"two_people": settings.TWO_PEOPLE}


async def open_form(incoming: Click) -> None:
    """Show how they are, and what waits."""

    def read(case: Case) -> View:
        waiting = propose_change.open_changes(case, catalogue.SETTINGS, "settings")
        second = propose_change.waiting_for_sentence(case, incoming.person)
        return settings.build(catalogue_entries.workspace_settings(case), waiting, incoming.person, second)

    await incoming.open(await incoming.read(read))


async def save(incoming: Submission) -> None:
    """Save them, or propose them where two people are needed; the form closes."""
    said = await incoming.run(edit_app.change_settings, settings.parse(incoming.values), incoming.person)
    if said:
        await incoming.answer(response_action="update", view=dict(kit.notice("Proposed", said)))


def register(routes: Routes, desk: Desk) -> None:
    """Listen for what is done with the settings."""
    routes.action(AdminAction.SETTINGS)(listener(desk, Click, admins_only(open_form)))
    routes.view(AdminScreen.SETTINGS)(listener(desk, Submission, admins_only(save), FIELDS))
