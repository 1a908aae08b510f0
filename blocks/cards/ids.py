"""The buttons of cards, by action id. App Home's buttons that do the same have the same ids."""

from enum import StrEnum


class CardAction(StrEnum):
    """What a button does. Its value is the reference of what it does it to."""

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
