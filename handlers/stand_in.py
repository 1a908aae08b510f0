"""Out of office: setting a stand-in on App Home, and taking it away."""

from datetime import date

from blocks.forms import delegation as delegation_form
from blocks.home import HomeAction
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Submission
from handlers.routes import Routes
from handlers.whois import NOW
from models.errors import Invalid
from models.lifecycle.people import delegations

FIELDS = {
    "person": delegation_form.PERSON,
    "first": delegation_form.FIRST,
    "last": delegation_form.LAST,
}


def register(routes: Routes, desk: Desk) -> None:
    """Listen to the buttons and the form about stand-ins."""
    routes.action(HomeAction.STAND_IN)(listener(desk, Click, ask))
    routes.action(HomeAction.NO_STAND_IN)(listener(desk, Click, remove))
    routes.view(delegation_form.FORM)(listener(desk, Submission, set_stand_in, FIELDS))


async def ask(click: Click) -> None:
    """Set a stand-in was pressed."""
    await click.desk.whois.people([click.person])
    await click.open(delegation_form.build(await click.read(delegations.today, click.person)))


async def set_stand_in(sent: Submission) -> None:
    """Somebody was chosen. App Home shows it by itself."""
    chosen = delegation_form.parse(sent.values)
    first, last = _given(chosen.first, "first"), _given(chosen.last, "last")
    await sent.desk.whois.people([sent.person, chosen.person], NOW)
    await sent.run(delegations.set_delegate, sent.person, chosen.person, first, last)


async def remove(click: Click) -> None:
    """Remove was pressed beside a stand-in."""
    await click.run(delegations.remove_delegate, click.value, click.person)


def _given(day: date | None, field: str) -> date:
    if day is None:
        raise Invalid("Choose a day.", field=field)
    return day
