"""Using less: what was given for another time than one asked for, or what one holds, is made shorter."""

from blocks.cards import CardAction
from blocks.forms import shorten as shorten_form
from blocks.forms.shorten import ShortenTarget
from blocks.forms.term import TermBlock, TermChoice
from handlers.incoming import Click, Submission
from handlers.routes import on_click, on_submit
from models.lifecycle.request import change_duration
from models.registry.by_reference import grant_behind, request_behind
from models.registry.permissions import request_seen_by
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.tables.requests import Term

FIELDS = {"term": TermBlock.CHOICE}


@on_click(CardAction.USE_LESS)
async def ask_how_much(click: Click) -> None:
    """Use less was pressed."""
    await click.check(change_duration.may_use_less, click.value, click.person)
    present = await click.read(_present, click.value)
    await click.open(shorten_form.build(present, click.desk.clock.now()))


@on_click(shorten_form.CHOOSE_TERM)
async def choose_term(click: Click) -> None:
    """Another way to say how long was chosen: show the fields that belong to it."""
    present = await _looked_at(click)
    await click.redraw(shorten_form.build(present, click.desk.clock.now(), TermChoice.read(click.values)))


@on_submit(shorten_form.FORM, fields=FIELDS)
async def use_less(sent: Submission) -> None:
    """Shorten it."""
    present = await _looked_at(sent)
    term = shorten_form.parse(sent.values, present, sent.desk.clock.now())
    if not isinstance(term, Term):
        await sent.answer(response_action="errors", errors=term)
        return
    await sent.run(change_duration.use_less, present.ref, sent.person, term)


async def _looked_at(incoming: Click | Submission) -> ShortenTarget:
    ref = incoming.carries.get("ref", "")

    def read(case: Case) -> ShortenTarget:
        request_seen_by(case, ref, incoming.person)
        return _present(case, ref)

    return await incoming.read(read)


def _present(case: Case, ref: str) -> ShortenTarget:
    if ref.startswith("GR-"):
        grant = grant_behind(case, ref)
        return shorten_form.from_grant(grant, policy_of(case, grant.policy).policy.durations)
    request = request_behind(case, ref)
    return shorten_form.from_request(request, policy_of(case, request.policy).policy.durations)
