"""An owner's copy of work by hand: who needs what where, and who did it."""

from blocks import kit
from blocks.cards import buttons, parts, words
from blocks.kit import Message
from blocks.text import esc, mention, moment, quote
from models.queries.stories import TaskStory
from models.tables.grants import Direction, Grant, Task, TaskState
from models.tables.requests import Term


def task(story: TaskStory, viewer: str) -> Message:
    """Give or take an access by hand; the buttons stand while it is open."""
    one, grant = story.task, story.grant.grant
    mine = one.state is TaskState.OPEN and viewer in one.asked
    who = words.named(story.grant.names, grant.person_id)
    return parts.message(
        f"{_verb(one)} {who} {words.thing(grant)}: {_standing(one)}",
        [
            kit.section(f"*{_title(one, grant)}*"),
            parts.facts(_facts(story)),
            parts.reason(story.grant.request) if one.direction is Direction.GIVE else None,
            kit.section(_outcome(story)) if one.state is not TaskState.OPEN else None,
            parts.row(
                buttons.task_done(one.ref) if mine else None,
                buttons.task_cannot(one.ref) if mine else None,
                buttons.details(one.ref),
            ),
            kit.context(f"{one.ref} · {grant.ref} · {story.grant.request.ref}"),
        ],
    )


def _verb(task: Task) -> str:
    return "Give" if task.direction is Direction.GIVE else "Take from"


def _title(task: Task, grant: Grant) -> str:
    if task.direction is Direction.GIVE:
        return f"Please give {mention(grant.person_id)} access to {words.thing(grant)}"
    return f"Please take {words.thing(grant)} away from {mention(grant.person_id)}"


def _facts(story: TaskStory) -> dict[str, str]:
    app, grant = story.grant.app, story.grant.grant
    found = {"Who": _person(story), "What": words.thing(grant)}
    if app.link:
        found["Where"] = esc(app.link)
    if story.task.direction is Direction.GIVE:
        found["How long"] = words.lasting(Term.from_json(story.grant.request.term))
    return found


def _person(story: TaskStory) -> str:
    grant = story.grant.grant
    name = words.named(story.grant.names, grant.person_id)
    return f"{mention(grant.person_id)} ({', '.join(part for part in (name, esc(story.email)) if part)})"


def _standing(task: Task) -> str:
    return {
        TaskState.OPEN: "please do it by hand",
        TaskState.DONE: "done",
        TaskState.REFUSED: "it could not be done",
        TaskState.VOID: "nothing is left to do",
    }[task.state]


def _outcome(story: TaskStory) -> str:
    one = story.task
    at = f" {moment(one.closed_at)}" if one.closed_at else ""
    if one.state is TaskState.DONE:
        return f"✓ Done by {mention(one.done_by or '')}{at}"
    if one.state is TaskState.REFUSED:
        return f"{mention(one.done_by or '')} could not do it{at}:\n{quote(one.note, 2500)}"
    # Without the access's state: the card is not drawn anew when that one goes on.
    return "Nothing is left to do by hand"
