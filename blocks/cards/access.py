"""The holder's cards about an access: "you have it", "it ends soon", "it has ended"."""

from blocks import kit
from blocks.cards import buttons, own_words, parts, words
from blocks.kit import Block, Element, Message
from blocks.text import SECTION, mention, mentions, moment
from models.queries.stories import GrantStory
from models.tables.grants import Cause, Direction, Grant
from models.tables.states import OVER_GRANTS, GrantState
from models.wording.messages import MessageKey

_WHY_OVER = {
    None: "its time was up",
    Cause.REVIEW: "a review took it away",
    Cause.OFFBOARDING: "the account was deactivated",
    Cause.SUPERSEDED: "another access took its place",
}


def access(story: GrantStory, viewer: str) -> Message:
    """Told when it is true. Once the access ends, the same card says that, without buttons."""
    grant = story.grant
    if grant.state is not GrantState.ACTIVE:
        return parts.message(_gone_plainly(grant), [kit.section(_gone(story)), parts.grant_foot(story)])
    lasting = words.until(grant.ends_at)
    return parts.message(
        own_words.subject(story, MessageKey.ACTIVE, f"You have access to {words.thing(grant)}"),
        [
            kit.section(f"*You have access to {words.thing(grant)}* {lasting}"),
            _instructions(story),
            _extension(story),
            parts.row(*_holding(story, viewer), buttons.details(grant.ref)),
            parts.grant_foot(story),
        ],
    )


def notice(story: GrantStory, viewer: str) -> Message:
    """Before the end: more time, or done already?"""
    grant = story.grant
    if grant.state is not GrantState.ACTIVE:
        return parts.message(_gone_plainly(grant), [kit.section(_gone(story)), parts.grant_foot(story)])
    ends = f"ends {moment(grant.ends_at)}" if grant.ends_at else "has no end any more"
    key = MessageKey.ENDS_SOON if grant.ends_at else None
    plainly = f"Your access to {words.thing(grant)} ends soon" if grant.ends_at else _gone_plainly(grant)
    return parts.message(
        own_words.subject(story, key, plainly),
        [
            kit.section(f"*Your access to {words.thing(grant)}* {ends}"),
            own_words.paragraph(story, key),
            _extension(story),
            parts.row(*_leaving(story, viewer)),
            parts.grant_foot(story),
        ],
    )


def over(story: GrantStory, _viewer: str) -> Message:
    """After the end."""
    grant = story.grant
    again = buttons.again(story.request.ref) if grant.state in OVER_GRANTS else None
    key = own_words.of_over(grant)
    return parts.message(
        own_words.subject(story, key, _gone_plainly(grant)),
        [
            kit.section(_gone(story)),
            own_words.paragraph(story, key),
            parts.row(again, buttons.details(grant.ref)),
            parts.grant_foot(story),
        ],
    )


def may_extend(story: GrantStory) -> bool:
    """Whether Extend is of use: the access is active, has an end, and no more time is asked for yet."""
    grant = story.grant
    return grant.state is GrantState.ACTIVE and grant.ends_at is not None and story.extension is None


def _holding(story: GrantStory, viewer: str) -> list[Element | None]:
    if viewer != story.grant.person_id:
        return []
    return [buttons.extend(story.grant) if may_extend(story) else None, buttons.give_back(story.grant)]


def _leaving(story: GrantStory, viewer: str) -> list[Element | None]:
    if viewer != story.grant.person_id:
        return []
    return [buttons.extend(story.grant) if may_extend(story) else None, buttons.im_done(story.grant)]


def _instructions(story: GrantStory) -> Block | None:
    own = own_words.text(story, MessageKey.ACTIVE, SECTION)
    text = words.instructions(story.snapshot) if own is None else own
    return kit.section(text) if text.strip() else None


def _extension(story: GrantStory) -> Block | None:
    waiting = story.extension
    return (
        kit.section(f"More time is asked for in {waiting.ref}: *{waiting.state.label}*") if waiting else None
    )


def _gone(story: GrantStory) -> str:
    grant, word = story.grant, f"*{story.grant.state.label}*"
    title = f"*Your access to {words.thing(grant)}*"
    if grant.state in OVER_GRANTS:
        return f"{title}: {word}{f' {moment(grant.over_at)}' if grant.over_at else ''}, {_why(grant)}"
    if grant.state is GrantState.REVOKING:
        return f"{title}: {word}, {_why(grant)}"
    if grant.state is GrantState.FAILED and grant.failing is Direction.TAKE:
        return f"{title}: {word}. It is over, but could not be taken back yet. The admins know."
    whom = (
        f" Ask {mentions(story.owners or story.admins, word='or')}." if story.owners or story.admins else ""
    )
    return f"{title}: {word}.{whom}"


def _why(grant: Grant) -> str:
    if grant.cause is Cause.REQUESTER:
        return f"given back by {mention(grant.caused_by or '')}"
    if grant.cause is Cause.ADMIN:
        return f"taken away by {mention(grant.caused_by or '')}"
    return _WHY_OVER[grant.cause]


def _gone_plainly(grant: Grant) -> str:
    return f"Your access to {words.thing(grant)}: {grant.state.label}"
