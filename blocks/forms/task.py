"""The form behind "I can't": why a manual task cannot be done."""

from blocks import kit
from blocks.cards import phrases
from blocks.kit import View
from blocks.kit.state import Values, text_of
from models.lifecycle.grant.tasks import NOTE_LIMIT
from models.queries.stories import TaskStory

FORM = "task.cannot"
"""The form's callback id."""
NOTE = "note"
"""The block of its one field."""


def build(story: TaskStory) -> View:
    """The form. What is said in it stands on the admins' and the requester's cards."""
    element = kit.text_input("text", multiline=True, limit=NOTE_LIMIT)
    hint = "The admins read it, and can try again or cancel."
    blocks = [
        kit.section(f"{story.task.ref}: *{phrases.access_title(story.grant.grant)}*"),
        kit.input_block("What is in the way?", element, block_id=NOTE, hint=hint),
    ]
    return kit.modal("I can't", blocks, callback_id=FORM, submit="Send", carries={"ref": story.task.ref})


def parse(values: Values) -> str:
    """What is in the way."""
    return text_of(values, NOTE)
