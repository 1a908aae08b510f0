"""Deciding on a request: Approve, Reject and Modify duration, from the button to the decision."""

from blocks.cards import CardAction
from blocks.forms import decision as decision_form
from blocks.forms.decision import DecisionForm, DurationDecision
from blocks.forms.term import TermBlock, TermChoice
from handlers import fresh
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Submission
from handlers.routes import Routes
from models.lifecycle import separation_of_duties
from models.lifecycle.request import decide
from models.queries.stories import RequestStory, request_story
from models.registry.by_reference import find_request
from models.registry.permissions import request_seen_by

FIELDS = {"comment": decision_form.COMMENT, "term": TermBlock.CHOICE}


def register(routes: Routes, desk: Desk) -> None:
    """Listen to the buttons and forms by which people decide."""
    routes.action(CardAction.APPROVE)(listener(desk, Click, ask_to_approve))
    routes.action(CardAction.REJECT)(listener(desk, Click, ask_to_reject))
    routes.action(CardAction.MODIFY)(listener(desk, Click, ask_how_long))
    routes.action(decision_form.CHOOSE_TERM)(listener(desk, Click, choose_term))
    routes.view(DecisionForm.APPROVE)(listener(desk, Submission, approve, FIELDS))
    routes.view(DecisionForm.REJECT)(listener(desk, Submission, reject, FIELDS))
    routes.view(DecisionForm.MODIFY)(listener(desk, Submission, modify, FIELDS))


async def ask_to_approve(click: Click) -> None:
    """Approve was pressed."""
    await click.open(decision_form.approve(await _approvable(click)))


async def ask_to_reject(click: Click) -> None:
    """Reject was pressed."""
    await click.open(decision_form.reject(await _decidable(click)))


async def ask_how_long(click: Click) -> None:
    """Modify duration was pressed."""
    await click.open(decision_form.modify(await _approvable(click)))


async def choose_term(click: Click) -> None:
    """Another way to say how long was chosen: show the fields that belong to it."""
    ref = click.carries.get("ref", "")
    await click.read(request_seen_by, ref, click.person)
    story = await _story(click, ref)
    await click.redraw(decision_form.modify(story, TermChoice.read(click.values)))


async def approve(sent: Submission) -> None:
    """Approve, as asked for."""
    ref, by, comment = await _deciding(sent)
    await sent.run(decide.approve, ref, by, comment=comment)


async def reject(sent: Submission) -> None:
    """Reject."""
    ref, by, comment = await _deciding(sent)
    await sent.run(decide.reject, ref, by, comment=comment)


async def modify(sent: Submission) -> None:
    """Approve with another duration."""
    ref, by, comment = await _deciding(sent)
    modified = decision_form.parse_duration(sent.values, await _story(sent, ref), sent.desk.clock.now())
    if not isinstance(modified, DurationDecision):
        await sent.answer(response_action="errors", errors=modified)
        return
    await sent.run(decide.approve, ref, by, comment=comment, term=modified.term)


async def _decidable(click: Click) -> RequestStory:
    await fresh.for_form(click.desk, click.value, click.person)
    request = await click.desk.store.run(decide.may_decide, click.value, click.person)
    return await _story(click, request.ref)


async def _approvable(click: Click) -> RequestStory:
    """The request, unless something that conflicts with it has come up since; its cards say that then."""
    story = await _decidable(click)
    await click.read(separation_of_duties.refuse_conflict, story.request, story.conflicts)
    return story


async def _deciding(sent: Submission) -> tuple[str, str, str]:
    ref = sent.carries.get("ref", "")
    await fresh.for_decision(sent.desk, ref, sent.person)
    return ref, sent.person, decision_form.parse_comment(sent.values)


async def _story(incoming: Click | Submission, ref: str) -> RequestStory:
    return await incoming.read(lambda case: request_story(case, find_request(case, ref).ref))
