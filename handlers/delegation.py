"""Out of office: set or remove a delegate on App Home."""

from datetime import date

from blocks.forms import delegation as delegation_form
from blocks.home import HomeAction
from handlers.deliveries import Click, Submission
from handlers.people.freshness import ALWAYS
from handlers.routes import on_click, on_submit
from models.errors import Invalid
from models.lifecycle.people import delegations

FIELDS = {
    "person": delegation_form.PERSON,
    "first": delegation_form.FIRST,
    "last": delegation_form.LAST,
}


@on_click(HomeAction.STAND_IN)
async def open_delegation_form(click: Click) -> None:
    """Open the form for a delegate."""
    await click.context.people.refresh([click.person])
    await click.open(delegation_form.build(await click.read(delegations.today, click.person)))


@on_submit(delegation_form.FORM, fields=FIELDS)
async def set_delegate(submission: Submission) -> None:
    """Set a delegate; App Home shows it by itself."""
    form = delegation_form.parse(submission.values)
    first, last = _require_day(form.first, "first"), _require_day(form.last, "last")
    await submission.context.people.refresh([submission.person, form.person], ALWAYS)
    await submission.run(delegations.set_delegate, submission.person, form.person, first, last)


@on_click(HomeAction.NO_STAND_IN)
async def remove_delegate(click: Click) -> None:
    """Remove a delegate."""
    await click.run(delegations.remove_delegate, click.value, click.person)


def _require_day(day: date | None, field: str) -> date:
    if day is None:
        raise Invalid("Choose a day.", field=field)
    return day
