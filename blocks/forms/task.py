"""The forms of a manual task: "Mark done", with a comment, and "I can't", with the reason."""

from enum import StrEnum

from blocks import kit
from blocks.cards import phrases
from blocks.kit import Block, View
from blocks.kit.inputs import Values, text_of
from blocks.kit.text import mention
from models.queries.stories import TaskStory
from models.tables.grants import Direction
from models.text import TEXT_LIMIT


class TaskForm(StrEnum):
    """The forms, by callback id."""

    DONE = "task.done"
    CANNOT = "task.cannot"


NOTE = "note"
"""The block of the one field that both have."""


def done(story: TaskStory) -> View:
    """The form that marks a task as done. Its comment is sent to everyone involved."""
    field = kit.text_block(
        "Comment", block_id=NOTE, limit=TEXT_LIMIT, hint="Visible to everyone involved.", optional=True
    )
    return _form(TaskForm.DONE, "Mark done", "Mark done", story, field)


def cannot(story: TaskStory) -> View:
    """The form for why a task cannot be done. Its text is shown on the admins' and the requester's cards."""
    hint = "Admins will see this, and can retry or cancel."
    field = kit.text_block("What's in the way?", block_id=NOTE, limit=TEXT_LIMIT, hint=hint)
    return _form(TaskForm.CANNOT, "I can't", "Send", story, field)


def parse(values: Values) -> str:
    """The comment or reason; may be empty."""
    return text_of(values, NOTE)


def _form(form: TaskForm, title: str, submit: str, story: TaskStory, field: Block) -> View:
    grant, person = story.grant.grant, mention(story.grant.grant.person_id)
    access = f"*{phrases.access_title(grant)}*"
    giving = story.task.direction is Direction.GIVE
    work = f"Assign {access} to {person}" if giving else f"Remove {person} from {access}"
    blocks = [kit.section(f"{story.task.ref}: {work}"), field]
    return kit.modal(title, blocks, callback_id=form, submit=submit, carries={"ref": story.task.ref})
