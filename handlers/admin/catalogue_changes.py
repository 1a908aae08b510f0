"""Approve or reject a catalogue change that another admin proposed, and withdraw one's own."""

from blocks import kit
from blocks.cards import CardAction
from blocks.forms import catalogue_change as change_form
from blocks.forms.catalogue_change import ChangeForm
from handlers.deliveries import Click, SlackDelivery, Submission
from handlers.people.freshness import ALWAYS
from handlers.routes import on_click, on_submit
from models.lifecycle.catalogue import approve_change as verbs
from models.tables.catalogue import Proposal, ProposalState

FIELDS = {"note": change_form.NOTE}


@on_click(CardAction.APPROVE_CHANGE)
async def open_approve_form(click: Click) -> None:
    """Open the form that approves a change."""
    await click.open(change_form.approve(await _decidable(click)))


@on_click(CardAction.REJECT_CHANGE)
async def open_reject_form(click: Click) -> None:
    """Open the form that rejects a change."""
    await click.open(change_form.reject(await _decidable(click)))


@on_click(CardAction.WITHDRAW_CHANGE)
async def withdraw(click: Click) -> None:
    """Withdraw a change; the button itself has asked for confirmation."""
    await click.run(verbs.withdraw_change, click.value, click.person)


@on_submit(ChangeForm.APPROVE, fields=FIELDS)
async def approve(submission: Submission) -> None:
    """Apply a change, or say why that is not possible any more."""
    await _refresh_admin(submission)
    ref, edition = submission.metadata.get("ref", ""), submission.metadata.get("edition", "")
    note = change_form.parse(submission.values)
    proposal = await submission.run(verbs.approve_change, ref, edition, submission.person, note)
    if proposal.state is ProposalState.OVERTAKEN:
        view = kit.notice("Overtaken", f"Nothing was changed. {proposal.note}")
        await submission.answer(response_action="update", view=dict(view))


@on_submit(ChangeForm.REJECT, fields=FIELDS)
async def reject(submission: Submission) -> None:
    """Reject a change."""
    await _refresh_admin(submission)
    ref, note = submission.metadata.get("ref", ""), change_form.parse(submission.values)
    await submission.run(verbs.reject_change, ref, submission.person, note)


async def _decidable(click: Click) -> Proposal:
    await _refresh_admin(click)
    return await click.read(verbs.may_decide_change, click.value, click.person)


async def _refresh_admin(delivery: SlackDelivery) -> None:
    """Look the person up at every click, since they may have left or be no admin any more."""
    await delivery.context.people.refresh([delivery.person], ALWAYS)
    await delivery.context.people.refresh_admins()
