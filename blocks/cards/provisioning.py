"""Cards for those who provision: a manual task, and a grant that failed."""

from blocks import kit
from blocks.cards import buttons, layout, phrases
from blocks.kit import Message
from blocks.kit.text import esc, mention, moment, quote
from models.queries.stories import GrantStory, TaskStory
from models.tables.grants import Direction, TaskState
from models.tables.requests import Term
from models.tables.states import GrantState

_TASK_STATUS = {
    TaskState.OPEN: "please do it by hand",
    TaskState.DONE: "done",
    TaskState.REFUSED: "it could not be done",
    TaskState.VOID: "nothing is left to do",
}


def manual_task(story: TaskStory, viewer: str) -> Message:
    """The card of a manual task, with its buttons while it is open."""
    task, grant = story.task, story.grant.grant
    assigned = task.state is TaskState.OPEN and viewer in task.asked
    name, access = phrases.person_name(story.grant.names, grant.person_id), phrases.access_title(grant)
    if task.direction is Direction.GIVE:
        verb, title = "Give", f"Please give {mention(grant.person_id)} access to {access}"
    else:
        verb, title = "Take from", f"Please take {access} away from {mention(grant.person_id)}"
    return layout.card(
        f"{verb} {name} {access}: {_TASK_STATUS[task.state]}",
        [
            kit.section(f"*{title}*"),
            layout.facts(_task_facts(story)),
            layout.reason(story.grant.request) if task.direction is Direction.GIVE else None,
            kit.section(_task_outcome(story)) if task.state is not TaskState.OPEN else None,
            layout.button_row(
                buttons.task_done(task.ref) if assigned else None,
                buttons.refuse_task(task.ref) if assigned else None,
                buttons.details(task.ref),
            ),
            kit.context(f"{task.ref} · {grant.ref} · {story.grant.request.ref}"),
        ],
    )


def _task_facts(story: TaskStory) -> dict[str, str]:
    app, grant = story.grant.app, story.grant.grant
    name = phrases.person_name(story.grant.names, grant.person_id)
    person = ", ".join(text for text in (name, esc(story.email)) if text)
    facts = {"Who": f"{mention(grant.person_id)} ({person})", "What": phrases.access_title(grant)}
    if app.link:
        facts["Where"] = esc(app.link)
    if story.task.direction is Direction.GIVE:
        facts["How long"] = phrases.term_text(Term.from_json(story.grant.request.term))
    return facts


def _task_outcome(story: TaskStory) -> str:
    task = story.task
    at = f" {moment(task.closed_at)}" if task.closed_at else ""
    if task.state is TaskState.DONE:
        return f"✓ Done by {mention(task.done_by or '')}{at}"
    if task.state is TaskState.REFUSED:
        return f"{mention(task.done_by or '')} could not do it{at}:\n{quote(task.note, 2500)}"
    # Without the access's state: the card is not redrawn when that changes.
    return "Nothing is left to do by hand"


def failure(story: GrantStory, viewer: str) -> Message:
    """An admin's or owner's card of a failed grant, with Retry. Shows the new state once it is mended."""
    return _failure_card(story, viewer) if story.grant.state is GrantState.FAILED else _recovery_card(story)


def _failure_card(story: GrantStory, viewer: str) -> Message:
    grant, is_giving = story.grant, story.grant.failing is not Direction.TAKE
    in_charge = viewer in (*story.admins, *story.owners)
    verb = "given to" if is_giving else "taken from"
    name = phrases.person_name(story.names, grant.person_id)
    title = f"*{phrases.access_title(grant)}* could not be {verb} {mention(grant.person_id)}"
    return layout.card(
        f"{phrases.access_title(grant)} could not be {verb} {name}",
        [
            kit.section(f":warning: *{grant.state.label}* · {title}"),
            kit.section(quote(grant.error or "No reason was given.", 2500)),
            None if is_giving else kit.section("The access may still be there. Keyturn goes on trying."),
            layout.button_row(
                buttons.retry(grant.ref) if in_charge else None,
                buttons.cancel(grant) if in_charge and is_giving else None,
                buttons.details(grant.ref),
            ),
            layout.grant_footer(story),
        ],
    )


def _recovery_card(story: GrantStory) -> Message:
    grant, title = story.grant, phrases.access_title(story.grant)
    name, label = phrases.person_name(story.names, grant.person_id), grant.state.label
    return layout.card(
        f"{title} for {name} had failed. Now it is {label}.",
        [
            kit.section(f"{title} for {mention(grant.person_id)} had failed. Now it is *{label}*."),
            layout.button_row(buttons.details(grant.ref)),
            layout.grant_footer(story),
        ],
    )
