"""The holder's cards about an access: active, ending soon, ended, or with an end date added."""

from blocks import kit
from blocks.cards import buttons, layout, phrases, template_values
from blocks.kit import Block, Element, Message
from blocks.kit.text import SECTION, mention, mentions, moment
from models.queries.stories import GrantStory
from models.tables.grants import Cause, Direction, Grant
from models.tables.states import OVER_GRANTS, GrantState
from models.wording.messages import MessageKey

_END_CAUSES = {
    None: "its time was up",
    Cause.REVIEW: "a review took it away",
    Cause.OFFBOARDING: "the account was deactivated",
    Cause.SUPERSEDED: "another access took its place",
}


def access(story: GrantStory, viewer: str) -> Message:
    """Told when it is true. Once the access ends, the same card says that, without buttons."""
    grant = story.grant
    if grant.state is not GrantState.ACTIVE:
        return layout.card(
            _state_notification(grant), [kit.section(_state_text(story)), layout.grant_footer(story)]
        )
    period = phrases.until(grant.ends_at)
    return layout.card(
        template_values.subject(
            story, MessageKey.ACTIVE, f"You have access to {phrases.access_title(grant)}"
        ),
        [
            kit.section(f"*You have access to {phrases.access_title(grant)}* {period}"),
            _instructions(story),
            _pending_extension(story),
            layout.button_row(*_holder_buttons(story, viewer), buttons.details(grant.ref)),
            layout.grant_footer(story),
        ],
    )


def expiry_notice(story: GrantStory, viewer: str) -> Message:
    """Before the end: more time, or done already?"""
    grant = story.grant
    if grant.state is not GrantState.ACTIVE:
        return layout.card(
            _state_notification(grant), [kit.section(_state_text(story)), layout.grant_footer(story)]
        )
    ends = f"ends {moment(grant.ends_at)}" if grant.ends_at else "has no end any more"
    key = MessageKey.ENDS_SOON if grant.ends_at else None
    notification = (
        f"Your access to {phrases.access_title(grant)} ends soon"
        if grant.ends_at
        else _state_notification(grant)
    )
    return layout.card(
        template_values.subject(story, key, notification),
        [
            kit.section(f"*Your access to {phrases.access_title(grant)}* {ends}"),
            template_values.paragraph(story, key),
            _pending_extension(story),
            layout.button_row(*_expiry_buttons(story, viewer)),
            layout.grant_footer(story),
        ],
    )


def end_notice(story: GrantStory, _viewer: str) -> Message:
    """After the end."""
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


def can_extend(story: GrantStory) -> bool:
    """Whether Extend is of use: the access is active, has an end, and no more time is asked for yet."""
    grant = story.grant
    return grant.state is GrantState.ACTIVE and grant.ends_at is not None and story.extension is None


def _holder_buttons(story: GrantStory, viewer: str) -> list[Element | None]:
    if viewer != story.grant.person_id:
        return []
    return [buttons.extend(story.grant) if can_extend(story) else None, buttons.give_back(story.grant)]


def _expiry_buttons(story: GrantStory, viewer: str) -> list[Element | None]:
    if viewer != story.grant.person_id:
        return []
    return [buttons.extend(story.grant) if can_extend(story) else None, buttons.done_early(story.grant)]


def _instructions(story: GrantStory) -> Block | None:
    own = template_values.text(story, MessageKey.ACTIVE, SECTION)
    text = phrases.instructions(story.snapshot) if own is None else own
    return kit.section(text) if text.strip() else None


def _pending_extension(story: GrantStory) -> Block | None:
    extension = story.extension
    return (
        kit.section(f"More time is asked for in {extension.ref}: *{extension.state.label}*")
        if extension
        else None
    )


def _state_text(story: GrantStory) -> str:
    grant, word = story.grant, f"*{story.grant.state.label}*"
    title = f"*Your access to {phrases.access_title(grant)}*"
    if grant.state in OVER_GRANTS:
        return f"{title}: {word}{f' {moment(grant.over_at)}' if grant.over_at else ''}, {_end_cause(grant)}"
    if grant.state is GrantState.REVOKING:
        return f"{title}: {word}, {_end_cause(grant)}"
    if grant.state is GrantState.FAILED and grant.failing is Direction.TAKE:
        return f"{title}: {word}. It is over, but could not be taken back yet. The admins know."
    contacts = (
        f" Ask {mentions(story.owners or story.admins, word='or')}." if story.owners or story.admins else ""
    )
    return f"{title}: {word}.{contacts}"


def _end_cause(grant: Grant) -> str:
    if grant.cause is Cause.REQUESTER:
        return f"given back by {mention(grant.caused_by or '')}"
    if grant.cause is Cause.ADMIN:
        return f"taken away by {mention(grant.caused_by or '')}"
    return _END_CAUSES[grant.cause]


def _state_notification(grant: Grant) -> str:
    return f"Your access to {phrases.access_title(grant)}: {grant.state.label}"


_LIMIT_REASON = "Guests and contractors have every access for a limited time only."


def end_date_added(story: GrantStory, viewer: str) -> Message:
    """Stands with its buttons while the access is active."""
    grant = story.grant
    own, active = viewer == grant.person_id, grant.state is GrantState.ACTIVE
    holder_name = "Your" if own else f"{phrases.person_name(story.names, grant.person_id)}’s"
    holder = "Your" if own else f"{mention(grant.person_id)}’s"
    ends = f"has an end now: {phrases.until(grant.ends_at)}" if active else f"is over: {grant.state.label}"
    status = "has an end now" if active else f"is over: {grant.state.label}"
    own_text = template_values.text(story, MessageKey.LIMITED)
    why = _LIMIT_REASON if own_text is None else own_text
    return layout.card(
        f"{holder_name} access to {phrases.access_title(grant)} {status}",
        [
            kit.section(f"*{holder} access to {phrases.access_title(grant)}* {ends}"),
            kit.context(why) if why else None,
            layout.button_row(
                buttons.extend(grant) if own and active and story.extension is None else None,
                buttons.details(grant.ref),
            ),
            layout.grant_footer(story),
        ],
    )
