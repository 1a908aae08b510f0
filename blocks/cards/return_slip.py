"""The question at the end of an access: whether its holder used it, and their answer."""

from blocks.cards import buttons
from blocks.kit import Element
from models.queries.stories import GrantStory
from models.tables.states import Usage


def question(story: GrantStory, viewer: str) -> str:
    """The question, or the holder's answer; empty for everybody else, and where nothing is asked."""
    grant = story.grant
    if viewer != grant.person_id or not grant.asks_usage:
        return ""
    if not grant.usage:
        return "Did you use it?"
    return f"You said: *{grant.usage.label}*{'. Changed your mind?' if story.takes_usage else ''}"


def answer_buttons(story: GrantStory, viewer: str) -> list[Element]:
    """The answers that the holder can still give: all, or those that differ from what they said."""
    grant = story.grant
    if viewer != grant.person_id or not story.takes_usage:
        return []
    return [buttons.answer_usage(grant, usage) for usage in Usage if usage is not grant.usage]
