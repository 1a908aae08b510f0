"""Let only admins run a handler, and show the errors of an admin form at its fields."""

from functools import wraps

from blocks.admin.block_id_version import place_errors
from blocks.admin.fields.base import InvalidForm
from handlers.admin import modals
from handlers.deliveries import Click, SlackDelivery, Submission
from handlers.error_handling import D, HandlerFunction
from handlers.people.freshness import GROUP_MAX_AGE
from models.errors import Invalid
from models.lifecycle.catalogue.edit_app import Superseded
from models.registry.permissions import only_admins


def admins_only(handle: HandlerFunction[D]) -> HandlerFunction[D]:
    """Make a handler look its person up and run only for admins.

    Raises:
        NotAllowed: The person is no admin (by the handler that is returned).
    """

    @wraps(handle)
    async def run(delivery: D) -> None:
        await delivery.context.people.refresh([delivery.person], GROUP_MAX_AGE)
        await delivery.context.people.refresh_admins()
        await delivery.read(only_admins, delivery.person)
        try:
            await handle(delivery)
        except InvalidForm as problems:
            errors = place_errors(problems.errors, delivery.view)
            await delivery.answer(response_action="errors", errors=errors)
        except Superseded as overtaken:
            await _show_overtaken(delivery, overtaken)
        except Invalid as invalid:
            if not isinstance(delivery, Click) or not modals.in_a_list(delivery):
                raise
            # Slack opens no fourth modal, so the third one says what is wrong.
            await delivery.redraw(await modals.unchanged_list_view(delivery, str(invalid)))

    return run


async def _show_overtaken(delivery: SlackDelivery, overtaken: Superseded) -> None:
    """Show the same modal as it is now, with who changed what meanwhile."""
    view = await modals.overtaken_view(delivery, overtaken)
    if not isinstance(delivery, Submission):
        await delivery.redraw(view)
        return
    await modals.refresh_below(delivery, overtaken.entry)
    await delivery.answer(response_action="update", view=dict(view))
