"""Cards for those who provision: a manual task, and a grant that failed."""

from blocks import kit
from blocks.cards import buttons, layout, phrases, progress
from blocks.cards.closed import GRANT_SIGNS
from blocks.kit import Message
from blocks.kit.text import esc, mention, moment, quote
from models.queries.stories import GrantStory, TaskStory
from models.tables.grants import Direction, Grant, TaskState
from models.tables.requests import Term
from models.tables.states import GrantState

_ERROR_LIMIT = 1000
_TASK_STATUS = {
    TaskState.OPEN: "",
    TaskState.DONE: ": done",
    TaskState.REFUSED: ": couldn't be done",
    TaskState.VOID: ": nothing left to do",
}


def manual_task(story: TaskStory, viewer: str) -> Message:
    """The card of a manual task, with its buttons while it is open, and two lines afterwards."""
    task, grant = story.task, story.grant.grant
    name = phrases.person_name(story.grant.names, grant.person_id)
    notification = f"{_work(task.direction, phrases.access_title(grant), name)}{_TASK_STATUS[task.state]}"
    return (_open_task if task.state is TaskState.OPEN else _closed_task)(story, viewer, notification)


def _open_task(story: TaskStory, viewer: str, notification: str) -> Message:
    task, request, giving = story.task, story.grant.request, story.task.direction is Direction.GIVE
    assigned = viewer in task.asked
    email = f" ({esc(story.email)})" if story.email else ""
    term = f" {phrases.for_term(Term.from_json(request.term))}" if giving else ""
    return layout.card(
        notification,
        [
            layout.paragraph(
                f":hammer_and_wrench: *{_title(story)}*{email}{term}",
                phrases.quoted_reason(request) if giving else "",
                esc(story.grant.app.link),
            ),
            layout.context_line(_origin(story.grant) if giving else "", f"since {moment(task.created_at)}",
                                task.ref, request.ref),
            layout.button_row(
                buttons.task_done(task.ref) if assigned else None,
                buttons.refuse_task(task.ref) if assigned else None,
                buttons.comment(task.ref),
                buttons.details(task.ref),
                about=_about(story),
            ),
        ],
    )  # fmt: skip


def _closed_task(story: TaskStory, viewer: str, notification: str) -> Message:
    details = layout.labelled(buttons.details(story.task.ref), _about(story))
    text = f"{_outcome(story, viewer)} · {_title(story)}"
    return layout.card(notification, [kit.section(text, accessory=details)])


def _work(direction: Direction, title: str, person: str) -> str:
    return f"Assign {title} to {person}" if direction is Direction.GIVE else f"Remove {person} from {title}"


def _title(story: TaskStory) -> str:
    grant = story.grant.grant
    title = f"{phrases.icon(story.grant.app)}{phrases.access_title(grant)}"
    return _work(story.task.direction, title, mention(grant.person_id))


def _origin(story: GrantStory) -> str:
    """Who approved what is to be done."""
    request = story.request
    if progress.was_emergency(request):
        return "emergency access, not approved in advance"
    return f"approved by {mention(request.closed_by)}" if request.closed_by else ""


def _about(story: TaskStory) -> str:
    grant = story.grant.grant
    return phrases.spoken_title(story.task.ref, grant, grant.person_id, story.grant.names)


def _outcome(story: TaskStory, viewer: str) -> str:
    task = story.task
    by = phrases.you_or(task.done_by or "", viewer)
    at = f" {moment(task.closed_at)}" if task.closed_at else ""
    note = f": {phrases.inline_quote(task.note)}" if task.note.strip() else ""
    if task.state is TaskState.DONE:
        return f":white_check_mark: *Done* by {by}{at}{note}"
    if task.state is TaskState.REFUSED:
        return f":x: *Couldn't be done* by {by}{at}{note}"
    # Without the access's state: the card is not redrawn when that changes.
    return ":heavy_minus_sign: *Nothing left to do*"


def failure(story: GrantStory, viewer: str) -> Message:
    """An admin's or owner's card of a failed grant, with Retry. Shows the new state once it is mended."""
    return _failure_card(story, viewer) if story.grant.state is GrantState.FAILED else _recovery_card(story)


def _failure_card(story: GrantStory, viewer: str) -> Message:
    grant, is_giving = story.grant, story.grant.failing is not Direction.TAKE
    in_charge = viewer in (*story.admins, *story.owners)
    verb = "set up" if is_giving else "revoked"
    name = phrases.person_name(story.names, grant.person_id)
    cause = progress.failure_cause(grant)
    title = f"{phrases.bold_title(story.app, grant)} couldn't be {verb} for {mention(grant.person_id)}"
    raw = quote(grant.error or "No reason was given.", _ERROR_LIMIT)
    return layout.card(
        f"{phrases.access_title(grant)} couldn't be {verb} for {name}",
        [
            layout.paragraph(
                f":warning: *{grant.state.label}* · {title}{f': {cause}' if cause else ''}",
                raw if in_charge and _adds_to(cause, grant) else "",
                "" if is_giving else "The access may still be there. Keyturn keeps trying.",
            ),
            layout.button_row(
                buttons.retry(grant.ref) if in_charge else None,
                buttons.cancel(grant) if in_charge and is_giving else None,
                buttons.comment(grant.ref),
                buttons.details(grant.ref),
                about=layout.grant_title(story),
            ),
            layout.grant_footer(story),
        ],
    )


def _adds_to(cause: str, grant: Grant) -> bool:
    """Whether the raw error says more than the cause does."""
    return esc(" ".join(grant.error.split())).strip(".") not in cause


def _recovery_card(story: GrantStory) -> Message:
    grant, title = story.grant, phrases.access_title(story.grant)
    name, label = phrases.person_name(story.names, grant.person_id), grant.state.label
    text = (
        f"{GRANT_SIGNS[grant.state]} *{label}*, after a failure · "
        f"{phrases.bold_title(story.app, grant)} for {mention(grant.person_id)}"
    )
    details = layout.labelled(buttons.details(grant.ref), layout.grant_title(story))
    return layout.card(
        f"{title} for {name}, after a failure: {label}", [kit.section(text, accessory=details)]
    )
