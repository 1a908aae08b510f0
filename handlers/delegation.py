"""Out of office: setting a stand-in on App Home, and taking it away."""

from datetime import date

from blocks.forms import delegation as delegation_form
from blocks.home import HomeAction
from handlers.deliveries import Click, Submission
from handlers.people.lookup import NOW
from handlers.routes import on_click, on_submit
from models.errors import Invalid
from models.lifecycle.people import delegations

FIELDS = {
    "person": delegation_form.PERSON,
    "first": delegation_form.FIRST,
    "last": delegation_form.LAST,
}


@on_click(HomeAction.STAND_IN)
async def ask(click: Click) -> None:
    """Set a stand-in was pressed."""
    await click.desk.whois.people([click.person])
    await click.open(delegation_form.build(await click.read(delegations.today, click.person)))


@on_submit(delegation_form.FORM, fields=FIELDS)
async def set_stand_in(sent: Submission) -> None:
    """Somebody was chosen. App Home shows it by itself."""
    chosen = delegation_form.parse(sent.values)
    first, last = _given(chosen.first, "first"), _given(chosen.last, "last")
    await sent.desk.whois.people([sent.person, chosen.person], NOW)
    await sent.run(delegations.set_stand_in, sent.person, chosen.person, first, last)


@on_click(HomeAction.NO_STAND_IN)
async def remove(click: Click) -> None:
    """Remove was pressed beside a stand-in."""
    await click.run(delegations.remove, click.value, click.person)


def _given(day: date | None, field: str) -> date:
    if day is None:
        raise Invalid("Choose a day.", field=field)
    return day
