"""Using less: what was given for another time than one asked for, or what one holds, is made shorter."""

from sqlalchemy.orm import Session

from blocks import less_form
from blocks.cards import CardAction
from blocks.term_form import TermBlock, TermChoice
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Submission
from handlers.routes import Routes
from models.lifecycle.request import shorten
from models.queries.behind import grant_behind, looked_at
from models.tables.grants import Grant
from models.tables.requests import Request, Term

FIELDS = {"term": TermBlock.CHOICE}


def register(routes: Routes, desk: Desk) -> None:
    """Listen to Use less and its form."""
    routes.action(CardAction.USE_LESS)(listener(desk, Click, ask_how_much))
    routes.action(less_form.CHOOSE_TERM)(listener(desk, Click, choose_term))
    routes.view(less_form.FORM)(listener(desk, Submission, use_less, FIELDS))


async def ask_how_much(click: Click) -> None:
    """Use less was pressed."""
    row = await click.desk.store.write(lambda tx: shorten.may_use_less(tx, click.value, click.person))
    await click.open(less_form.build(row, click.desk.clock.now()))


async def choose_term(click: Click) -> None:
    """Another way to say how long was chosen: show the fields that belong to it."""
    row = await _behind(click)
    await click.redraw(less_form.build(row, click.desk.clock.now(), TermChoice.read(click.values)))


async def use_less(sent: Submission) -> None:
    """Shorten it."""
    row = await _behind(sent)
    term = less_form.parse(sent.values, row, sent.desk.clock.now())
    if not isinstance(term, Term):
        await sent.answer(response_action="errors", errors=term)
        return
    await sent.once(lambda tx: shorten.use_less(tx, row.ref, sent.person, term))


async def _behind(incoming: Click | Submission) -> Request | Grant:
    ref = incoming.carries.get("ref", "")

    def read(session: Session) -> Request | Grant:
        request = looked_at(session, ref, incoming.person)
        return grant_behind(session, ref) if ref.startswith("GR-") else request

    return await incoming.desk.store.read(read)
