"""Every button of the cards, with its label and its question. `ref` is what it is about (AR-12, GR-7)."""

from blocks import kit
from blocks.cards.ids import CardAction
from blocks.kit import Element
from models.tables.catalogue_changes import Proposal
from models.tables.grants import Grant


def approve(ref: str) -> Element:
    """Opens "are you sure", with room for a comment."""
    return kit.button("Approve", CardAction.APPROVE, ref, style="primary")


def reject(ref: str) -> Element:
    """Opens the form for the reason."""
    return kit.button("Reject", CardAction.REJECT, ref, style="danger")


def comment(ref: str) -> Element:
    """Opens a form; changes no state."""
    return kit.button("Comment", CardAction.COMMENT, ref)


def modify(ref: str) -> Element:
    """Opens the form that approves with another duration."""
    return kit.button("Modify duration", CardAction.MODIFY, ref)


def reassign(ref: str) -> Element:
    """Opens the form that passes the decision on to somebody else."""
    return kit.button("Reassign", CardAction.REASSIGN, ref)


def details(ref: str) -> Element:
    """Opens the whole story."""
    return kit.button("Details", CardAction.DETAILS, ref)


def withdraw(ref: str) -> Element:
    """Takes a request back, after Slack's own "are you sure"."""
    sure = kit.confirm("Withdraw this request?", f"Nobody will decide on {ref} then.", "Withdraw", "Keep it")
    return kit.button("Withdraw", CardAction.WITHDRAW, ref, confirm=sure)


def again(ref: str) -> Element:
    """Opens the form to ask for the same again."""
    return kit.button("Request again", CardAction.AGAIN, ref)


def use_less(ref: str) -> Element:
    """Opens the form that makes it shorter."""
    return kit.button("Use less", CardAction.USE_LESS, ref)


def remind(ref: str) -> Element:
    """Reminds those who are waited for, if it was not done a moment ago."""
    return kit.button("Remind", CardAction.REMIND, ref)


def extend(grant: Grant) -> Element:
    """Opens the form that asks for more time."""
    return kit.button("Extend", CardAction.EXTEND, grant.ref)


def im_done(grant: Grant) -> Element:
    """Gives back, from an expiry notice."""
    return kit.button("I'm done", CardAction.IM_DONE, grant.ref, confirm=_give_back_now(grant))


def give_back(grant: Grant) -> Element:
    """Gives back, from wherever an active grant is shown."""
    return kit.button("Give back", CardAction.GIVE_BACK, grant.ref, confirm=_give_back_now(grant))


def retry(ref: str) -> Element:
    """Tries again what failed."""
    return kit.button("Retry", CardAction.RETRY, ref, style="primary")


def cancel(grant: Grant) -> Element:
    """Gives up on giving an access."""
    text = f"{grant.access_name} of {grant.app_name} will not be given. What is there already is taken back."
    sure = kit.confirm("Cancel this access?", text, "Cancel the access", "Keep trying", danger=True)
    return kit.button("Cancel", CardAction.CANCEL, grant.ref, style="danger", confirm=sure)


def task_done(ref: str) -> Element:
    """Says that the work by hand is done."""
    return kit.button("Mark done", CardAction.TASK_DONE, ref, style="primary")


def task_cannot(ref: str) -> Element:
    """Opens the form that asks why not."""
    return kit.button("I can't", CardAction.TASK_CANNOT, ref)


def approve_change(proposal: Proposal) -> Element:
    """Opens the whole difference, with room for a comment."""
    return kit.button("Approve change", CardAction.APPROVE_CHANGE, proposal.ref, style="primary")


def reject_change(proposal: Proposal) -> Element:
    """Opens the form for the reason."""
    return kit.button("Reject change", CardAction.REJECT_CHANGE, proposal.ref, style="danger")


def withdraw_change(proposal: Proposal) -> Element:
    """Takes one's own change back, after Slack's own "are you sure"."""
    sure = kit.confirm("Withdraw this change?", f"{proposal.title} stays as it is.", "Withdraw", "Keep it")
    return kit.button("Withdraw change", CardAction.WITHDRAW_CHANGE, proposal.ref, confirm=sure)


def revoke(grant: Grant) -> Element:
    """Takes somebody's access away, after Slack's own "are you sure"."""
    text = f"{grant.access_name} of {grant.app_name} is taken away now, before its time is up."
    sure = kit.confirm("Take it away?", text, "Revoke", "Leave it", danger=True)
    return kit.button("Revoke", CardAction.REVOKE, grant.ref, confirm=sure)


def justified(ref: str) -> Element:
    """Opens the form that closes a review (RV-1) as justified."""
    return kit.button("Justified", CardAction.JUSTIFIED, ref, style="primary")


def misused(ref: str) -> Element:
    """Opens the form that closes a review as misused."""
    return kit.button("Misused", CardAction.MISUSED, ref, style="danger")


def wait(ref: str) -> Element:
    """Leaves a pause (PS-1) as it is; the others see who looks after it."""
    return kit.button("Wait", CardAction.WAIT, ref, style="primary")


def revoke_paused(ref: str, count: int) -> Element:
    """Ends a pause: what waits is taken away, after Slack's own "are you sure"."""
    which = "1 access is" if count == 1 else f"{count} accesses are"
    sure = kit.confirm("Take them away?", f"{which} taken away now.", "Revoke them now", "Wait", danger=True)
    return kit.button("Revoke them now", CardAction.REVOKE_PAUSED, ref, style="danger", confirm=sure)


def _give_back_now(grant: Grant) -> Element:
    text = f"You lose {grant.access_name} of {grant.app_name} now, before its time is up."
    return kit.confirm("Give it back?", text, "Give back", "Keep it")
