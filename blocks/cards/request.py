"""The requester's own copy: where the request stands, who is waited for, and what became of the access."""

from blocks import kit
from blocks.cards import buttons, emergency, own_words, parts, progress, words
from blocks.cards.conflicts import obstacles
from blocks.kit import Block, Element, Message
from blocks.text import mention
from models.catalogue.words import RequestKind
from models.queries.stories import RequestStory
from models.tables.states import GrantState, RequestState
from models.wording.messages import MessageKey

_CAME_TO_NOTHING = (RequestState.REJECTED, RequestState.EXPIRED, RequestState.WITHDRAWN)


def request(story: RequestStory, viewer: str) -> Message:
    """What the requester sees, from sending it to the end of the access."""
    pending = story.request.state is RequestState.PENDING
    mine, key = viewer == story.request.requester_id, own_words.of_request(story)
    return parts.message(
        own_words.subject(story, key, f"{words.thing(story.request)}: {_notification(story)}"),
        [
            kit.section(f"*{_title(story, viewer)}*"),
            parts.facts(_facts(story)),
            parts.over_max(story) if pending else None,
            obstacles(story),
            parts.reason(story.request),
            emergency.mark(story),
            parts.stages(story),
            *_outcome(story, key),
            parts.comments(story),
            parts.row(*(_mine(story) if mine else []), *_again(story, viewer), *parts.talk(story)),
            parts.foot(story.request),
        ],
    )


def _again(story: RequestStory, viewer: str) -> list[Element | None]:
    """What came to nothing can be asked for again; more time is asked for from the access itself."""
    one = story.request
    theirs = viewer in (one.requester_id, one.beneficiary_id) and one.kind is not RequestKind.EXTEND
    return [buttons.again(one.ref)] if theirs and one.state in _CAME_TO_NOTHING else []


def _mine(story: RequestStory) -> list[Element | None]:
    """What the requester can do. Where an approver changed how long it lasts, less of it too."""
    ref, grant, changed = story.request.ref, story.grant, story.modified is not None
    if story.request.state is RequestState.PENDING:
        less = buttons.use_less(ref) if changed else None
        return [buttons.remind(ref), buttons.withdraw(ref), less]
    if changed and grant is not None and grant.state is GrantState.ACTIVE:
        return [buttons.use_less(grant.ref), buttons.give_back(grant)]
    return []


def _title(story: RequestStory, viewer: str) -> str:
    one = story.request
    more = "more time with " if one.kind is RequestKind.EXTEND else ""
    who = "You" if viewer == one.requester_id else mention(one.requester_id)
    whom = "you" if viewer == one.beneficiary_id else mention(one.beneficiary_id)
    behalf = f" for {whom}" if one.beneficiary_id != one.requester_id else ""
    return f"{who} asked for {more}{words.thing(one)}{behalf}"


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


def _outcome(story: RequestStory, key: MessageKey | None) -> list[Block | None]:
    """Where it stands, where the access does, and what the company says to it."""
    said = own_words.text(story, key)
    if key is MessageKey.EXPIRED and said is not None:
        return [_beside(story.request.state.label, said)]
    if key is MessageKey.FAILED and said is not None:
        return [parts.status(story), _beside(GrantState.FAILED.label, said)]
    return [parts.status(story), _access(story), kit.section(said) if said else None]


def _beside(status: str, said: str) -> Block:
    """The company's words where ours would stand, after the status, which stays ours."""
    return kit.section(f"*{status}*{f' · {said}' if said else ''}")


def _access(story: RequestStory) -> Block | None:
    if story.request.state is not RequestState.APPROVED or story.grant is None:
        return None
    return kit.section(progress.access_line(story.grant, story.admins))
