"""Deciding on a change of the catalogue that another admin proposed, and taking back one's own."""

from blocks import kit
from blocks.cards import CardAction
from blocks.forms import catalogue_change as change_form
from blocks.forms.catalogue_change import ChangeForm
from handlers.deliveries import Click, Incoming, Submission
from handlers.people.lookup import NOW
from handlers.routes import on_click, on_submit
from models.lifecycle.catalogue import approve_change as verbs
from models.tables.catalogue import Proposal, ProposalState

FIELDS = {"note": change_form.NOTE}


@on_click(CardAction.APPROVE_CHANGE)
async def ask_to_approve(click: Click) -> None:
    """Approve change was pressed."""
    await click.open(change_form.approve(await _decidable(click)))


@on_click(CardAction.REJECT_CHANGE)
async def ask_to_reject(click: Click) -> None:
    """Reject change was pressed."""
    await click.open(change_form.reject(await _decidable(click)))


@on_click(CardAction.WITHDRAW_CHANGE)
async def withdraw(click: Click) -> None:
    """Withdraw change was pressed; Slack has asked "are you sure" already."""
    await click.run(verbs.withdraw, click.value, click.person)


@on_submit(ChangeForm.APPROVE, fields=FIELDS)
async def approve(sent: Submission) -> None:
    """Apply it; where that cannot be any more, say why."""
    await _fresh(sent)
    ref, edition = sent.carries.get("ref", ""), sent.carries.get("edition", "")
    done = await sent.run(verbs.approve, ref, edition, sent.person, change_form.parse(sent.values))
    if done.state is ProposalState.OVERTAKEN:
        view = kit.notice("Overtaken", f"Nothing was changed. {done.note}")
        await sent.answer(response_action="update", view=dict(view))


@on_submit(ChangeForm.REJECT, fields=FIELDS)
async def reject(sent: Submission) -> None:
    """Say no."""
    await _fresh(sent)
    await sent.run(verbs.reject, sent.carries.get("ref", ""), sent.person, change_form.parse(sent.values))


async def _decidable(click: Click) -> Proposal:
    await _fresh(click)
    return await click.read(verbs.decidable, click.value, click.person)


async def _fresh(incoming: Incoming) -> None:
    """Whether they are still somebody who may decide is Slack's to say, at every click."""
    await incoming.desk.whois.people([incoming.person], NOW)
    await incoming.desk.whois.admins()
