"""Cards: messages in people's DMs, redrawn whenever what they show has changed.

A card is a function of a story (`models.queries.stories`) and its viewer, and offers only what the viewer can
do now.
"""

from collections.abc import Callable, Mapping

from blocks.cards import (
    access,
    approval,
    catalogue_change,
    emergency,
    mass_revocation,
    provisioning,
    reminders,
    request,
    thread_replies,
)
from blocks.cards.buttons import CardAction
from blocks.kit import Message
from models.queries.admin_stories import ChangeStory, PauseStory
from models.queries.stories import GrantStory, RequestStory, TaskStory
from models.tables.cards import CardKind

__all__ = ["CardAction", "Story", "draw"]

Story = RequestStory | GrantStory | TaskStory | ChangeStory | PauseStory

_OF_REQUESTS: Mapping[CardKind, Callable[[RequestStory, str], Message]] = {
    CardKind.APPROVAL: approval.approval,
    CardKind.REQUEST: request.request,
    CardKind.REMINDER: reminders.reminder,
    CardKind.NUDGE: reminders.requester_reminder,
    CardKind.WARNING: reminders.expiry_warning,
    CardKind.OVERDUE: reminders.undecided,
    CardKind.ALERT: emergency.alert,
    CardKind.REVIEW: emergency.review_reminder,
    CardKind.REVIEWED: emergency.review_outcome,
    CardKind.COMMENTS: thread_replies.comments,
}
_OF_GRANTS: Mapping[CardKind, Callable[[GrantStory, str], Message]] = {
    CardKind.ACCESS: access.access,
    CardKind.NOTICE: access.expiry_notice,
    CardKind.OVER: access.end_notice,
    CardKind.FAILURE: provisioning.failure,
    CardKind.LIMITED: access.end_date_added,
}


def draw(kind: CardKind, story: Story, viewer: str) -> Message:
    """Draw a card for its viewer.

    `story` is the story of the card's subject (`Card.about`); `viewer` is a person's id, or the id of the
    channel that the card is posted in.
    """
    match story:
        case RequestStory():
            return _OF_REQUESTS[kind](story, viewer)
        case GrantStory():
            return _OF_GRANTS[kind](story, viewer)
        case TaskStory():
            return provisioning.manual_task(story, viewer)
        case ChangeStory():
            return (
                catalogue_change.outcome_card
                if kind is CardKind.CHANGE_DONE
                else catalogue_change.proposal_card
            )(story, viewer)
        case PauseStory():
            return mass_revocation.mass_revocation(story, viewer)
