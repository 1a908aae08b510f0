"""An approver's copy of a request, and the reminder that points at it."""

from blocks import kit
from blocks.cards import buttons, parts, progress, words
from blocks.kit import Block, Element, Message
from blocks.text import esc, mention, moment
from models.catalogue.words import RequestKind
from models.queries.stories import RequestStory


def approval(story: RequestStory, viewer: str) -> Message:
    """Who asks for what, how long and why, why this viewer is asked, and where it stands."""
    return parts.message(
        _notification(story, viewer),
        [
            kit.section(f"*{_title(story, mention(story.request.requester_id))}*"),
            parts.facts(_facts(story)),
            parts.over_max(story),
            parts.reason(story.request),
            _why_you(story, viewer),
            parts.stages(story),
            parts.status(story),
            parts.comments(story),
            parts.row(*_deciding(story, viewer), *parts.talk(story)),
            parts.foot(story.request),
        ],
    )


def reminder(story: RequestStory, viewer: str) -> Message:
    """A nudge: the same buttons in short, and only the outcome once there is nothing to decide."""
    request, waits = story.request, story.may_decide(viewer)
    if not waits:
        line = f"{_title(story, mention(request.requester_id))}: {_no_longer(story)}"
        return parts.message(
            _notification(story, viewer),
            [kit.section(line), parts.row(buttons.details(request.ref)), parts.foot(request)],
        )
    name = words.named(story.names, request.requester_id)
    return parts.message(
        f"{name} still waits for your decision on {words.thing(request)}",
        [
            kit.section(f"{mention(request.requester_id)} still waits for you: *{words.thing(request)}*"),
            kit.context(f"{words.how_long(story)} · expires {moment(request.expires_at)}"),
            parts.row(*_deciding(story, viewer), *parts.talk(story)),
            parts.foot(request),
        ],
    )


def _title(story: RequestStory, requester: str) -> str:
    request = story.request
    what = "more time with" if request.kind is RequestKind.EXTEND else ""
    whom = f"for {mention(request.beneficiary_id)}" if request.beneficiary_id != request.requester_id else ""
    return " ".join(part for part in (requester, "asks for", what, words.thing(request), whom) if part)


def _notification(story: RequestStory, viewer: str) -> str:
    title = _title(story, words.named(story.names, story.request.requester_id))
    return title if story.may_decide(viewer) else f"{title}: {progress.ended(story)}"


def _facts(story: RequestStory) -> dict[str, str]:
    access, request = story.snapshot.access, story.request
    privileged = ", privileged" if access.privileged else ""
    found = {
        "How long": words.how_long(story),
        "Risk": f"{words.risk(story.snapshot)} · {access.kind.value}{privileged}",
    }
    if story.extended is not None:
        found["Ends"] = words.ends(story.extended, story)
    if request.beneficiary_id != request.requester_id:
        found["For"] = mention(request.beneficiary_id)
    return found


def _why_you(story: RequestStory, viewer: str) -> Block | None:
    because = story.because(viewer)
    return kit.context(f"Why you: {esc(because)}") if because else None


def _deciding(story: RequestStory, viewer: str) -> list[Element | None]:
    ref = story.request.ref
    if not story.may_decide(viewer):
        return []
    return [buttons.approve(ref), buttons.reject(ref), buttons.modify(ref)]


def _no_longer(story: RequestStory) -> str:
    return progress.status(story) if story.open_stage is None else "your decision is not needed any more"
