"""Using less: what was given for another time than one asked for, or what one holds, is made shorter."""

from blocks.cards import CardAction
from blocks.forms import shorten as shorten_form
from blocks.forms.shorten import ShortenTarget
from blocks.forms.term import TermBlock, TermChoice
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Submission
from handlers.routes import Routes
from models.lifecycle.request import change_duration
from models.registry.by_reference import find_grant, find_request
from models.registry.permissions import request_seen_by
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.tables.requests import Term

FIELDS = {"term": TermBlock.CHOICE}


def register(routes: Routes, desk: Desk) -> None:
    """Listen to Use less and its form."""
    routes.action(CardAction.USE_LESS)(listener(desk, Click, ask_how_much))
    routes.action(shorten_form.CHOOSE_TERM)(listener(desk, Click, choose_term))
    routes.view(shorten_form.FORM)(listener(desk, Submission, use_less, FIELDS))


async def ask_how_much(click: Click) -> None:
    """Use less was pressed."""
    await click.check(change_duration.may_shorten, click.value, click.person)
    present = await click.read(_present, click.value)
    await click.open(shorten_form.build(present, click.desk.clock.now()))


async def choose_term(click: Click) -> None:
    """Another way to say how long was chosen: show the fields that belong to it."""
    present = await _looked_at(click)
    await click.redraw(shorten_form.build(present, click.desk.clock.now(), TermChoice.read(click.values)))


async def use_less(sent: Submission) -> None:
    """Shorten it."""
    present = await _looked_at(sent)
    term = shorten_form.parse(sent.values, present, sent.desk.clock.now())
    if not isinstance(term, Term):
        await sent.answer(response_action="errors", errors=term)
        return
    await sent.run(change_duration.shorten, present.ref, sent.person, term)


async def _looked_at(incoming: Click | Submission) -> ShortenTarget:
    ref = incoming.carries.get("ref", "")

    def read(case: Case) -> ShortenTarget:
        request_seen_by(case, ref, incoming.person)
        return _present(case, ref)

    return await incoming.read(read)


def _present(case: Case, ref: str) -> ShortenTarget:
    if ref.startswith("GR-"):
        grant = find_grant(case, ref)
        return shorten_form.from_grant(grant, policy_of(case, grant.policy).policy.durations)
    request = find_request(case, ref)
    return shorten_form.from_request(request, policy_of(case, request.policy).policy.durations)
