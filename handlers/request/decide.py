"""The buttons of a pending request: approve, reject, modify the duration, reassign, remind, withdraw."""

from blocks.cards import CardAction
from blocks.forms import decision as decision_form
from blocks.forms import reassign as reassign_form
from blocks.forms.decision import DecisionForm, DurationDecision
from blocks.forms.term import TermBlock, TermChoice
from handlers.deliveries import Click, Submission
from handlers.people import refresh
from handlers.routes import on_click, on_submit
from models.lifecycle import check_conflicts
from models.lifecycle.request import cancel, decide
from models.lifecycle.request import reassign as reassign_verbs
from models.lifecycle.request import remind as remind_verbs
from models.queries.stories import RequestStory, request_story
from models.registry.by_reference import find_request
from models.registry.directory import names_of
from models.registry.permissions import request_seen_by

DECISION_FIELDS = {"comment": decision_form.COMMENT, "term": TermBlock.CHOICE}
REASSIGN_FIELDS = {"person": reassign_form.PERSON, "seat": reassign_form.SEAT, "note": reassign_form.NOTE}


@on_click(CardAction.APPROVE)
async def open_approve_form(click: Click) -> None:
    """Open the form that approves a request."""
    await click.open(decision_form.approve(await _approvable(click)))


@on_click(CardAction.REJECT)
async def open_reject_form(click: Click) -> None:
    """Open the form that rejects a request."""
    await click.open(decision_form.reject(await _decidable(click)))


@on_click(CardAction.MODIFY)
async def open_modify_form(click: Click) -> None:
    """Open the form that approves a request for another duration."""
    await click.open(decision_form.modify(await _approvable(click)))


@on_click(decision_form.CHOOSE_TERM)
async def choose_term(click: Click) -> None:
    """Redraw the form with the fields of the chosen kind of duration."""
    ref = click.metadata.get("ref", "")
    await click.read(request_seen_by, ref, click.person)
    story = await _story(click, ref)
    await click.redraw(decision_form.modify(story, TermChoice.read(click.values)))


@on_submit(DecisionForm.APPROVE, fields=DECISION_FIELDS)
async def approve(submission: Submission) -> None:
    """Approve a request as it is."""
    ref, actor, comment = await _decision(submission)
    await submission.run(decide.approve, ref, actor, comment=comment)


@on_submit(DecisionForm.REJECT, fields=DECISION_FIELDS)
async def reject(submission: Submission) -> None:
    """Reject a request."""
    ref, actor, comment = await _decision(submission)
    await submission.run(decide.reject, ref, actor, comment=comment)


@on_submit(DecisionForm.MODIFY, fields=DECISION_FIELDS)
async def modify(submission: Submission) -> None:
    """Approve a request for another duration."""
    ref, actor, comment = await _decision(submission)
    story = await _story(submission, ref)
    decision = decision_form.parse_duration(submission.values, story, submission.context.clock.now())
    if not isinstance(decision, DurationDecision):
        await submission.answer(response_action="errors", errors=decision)
        return
    await submission.run(decide.approve, ref, actor, comment=comment, term=decision.term)


@on_click(CardAction.REASSIGN)
async def open_reassign_form(click: Click) -> None:
    """Open the form that reassigns a decision to somebody else."""
    await refresh.before_form(click.context.people, click.value, click.person)
    passable = await click.check(reassign_verbs.may_reassign, click.value, click.person)
    names = await click.read(names_of, set(passable.seats))
    await click.open(reassign_form.build(passable, names))


@on_submit(reassign_form.FORM, fields=REASSIGN_FIELDS)
async def reassign(submission: Submission) -> None:
    """Reassign a decision."""
    ref, actor = submission.metadata.get("ref", ""), submission.person
    form = reassign_form.parse(submission.values, submission.metadata)
    await refresh.before_decision(submission.context.people, ref, actor, form.to)
    await submission.run(reassign_verbs.reassign, ref, actor, form.to, seat=form.seat, note=form.note)


@on_click(CardAction.REMIND)
async def remind(click: Click) -> None:
    """Remind the approvers; the card shows that it was done."""
    await click.run(remind_verbs.remind, click.value, click.person)


@on_click(CardAction.WITHDRAW)
async def withdraw(click: Click) -> None:
    """Withdraw a request; the button itself has asked for confirmation."""
    await click.run(cancel.withdraw, click.value, click.person)


async def _decidable(click: Click) -> RequestStory:
    """Load the request if this person may decide on it now."""
    await refresh.before_form(click.context.people, click.value, click.person)
    request = await click.context.store.run(decide.may_decide, click.value, click.person)
    return await _story(click, request.ref)


async def _approvable(click: Click) -> RequestStory:
    """Load it unless it conflicts with what the beneficiary has got since, which its cards show then."""
    story = await _decidable(click)
    await click.read(check_conflicts.refuse_conflict, story.request, story.conflicts)
    return story


async def _decision(submission: Submission) -> tuple[str, str, str]:
    """Return reference, decider and comment of a decision form, with the people looked up."""
    ref = submission.metadata.get("ref", "")
    await refresh.before_decision(submission.context.people, ref, submission.person)
    return ref, submission.person, decision_form.parse_comment(submission.values)


async def _story(delivery: Click | Submission, ref: str) -> RequestStory:
    return await delivery.read(lambda case: request_story(case, find_request(case, ref).ref))
