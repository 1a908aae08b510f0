"""The holder's cards about an access: active, ending soon, ended, or with an end date added."""

from blocks import kit
from blocks.cards import buttons, layout, phrases, template_values
from blocks.kit import Block, Message
from blocks.kit.text import SECTION, mention, mentions, moment
from models.queries.stories import GrantStory
from models.tables.grants import Cause, Direction, Grant
from models.tables.requests import Request
from models.tables.states import OVER_GRANTS, GrantState
from models.wording.messages import MessageKey

_END_CAUSES = {
    None: "its time was up",
    Cause.REVIEW: "a review took it away",
    Cause.OFFBOARDING: "the account was deactivated",
    Cause.SUPERSEDED: "another access took its place",
}
_LIMIT_REASON = "Guests and contractors have every access for a limited time only."


def access(story: GrantStory, viewer: str) -> Message:
    """The card of an active access. Once the access ends, it shows the state, without buttons."""
    grant, is_holder = story.grant, viewer == story.grant.person_id
    if grant.state is not GrantState.ACTIVE:
        return _state_card(story)
    title = f"You have access to {phrases.access_title(grant)}"
    instructions = template_values.text(story, MessageKey.ACTIVE, SECTION)
    if instructions is None:
        instructions = phrases.instructions(story.snapshot)
    return layout.card(
        template_values.subject(story, MessageKey.ACTIVE, title),
        [
            kit.section(f"*{title}* {phrases.until(grant.ends_at)}"),
            kit.section(instructions) if instructions.strip() else None,
            _pending_extension(story),
            layout.button_row(
                buttons.extend(grant) if can_extend(grant, story.extension, viewer) else None,
                buttons.give_back(grant) if is_holder else None,
                buttons.details(grant.ref),
            ),
            layout.grant_footer(story),
        ],
    )


def expiry_notice(story: GrantStory, viewer: str) -> Message:
    """The notice before the end, with Extend and I'm done."""
    grant, is_holder = story.grant, viewer == story.grant.person_id
    if grant.state is not GrantState.ACTIVE:
        return _state_card(story)
    title = f"Your access to {phrases.access_title(grant)}"
    if grant.ends_at:
        key, notification, end = MessageKey.ENDS_SOON, f"{title} ends soon", f"ends {moment(grant.ends_at)}"
    else:
        key, notification, end = None, f"{title}: {grant.state.label}", "has no end any more"
    return layout.card(
        template_values.subject(story, key, notification),
        [
            kit.section(f"*{title}* {end}"),
            template_values.paragraph(story, key),
            _pending_extension(story),
            layout.button_row(
                buttons.extend(grant) if can_extend(grant, story.extension, viewer) else None,
                buttons.done_early(grant) if is_holder else None,
            ),
            layout.grant_footer(story),
        ],
    )


def end_notice(story: GrantStory, _viewer: str) -> Message:
    """The notice after the end, with Request again."""
    grant = story.grant
    again = buttons.request_again(story.request.ref) if grant.state in OVER_GRANTS else None
    key = template_values.end_message_key(grant)
    return layout.card(
        template_values.subject(story, key, _state_notification(grant)),
        [
            kit.section(_state_text(story)),
            template_values.paragraph(story, key),
            layout.button_row(again, buttons.details(grant.ref)),
            layout.grant_footer(story),
        ],
    )


def can_extend(grant: Grant, extension: Request | None, viewer: str) -> bool:
    """Whether to offer Extend: to the holder of an active access with an end and no pending extension."""
    active = grant.state is GrantState.ACTIVE and grant.ends_at is not None
    return active and viewer == grant.person_id and extension is None


def _pending_extension(story: GrantStory) -> Block | None:
    request = story.extension
    if request is None:
        return None
    return kit.section(f"More time is asked for in {request.ref}: *{request.state.label}*")


def _state_card(story: GrantStory) -> Message:
    """The card of an access that is not active: its state, without buttons."""
    blocks = [kit.section(_state_text(story)), layout.grant_footer(story)]
    return layout.card(_state_notification(story.grant), blocks)


def _state_text(story: GrantStory) -> str:
    grant, word = story.grant, f"*{story.grant.state.label}*"
    title = f"*Your access to {phrases.access_title(grant)}*"
    if grant.state in OVER_GRANTS:
        return f"{title}: {word}{f' {moment(grant.over_at)}' if grant.over_at else ''}, {_end_cause(grant)}"
    if grant.state is GrantState.REVOKING:
        return f"{title}: {word}, {_end_cause(grant)}"
    if grant.state is GrantState.FAILED and grant.failing is Direction.TAKE:
        return f"{title}: {word}. It is over, but could not be taken back yet. The admins know."
    contacts = mentions(story.owners or story.admins, word="or")
    return f"{title}: {word}.{f' Ask {contacts}.' if contacts else ''}"


def _end_cause(grant: Grant) -> str:
    if grant.cause is Cause.REQUESTER:
        return f"given back by {mention(grant.caused_by or '')}"
    if grant.cause is Cause.ADMIN:
        return f"taken away by {mention(grant.caused_by or '')}"
    return _END_CAUSES[grant.cause]


def _state_notification(grant: Grant) -> str:
    return f"Your access to {phrases.access_title(grant)}: {grant.state.label}"


def end_date_added(story: GrantStory, viewer: str) -> Message:
    """The notice that an access without an end has one now, for its holder and the app's owners."""
    grant = story.grant
    own, active = viewer == grant.person_id, grant.state is GrantState.ACTIVE
    holder_name = "Your" if own else f"{phrases.person_name(story.names, grant.person_id)}’s"
    holder = "Your" if own else f"{mention(grant.person_id)}’s"
    ends = f"has an end now: {phrases.until(grant.ends_at)}" if active else f"is over: {grant.state.label}"
    status = "has an end now" if active else f"is over: {grant.state.label}"
    reason = template_values.text(story, MessageKey.LIMITED)
    if reason is None:
        reason = _LIMIT_REASON
    return layout.card(
        f"{holder_name} access to {phrases.access_title(grant)} {status}",
        [
            kit.section(f"*{holder} access to {phrases.access_title(grant)}* {ends}"),
            kit.context(reason) if reason else None,
            layout.button_row(
                buttons.extend(grant) if can_extend(grant, story.extension, viewer) else None,
                buttons.details(grant.ref),
            ),
            layout.grant_footer(story),
        ],
    )
