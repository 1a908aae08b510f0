"""The requester's own copy: where the request stands, who is waited for, and what became of the access."""

from blocks import kit
from blocks.cards import buttons, parts, progress, words
from blocks.kit import Block, Message
from blocks.text import mention, mentions, moment
from models.catalogue.words import RequestKind
from models.grants import Direction, Grant
from models.queries.stories import RequestStory
from models.states import GrantState, RequestState


def request(story: RequestStory, viewer: str) -> Message:
    """What the requester sees, from sending it to the end of the access."""
    pending = story.request.state is RequestState.PENDING
    mine = viewer == story.request.requester_id
    return parts.message(
        f"{words.thing(story.request)}: {_notification(story)}",
        [
            kit.section(f"*{_title(story)}*"),
            parts.facts(_facts(story)),
            parts.over_max(story) if pending else None,
            parts.reason(story.request),
            parts.stages(story),
            parts.status(story),
            _access(story),
            parts.comments(story),
            parts.row(buttons.withdraw(story.request.ref) if pending and mine else None, *parts.talk(story)),
            parts.foot(story.request),
        ],
    )


def _title(story: RequestStory) -> str:
    one = story.request
    more = "more time with " if one.kind is RequestKind.EXTEND else ""
    whom = f" for {mention(one.beneficiary_id)}" if one.beneficiary_id != one.requester_id else ""
    return f"You asked for {more}{words.thing(one)}{whom}"


def _notification(story: RequestStory) -> str:
    grant = story.grant
    if story.request.state is not RequestState.APPROVED or grant is None:
        return progress.ended(story)
    return f"{progress.ended(story)}, {grant.state.label}"


def _facts(story: RequestStory) -> dict[str, str]:
    found = {"How long": words.how_long(story)}
    if story.extended is not None:
        found["Ends"] = words.ends(story.extended, story)
    return found


def _access(story: RequestStory) -> Block | None:
    if story.request.state is not RequestState.APPROVED or story.grant is None:
        return None
    return kit.section(access_line(story.grant, story.admins))


def access_line(grant: Grant, admins: tuple[str, ...]) -> str:
    """Where an approved access stands, in a line: "*Active* until 4 March"."""
    word = f"*{grant.state.label}*"
    match grant.state:
        case GrantState.SCHEDULED:
            return f"{word} · it starts {moment(grant.starts_at) if grant.starts_at else 'later'}"
        case GrantState.GRANTING:
            return f"{word} · it is being set up. You hear when it is there."
        case GrantState.ACTIVE:
            return f"{word} {words.until(grant.ends_at)}"
        case GrantState.FAILED:
            return f"{word} · {_failure(grant)}{_ask(admins)}"
        case GrantState.REVOKING:
            return f"{word} · it is being taken back"
        case GrantState.ENDED | GrantState.REVOKED:
            by = f" by {mention(grant.caused_by)}" if grant.caused_by else ""
            return f"{word}{by}{f' {moment(grant.over_at)}' if grant.over_at else ''}"


def _failure(grant: Grant) -> str:
    if grant.failing is Direction.TAKE:
        return "its time is up, but it could not be taken back yet."
    return "it could not be set up."


def _ask(admins: tuple[str, ...]) -> str:
    return f" The admins know about it; ask {mentions(admins, word='or')}." if admins else ""
