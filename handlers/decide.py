"""Deciding on a request: Approve, Reject and Modify duration, from the button to the decision."""

from blocks.cards import CardAction
from blocks.forms import decision as decision_form
from blocks.forms.decision import DecisionForm, DurationDecision
from blocks.forms.term import TermBlock, TermChoice
from handlers import fresh
from handlers.incoming import Click, Submission
from handlers.routes import on_click, on_submit
from models.lifecycle import separation_of_duties
from models.lifecycle.request import decide
from models.queries.stories import RequestStory, request_story
from models.registry.by_reference import request_behind
from models.registry.permissions import request_seen_by

FIELDS = {"comment": decision_form.COMMENT, "term": TermBlock.CHOICE}


@on_click(CardAction.APPROVE)
async def ask_to_approve(click: Click) -> None:
    """Approve was pressed."""
    await click.open(decision_form.approve(await _approvable(click)))


@on_click(CardAction.REJECT)
async def ask_to_reject(click: Click) -> None:
    """Reject was pressed."""
    await click.open(decision_form.reject(await _decidable(click)))


@on_click(CardAction.MODIFY)
async def ask_how_long(click: Click) -> None:
    """Modify duration was pressed."""
    await click.open(decision_form.modify(await _approvable(click)))


@on_click(decision_form.CHOOSE_TERM)
async def choose_term(click: Click) -> None:
    """Another way to say how long was chosen: show the fields that belong to it."""
    ref = click.carries.get("ref", "")
    await click.read(request_seen_by, ref, click.person)
    story = await _story(click, ref)
    await click.redraw(decision_form.modify(story, TermChoice.read(click.values)))


@on_submit(DecisionForm.APPROVE, fields=FIELDS)
async def approve(sent: Submission) -> None:
    """Approve, as asked for."""
    ref, by, comment = await _deciding(sent)
    await sent.run(decide.approve, ref, by, comment=comment)


@on_submit(DecisionForm.REJECT, fields=FIELDS)
async def reject(sent: Submission) -> None:
    """Reject."""
    ref, by, comment = await _deciding(sent)
    await sent.run(decide.reject, ref, by, comment=comment)


@on_submit(DecisionForm.MODIFY, fields=FIELDS)
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
    await click.read(separation_of_duties.refuse, story.request, story.conflicts)
    return story


async def _deciding(sent: Submission) -> tuple[str, str, str]:
    ref = sent.carries.get("ref", "")
    await fresh.for_decision(sent.desk, ref, sent.person)
    return ref, sent.person, decision_form.parse_comment(sent.values)


async def _story(incoming: Click | Submission, ref: str) -> RequestStory:
    return await incoming.read(lambda case: request_story(case, request_behind(case, ref).ref))
