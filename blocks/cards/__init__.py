"""Cards: messages that stand in people's DMs and are redrawn whenever what they show has changed.

A card is a function of a story (`models.queries.stories`) and of the person who looks at it. It offers only
what that person can do now.
"""

from collections.abc import Callable, Mapping

from blocks.cards import access, approval, change, emergency, failure, limited, overdue, pause, request, task
from blocks.cards.ids import CardAction
from blocks.kit import Message
from models.queries.change_story import ChangeStory
from models.queries.pause_story import PauseStory
from models.queries.stories import GrantStory, RequestStory, TaskStory
from models.tables.cards import CardKind

__all__ = ["CardAction", "Story", "draw"]

Story = RequestStory | GrantStory | TaskStory | ChangeStory | PauseStory

_OF_REQUESTS: Mapping[CardKind, Callable[[RequestStory, str], Message]] = {
    CardKind.APPROVAL: approval.approval,
    CardKind.REQUEST: request.request,
    CardKind.REMINDER: approval.reminder,
    CardKind.NUDGE: approval.nudge,
    CardKind.WARNING: approval.warning,
    CardKind.OVERDUE: overdue.overdue,
    CardKind.ALERT: emergency.alert,
    CardKind.REVIEW: emergency.nudge,
    CardKind.REVIEWED: emergency.reviewed,
}
_OF_GRANTS: Mapping[CardKind, Callable[[GrantStory, str], Message]] = {
    CardKind.ACCESS: access.access,
    CardKind.NOTICE: access.notice,
    CardKind.OVER: access.over,
    CardKind.FAILURE: failure.failure,
    CardKind.LIMITED: limited.limited,
}


def draw(kind: CardKind, story: Story, viewer: str) -> Message:
    """Draw the card that `viewer` has: a person's id, or the channel's that it lies in.

    `story` is of what the card is about (`Card.about`).
    """
    match story:
        case RequestStory():
            return _OF_REQUESTS[kind](story, viewer)
        case GrantStory():
            return _OF_GRANTS[kind](story, viewer)
        case TaskStory():
            return task.task(story, viewer)
        case ChangeStory():
            return (change.done if kind is CardKind.CHANGE_DONE else change.change)(story, viewer)
        case PauseStory():
            return pause.pause(story, viewer)
