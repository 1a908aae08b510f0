"""Deciding on a change of the catalogue that another admin proposed, and taking back one's own."""

from blocks import kit
from blocks.cards import CardAction
from blocks.forms import catalogue_change as change_form
from blocks.forms.catalogue_change import ChangeForm
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Incoming, Submission
from handlers.routes import Routes
from handlers.whois import NOW
from models.lifecycle.catalogue import approve_change as verbs
from models.tables.catalogue import Proposal, ProposalState

FIELDS = {"note": change_form.NOTE}


def register(routes: Routes, desk: Desk) -> None:
    """Listen to the buttons and forms about changes."""
    routes.action(CardAction.APPROVE_CHANGE)(listener(desk, Click, ask_to_approve))
    routes.action(CardAction.REJECT_CHANGE)(listener(desk, Click, ask_to_reject))
    routes.action(CardAction.WITHDRAW_CHANGE)(listener(desk, Click, withdraw))
    routes.view(ChangeForm.APPROVE)(listener(desk, Submission, approve, FIELDS))
    routes.view(ChangeForm.REJECT)(listener(desk, Submission, reject, FIELDS))


async def ask_to_approve(click: Click) -> None:
    """Approve change was pressed."""
    await click.open(change_form.approve(await _decidable(click)))


async def ask_to_reject(click: Click) -> None:
    """Reject change was pressed."""
    await click.open(change_form.reject(await _decidable(click)))


async def withdraw(click: Click) -> None:
    """Withdraw change was pressed; Slack has asked "are you sure" already."""
    await click.run(verbs.withdraw_change, click.value, click.person)


async def approve(sent: Submission) -> None:
    """Apply it; where that cannot be any more, say why."""
    await _fresh(sent)
    ref, edition = sent.carries.get("ref", ""), sent.carries.get("edition", "")
    done = await sent.run(verbs.approve_change, ref, edition, sent.person, change_form.parse(sent.values))
    if done.state is ProposalState.OVERTAKEN:
        view = kit.notice("Overtaken", f"Nothing was changed. {done.note}")
        await sent.answer(response_action="update", view=dict(view))


async def reject(sent: Submission) -> None:
    """Say no."""
    await _fresh(sent)
    await sent.run(
        verbs.reject_change, sent.carries.get("ref", ""), sent.person, change_form.parse(sent.values)
    )


async def _decidable(click: Click) -> Proposal:
    await _fresh(click)
    return await click.read(verbs.may_decide_change, click.value, click.person)


async def _fresh(incoming: Incoming) -> None:
    """Whether they are still somebody who may decide is Slack's to say, at every click."""
    await incoming.desk.whois.people([incoming.person], NOW)
    await incoming.desk.whois.admins()
