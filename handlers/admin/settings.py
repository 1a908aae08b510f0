"""The settings of the workspace: looking at them, and changing them."""

from blocks import kit
from blocks.admin.forms import settings
from blocks.admin.ids import AdminAction, AdminScreen
from blocks.kit import View
from handlers.admin.admin_only import admins_only
from handlers.deliveries import Click, Submission
from handlers.routes import on_click, on_submit
from models.lifecycle.catalogue import edit_app, propose_change
from models.registry import catalogue_entries
from models.store.case import Case
from models.tables import catalogue

FIELDS = {"two_people": settings.TWO_PEOPLE}


@on_click(AdminAction.SETTINGS)
@admins_only
async def open_form(incoming: Click) -> None:
    """Show how they are, and what waits."""

    def read(case: Case) -> View:
        waiting = propose_change.waiting(case, catalogue.SETTINGS, "settings")
        second = propose_change.second_wanted(case, incoming.person)
        return settings.build(catalogue_entries.workspace(case), waiting, incoming.person, second)

    await incoming.open(await incoming.read(read))


@on_submit(AdminScreen.SETTINGS, fields=FIELDS)
@admins_only
async def save(incoming: Submission) -> None:
    """Save them, or propose them where two people are needed; the form closes."""
    said = await incoming.run(edit_app.change_settings, settings.parse(incoming.values), incoming.person)
    if said:
        await incoming.answer(response_action="update", view=dict(kit.notice("Proposed", said)))
