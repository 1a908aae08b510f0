"""The holder's cards about an access: active, ending soon, ended, or with an end date added."""

from blocks import kit
from blocks.cards import buttons, layout, phrases, progress, return_slip, template_values
from blocks.cards.closed import GRANT_SIGNS
from blocks.kit import Element, Message
from blocks.kit.text import SECTION, mention, mentions, moment
from models.queries.stories import GrantStory
from models.tables.grants import Cause, Grant
from models.tables.requests import Request
from models.tables.states import OVER_GRANTS, GrantState
from models.wording.messages import MessageKey

_END_CAUSES = {
    None: "time's up",
    Cause.REVIEW: "after a review",
    Cause.OFFBOARDING: "the account was deactivated",
    Cause.SUPERSEDED: "replaced by another access",
}
_LIMIT_REASON = "Access of guests and contractors always has an end."


def access(story: GrantStory, viewer: str) -> Message:
    """The card of an active access. Once the access ends, it shows the state, without buttons."""
    grant, is_holder = story.grant, viewer == story.grant.person_id
    if grant.state is not GrantState.ACTIVE:
        return _state_card(story, viewer)
    instructions = template_values.text(story, MessageKey.ACTIVE, SECTION)
    if instructions is None:
        instructions = phrases.instructions(story.snapshot)
    title = phrases.bold_title(story.app, grant)
    return layout.card(
        template_values.subject(
            story, MessageKey.ACTIVE, f"You have access to {phrases.access_title(grant)}"
        ),
        [
            layout.paragraph(
                f":white_check_mark: You have access to {title} {phrases.until(grant.ends_at, bold=True)}",
                phrases.gives(story.snapshot),
                _pending_extension(story),
            ),
            kit.section(instructions) if instructions.strip() else None,
            _buttons(
                story,
                buttons.open_app(story.app, grant.ref),
                buttons.extend(grant) if can_extend(grant, story.extension, viewer) else None,
                buttons.give_back(grant) if is_holder else None,
                buttons.details(grant.ref),
            ),
        ],
    )


def expiry_notice(story: GrantStory, viewer: str) -> Message:
    """The notice before the end, with Extend and I'm done."""
    grant, is_holder = story.grant, viewer == story.grant.person_id
    if grant.state is not GrantState.ACTIVE:
        return _state_card(story, viewer)
    title = f"Your access to {phrases.access_title(grant)}"
    if grant.ends_at:
        key, notification, end = MessageKey.ENDS_SOON, f"{title} ends soon", f"ends *{moment(grant.ends_at)}*"
    else:
        key, notification, end = None, f"{title} no longer has an end", "no longer has an end"
    return layout.card(
        template_values.subject(story, key, notification),
        [
            layout.paragraph(
                f":hourglass_flowing_sand: {phrases.bold_title(story.app, grant)} {end}",
                _pending_extension(story),
            ),
            template_values.paragraph(story, key),
            _buttons(
                story,
                buttons.extend(grant) if can_extend(grant, story.extension, viewer) else None,
                buttons.done_early(grant) if is_holder else None,
            ),
        ],
    )


def end_notice(story: GrantStory, viewer: str) -> Message:
    """The notice after the end: whether its holder used it, and Request again."""
    grant = story.grant
    again = buttons.request_again(story.request.ref) if grant.state in OVER_GRANTS else None
    key = template_values.end_message_key(grant)
    return layout.card(
        template_values.subject(story, key, _state_notification(grant)),
        [
            layout.paragraph(_state_text(story, viewer), return_slip.question(story, viewer)),
            template_values.paragraph(story, key),
            _buttons(story, *return_slip.answer_buttons(story, viewer), again, buttons.details(grant.ref)),
        ],
    )


def can_extend(grant: Grant, extension: Request | None, viewer: str) -> bool:
    """Whether to offer Extend: to the holder of an active access with an end and no pending extension."""
    active = grant.state is GrantState.ACTIVE and grant.ends_at is not None
    return active and viewer == grant.person_id and extension is None


def _buttons(story: GrantStory, *elements: Element | None) -> kit.Block | None:
    return layout.button_row(*elements, about=layout.grant_title(story))


def _pending_extension(story: GrantStory) -> str:
    request = story.extension
    return f"Extension requested ({request.ref}, {request.state.label.lower()})" if request else ""


def _state_card(story: GrantStory, viewer: str) -> Message:
    """The card of an access that is not active: its state, without buttons."""
    return layout.card(_state_notification(story.grant), [layout.paragraph(_state_text(story, viewer))])


def _state_text(story: GrantStory, viewer: str) -> str:
    """The status word first, then what it is about: "⏹ *Ended* 20:22 (time's up) · GitHub · Admin"."""
    grant = story.grant
    word, title = f"{GRANT_SIGNS[grant.state]} *{grant.state.label}*", phrases.bold_title(story.app, grant)
    if grant.state in OVER_GRANTS:
        at = f" {moment(grant.over_at)}" if grant.over_at else ""
        return f"{word}{at} ({_end_cause(grant, viewer)}) · {title}"
    if grant.state is GrantState.REVOKING:
        return f"{word} ({_end_cause(grant, viewer)}) · {title}"
    if grant.state is GrantState.FAILED:
        return f"{word} · {title}\n{progress.failure(grant, story.admins)}"
    contacts = mentions(story.owners or story.admins, word="or")
    return f"{word} · {title}{f' · ask {contacts}' if contacts else ''}"


def _end_cause(grant: Grant, viewer: str) -> str:
    """Why it ended, told to the viewer: "time's up", "you gave it back"."""
    if grant.cause is Cause.REQUESTER:
        by = phrases.you_or(grant.caused_by or "", viewer)
        return f"{by} gave it back"
    if grant.cause is Cause.ADMIN:
        return f"by {phrases.you_or(grant.caused_by or '', viewer)}"
    return _END_CAUSES[grant.cause]


def _state_notification(grant: Grant) -> str:
    return f"Your access to {phrases.access_title(grant)}: {grant.state.label}"


def end_date_added(story: GrantStory, viewer: str) -> Message:
    """The notice that an access without an end has one now, for its holder and the app's owners."""
    grant = story.grant
    own, active = viewer == grant.person_id, grant.state is GrantState.ACTIVE
    holder_name = "Your" if own else f"{phrases.person_name(story.names, grant.person_id)}'s"
    holder = "Your" if own else f"{mention(grant.person_id)}'s"
    ends = f"now ends {moment(grant.ends_at)}" if grant.ends_at else "no longer has an end"
    status = "now has an end" if active else f"is over: {grant.state.label}"
    reason = template_values.text(story, MessageKey.LIMITED)
    if reason is None:
        reason = _LIMIT_REASON
    title = phrases.bold_title(story.app, grant)
    return layout.card(
        f"{holder_name} access to {phrases.access_title(grant)} {status}",
        [
            layout.paragraph(f":calendar: {holder} access to {title} {ends if active else status}"),
            kit.context(reason) if reason else None,
            _buttons(
                story,
                buttons.extend(grant) if can_extend(grant, story.extension, viewer) else None,
                buttons.details(grant.ref),
            ),
        ],
    )
