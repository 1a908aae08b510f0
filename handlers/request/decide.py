"""Deciding on a request: Approve, Reject and Modify duration, from the button to the decision."""

from blocks.cards import CardAction
from blocks.forms import decision as decision_form
from blocks.forms import reassign as reassign_form
from blocks.forms.decision import DecisionForm, DurationDecision
from blocks.forms.term import TermBlock, TermChoice
from handlers.deliveries import Click, Submission
from handlers.people import refresh
from handlers.routes import on_click, on_submit
from models.lifecycle import separation_of_duties
from models.lifecycle.request import cancel as cancel_verbs
from models.lifecycle.request import decide
from models.lifecycle.request import reassign as reassign_verbs
from models.lifecycle.request import remind as remind_verbs
from models.queries.stories import RequestStory, request_story
from models.registry.by_reference import request_behind
from models.registry.directory import names_of
from models.registry.permissions import request_seen_by

DECISION_FIELDS = {"comment": decision_form.COMMENT, "term": TermBlock.CHOICE}


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


@on_submit(DecisionForm.APPROVE, fields=DECISION_FIELDS)
async def approve(sent: Submission) -> None:
    """Approve, as asked for."""
    ref, by, comment = await _deciding(sent)
    await sent.run(decide.approve, ref, by, comment=comment)


@on_submit(DecisionForm.REJECT, fields=DECISION_FIELDS)
async def reject(sent: Submission) -> None:
    """Reject."""
    ref, by, comment = await _deciding(sent)
    await sent.run(decide.reject, ref, by, comment=comment)


@on_submit(DecisionForm.MODIFY, fields=DECISION_FIELDS)
async def modify(sent: Submission) -> None:
    """Approve with another duration."""
    ref, by, comment = await _deciding(sent)
    modified = decision_form.parse_duration(sent.values, await _story(sent, ref), sent.desk.clock.now())
    if not isinstance(modified, DurationDecision):
        await sent.answer(response_action="errors", errors=modified)
        return
    await sent.run(decide.approve, ref, by, comment=comment, term=modified.term)


async def _decidable(click: Click) -> RequestStory:
    await refresh.for_form(click.desk.whois, click.value, click.person)
    request = await click.desk.store.run(decide.may_decide, click.value, click.person)
    return await _story(click, request.ref)


async def _approvable(click: Click) -> RequestStory:
    """The request, unless something that conflicts with it has come up since; its cards say that then."""
    story = await _decidable(click)
    await click.read(separation_of_duties.refuse, story.request, story.conflicts)
    return story


async def _deciding(sent: Submission) -> tuple[str, str, str]:
    ref = sent.carries.get("ref", "")
    await refresh.for_decision(sent.desk.whois, ref, sent.person)
    return ref, sent.person, decision_form.parse_comment(sent.values)


async def _story(incoming: Click | Submission, ref: str) -> RequestStory:
    return await incoming.read(lambda case: request_story(case, request_behind(case, ref).ref))


REASSIGN_FIELDS = {
    "person": reassign_form.PERSON,
    "seat": reassign_form.SEAT,
    "note": reassign_form.NOTE,
}


@on_click(CardAction.REASSIGN)
async def ask_to_reassign(click: Click) -> None:
    """Reassign was pressed."""
    await refresh.for_form(click.desk.whois, click.value, click.person)
    passable = await click.check(reassign_verbs.passable, click.value, click.person)
    names = await click.read(names_of, set(passable.seats))
    await click.open(reassign_form.build(passable, names))


@on_submit(reassign_form.FORM, fields=REASSIGN_FIELDS)
async def reassign(sent: Submission) -> None:
    """Somebody was chosen."""
    ref, chosen = sent.carries.get("ref", ""), reassign_form.parse(sent.values, sent.carries)
    await refresh.for_decision(sent.desk.whois, ref, sent.person, chosen.to)
    await sent.run(reassign_verbs.reassign, ref, sent.person, chosen.to, seat=chosen.seat, note=chosen.note)


@on_click(CardAction.REMIND)
async def remind(click: Click) -> None:
    """Remind was pressed. That it was done stands on the card."""
    await click.run(remind_verbs.remind, click.value, click.person)


@on_click(CardAction.WITHDRAW)
async def withdraw(click: Click) -> None:
    """Withdraw was pressed; Slack has asked "are you sure" already."""
    await click.run(cancel_verbs.withdraw, click.value, click.person)
