"""What every handler here goes through: only admins pass, and a form's problems stand at its fields."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar

from blocks.admin.block_id_version import place_errors
from blocks.admin.fields.base import InvalidForm
from handlers.admin import screens
from handlers.incoming import Click, Incoming, Submission
from handlers.whois import SOON
from models.errors import Invalid
from models.lifecycle.catalogue.edit_app import Superseded
from models.registry.permissions import only_admins

In = TypeVar("In", bound=Incoming)
Handler = Callable[[In], Awaitable[None]]


def admins_only(handle: Handler[In]) -> Handler[In]:
    """The handler behind the gate. It raises NotAllowed for everybody else, looked up afresh each time."""

    @wraps(handle)
    async def run(incoming: In) -> None:
        await incoming.desk.whois.people([incoming.person], SOON)
        await incoming.desk.whois.admins()
        await incoming.read(only_admins, incoming.person)
        try:
            await handle(incoming)
        except InvalidForm as problems:
            at = place_errors(problems.errors, incoming.view)
            await incoming.answer(response_action="errors", errors=at)
        except Superseded as overtaken:
            await _show_what_is_new(incoming, overtaken)
        except Invalid as invalid:
            if not isinstance(incoming, Click) or not screens.in_a_list(incoming):
                raise
            # Slack puts nothing on top of a third modal, so what is wrong is said in it.
            await incoming.redraw(await screens.unchanged(incoming, str(invalid)))

    return run


async def _show_what_is_new(incoming: Incoming, overtaken: Superseded) -> None:
    """Somebody else was faster: say who and what, and show the same screen as it is now."""
    view = await screens.again(incoming, overtaken)
    if not isinstance(incoming, Submission):
        await incoming.redraw(view)
        return
    await screens.refresh_below(incoming, overtaken.entry)
    await incoming.answer(response_action="update", view=dict(view))
