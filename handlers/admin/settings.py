"""Show and change the settings of the workspace."""

from blocks.admin.forms import settings
from blocks.admin.ids import AdminAction, AdminScreen
from blocks.kit import View
from handlers.admin import modals
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
async def open_form(click: Click) -> None:
    """Open the settings, with changes that wait for a second admin."""

    def read(case: Case) -> View:
        pending = propose_change.open_changes(case, catalogue.SETTINGS, "settings")
        second = propose_change.waiting_for_sentence(case, click.person)
        return settings.build(catalogue_entries.workspace_settings(case), pending, click.person, second)

    await click.open(await click.read(read))


@on_submit(AdminScreen.SETTINGS, fields=FIELDS)
@admins_only
async def save(submission: Submission) -> None:
    """Save the settings, or propose them where two people are needed; the form closes."""
    new_settings = settings.parse(submission.values)
    proposed = await submission.run(edit_app.change_settings, new_settings, submission.person)
    await modals.answer_proposed(submission, proposed)
