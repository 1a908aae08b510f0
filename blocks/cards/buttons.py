"""Every button of the cards, with its label and confirmation.

A button's value is the reference of what it acts on (AR-12, GR-7). App Home's buttons that do the same have
the same ids, and cards posted long ago still send them: an id never changes.
"""

from enum import StrEnum

from blocks import kit
from blocks.kit import Element
from blocks.kit.text import cut
from models.catalogue.spec import AppSpec
from models.tables.catalogue import Proposal
from models.tables.grants import Grant
from models.tables.states import Usage


class CardAction(StrEnum):
    """Action ids of the buttons. A button's value is the reference of what it acts on."""

    APPROVE = "card.approve"
    REJECT = "card.reject"
    COMMENT = "card.comment"
    MODIFY = "card.modify"
    REASSIGN = "card.reassign"
    DETAILS = "card.details"  # of a request (AR-1), a grant (GR-1) or a task (TK-1)
    WITHDRAW = "card.withdraw"
    AGAIN = "card.again"  # opens the form, filled in as it was in a request (AR-1)
    USE_LESS = "card.use_less"  # of a request (AR-1) or a grant (GR-1)
    REMIND = "card.remind"
    EXTEND = "card.extend"
    IM_DONE = "card.im_done"
    GIVE_BACK = "card.give_back"
    RETRY = "card.retry"
    CANCEL = "card.cancel"
    TASK_DONE = "card.task_done"
    TASK_CANNOT = "card.task_cannot"
    APPROVE_CHANGE = "card.approve_change"  # of the catalogue (CH-1), as the two below
    REJECT_CHANGE = "card.reject_change"
    WITHDRAW_CHANGE = "card.withdraw_change"
    REVOKE = "card.revoke"
    JUSTIFIED = "card.justified"  # of a review (RV-1)
    MISUSED = "card.misused"
    WAIT = "card.wait"  # a pause (PS-1), as the one below
    REVOKE_PAUSED = "card.revoke_paused"
    USAGE_YES = "card.usage_yes"  # the answers at the end of a grant (GR-1)
    USAGE_LESS = "card.usage_less"
    USAGE_NO = "card.usage_no"
    OPEN = "card.open"  # a link to an app; Slack opens it


USAGE_ACTIONS = {
    CardAction.USAGE_YES: Usage.YES,
    CardAction.USAGE_LESS: Usage.LESS,
    CardAction.USAGE_NO: Usage.NO,
}
"""The answer that each button gives."""
_USAGE_LABELS = {Usage.YES: "Yes", Usage.LESS: "Less would do", Usage.NO: "Didn't need it"}
_APP_NAME = 60
"""Characters of an app's name on a button, which has 75."""


def approve(ref: str, *, green: bool = True) -> Element:
    """Opens the confirmation of an approval, with a comment. Not `green` where it wants a second look."""
    return kit.button("Approve", CardAction.APPROVE, ref, style="primary" if green else None)


def reject(ref: str) -> Element:
    """Opens the confirmation of a rejection, with its reason."""
    return kit.button("Reject", CardAction.REJECT, ref, style="danger")


def comment(ref: str) -> Element:
    """Opens the form for a comment on the request of this reference, grant (GR-1) or task (TK-1)."""
    return kit.button("Comment", CardAction.COMMENT, ref)


def modify(ref: str) -> Element:
    """Opens the form that approves another duration."""
    return kit.button("Modify duration", CardAction.MODIFY, ref)


def reassign(ref: str) -> Element:
    """Opens the form that reassigns the decision."""
    return kit.button("Reassign", CardAction.REASSIGN, ref)


def more(ref: str) -> Element:
    """The menu behind ⋯ of a request's card, for what is done rarely.

    Its action is that of the button that it replaces: Slack sends the chosen entry's value with it.
    """
    return kit.overflow(CardAction.REASSIGN, [kit.option("Reassign", ref)])


def details(ref: str) -> Element:
    """Opens the details: of a request (AR-1), a grant (GR-1) or a task (TK-1)."""
    return kit.button("Details", CardAction.DETAILS, ref)


def withdraw(ref: str) -> Element:
    """Withdraws a request, after a confirmation."""
    sure = kit.confirm(
        "Withdraw this request?", f"{ref} is closed without a decision.", "Withdraw", "Keep it"
    )
    return kit.button("Withdraw", CardAction.WITHDRAW, ref, confirm=sure)


def request_again(ref: str) -> Element:
    """Opens the request form, filled in as in this request."""
    return kit.button("Request again", CardAction.AGAIN, ref)


def shorten(ref: str) -> Element:
    """Opens the form that shortens a request (AR-1) or an access (GR-1)."""
    return kit.button("Use less", CardAction.USE_LESS, ref)


def remind(ref: str) -> Element:
    """Reminds the approvers, unless they were reminded a moment ago."""
    return kit.button("Remind", CardAction.REMIND, ref)


def extend(grant: Grant) -> Element:
    """Opens the form that requests an extension."""
    return kit.button("Extend", CardAction.EXTEND, grant.ref)


def done_early(grant: Grant) -> Element:
    """Ends an access early from its expiry notice, after a confirmation."""
    return kit.button("I'm done", CardAction.IM_DONE, grant.ref, confirm=_confirm_give_back(grant))


def give_back(grant: Grant) -> Element:
    """Ends an access early, after a confirmation."""
    return kit.button("Give back", CardAction.GIVE_BACK, grant.ref, confirm=_confirm_give_back(grant))


def retry(ref: str) -> Element:
    """Retries a failed grant."""
    return kit.button("Retry", CardAction.RETRY, ref, style="primary")


def cancel(grant: Grant) -> Element:
    """Cancels a grant that could not be provisioned, after a confirmation."""
    text = f"{_title(grant)} won't be set up. Whatever is there already is removed."
    sure = kit.confirm("Cancel this access?", text, "Cancel the access", "Keep trying", danger=True)
    return kit.button("Cancel", CardAction.CANCEL, grant.ref, style="danger", confirm=sure)


def task_done(ref: str) -> Element:
    """Opens the form that closes a manual task as done, with a comment."""
    return kit.button("Mark done", CardAction.TASK_DONE, ref, style="primary")


def refuse_task(ref: str) -> Element:
    """Opens the form for why a manual task cannot be done."""
    return kit.button("I can't", CardAction.TASK_CANNOT, ref, style="danger")


def approve_change(proposal: Proposal) -> Element:
    """Opens the whole difference of a catalogue change, with a comment."""
    return kit.button("Approve change", CardAction.APPROVE_CHANGE, proposal.ref, style="primary")


def reject_change(proposal: Proposal) -> Element:
    """Opens the confirmation of a rejection, with its reason."""
    return kit.button("Reject change", CardAction.REJECT_CHANGE, proposal.ref, style="danger")


def withdraw_change(proposal: Proposal) -> Element:
    """Withdraws the viewer's own change, after a confirmation."""
    sure = kit.confirm("Withdraw this change?", f"{proposal.title} stays as it is.", "Withdraw", "Keep it")
    return kit.button("Withdraw change", CardAction.WITHDRAW_CHANGE, proposal.ref, confirm=sure)


def revoke(grant: Grant) -> Element:
    """Revokes somebody's access, after a confirmation."""
    text = f"Access to {_title(grant)} ends now."
    sure = kit.confirm("Revoke this access?", text, "Revoke", "Keep it", danger=True)
    return kit.button("Revoke", CardAction.REVOKE, grant.ref, confirm=sure)


def justified(ref: str) -> Element:
    """Opens the form that closes a review (RV-1) as justified."""
    return kit.button("Justified", CardAction.JUSTIFIED, ref, style="primary")


def misused(ref: str) -> Element:
    """Opens the form that closes a review as misused."""
    return kit.button("Misused", CardAction.MISUSED, ref, style="danger")


def keep_paused(ref: str) -> Element:
    """Leaves a pause (PS-1) as it is; the other admins see who takes care of it."""
    return kit.button("Wait", CardAction.WAIT, ref, style="primary")


def revoke_paused(ref: str, count: int) -> Element:
    """Ends a pause and revokes what it holds back, after a confirmation."""
    subject = "1 access ends" if count == 1 else f"{count} accesses end"
    sure = kit.confirm("Revoke them?", f"{subject} now.", "Revoke them now", "Wait", danger=True)
    return kit.button("Revoke them now", CardAction.REVOKE_PAUSED, ref, style="danger", confirm=sure)


def answer_usage(grant: Grant, usage: Usage) -> Element:
    """Answers whether the holder used an access that is over; "Yes" once that is not what they said."""
    action = next(action for action, gives in USAGE_ACTIONS.items() if gives is usage)
    label = "Used it" if usage is Usage.YES and grant.usage else _USAGE_LABELS[usage]
    return kit.button(label, action, grant.ref)


def open_app(app: AppSpec, ref: str) -> Element | None:
    """Opens the app at its link, in the browser; None where it has none."""
    if not app.link:
        return None
    return kit.button(f"Open {cut(app.name, _APP_NAME)} ↗", CardAction.OPEN, ref, url=app.link)


def _confirm_give_back(grant: Grant) -> Element:
    text = f"Your access to {_title(grant)} ends now."
    return kit.confirm("Give it back?", text, "Give back", "Keep it")


def _title(grant: Grant) -> str:
    """App and access as plain text, for a confirmation."""
    return f"{grant.app_name} · {grant.access_name}"
