"""The form behind "I can't": why a manual task cannot be done."""

from blocks import kit
from blocks.cards import phrases
from blocks.kit import View
from blocks.kit.inputs import Values, text_of
from models.queries.stories import TaskStory
from models.text import TEXT_LIMIT

FORM = "task.cannot"
"""The form's callback id."""
NOTE = "note"
"""The block of its one field."""


def build(story: TaskStory) -> View:
    """The form. Its text is shown on the admins' and the requester's cards."""
    hint = "Admins will see this, and can retry or cancel."
    blocks = [
        kit.section(f"{story.task.ref}: *{phrases.access_title(story.grant.grant)}*"),
        kit.text_block("What's in the way?", block_id=NOTE, limit=TEXT_LIMIT, hint=hint),
    ]
    return kit.modal("I can't", blocks, callback_id=FORM, submit="Send", carries={"ref": story.task.ref})


def parse(values: Values) -> str:
    """The reason; may be empty."""
    return text_of(values, NOTE)
