"""Told to owners and admins: it was not decided in time, and nobody else can be asked."""

from blocks import kit
from blocks.cards import buttons, parts, progress, words
from blocks.kit import Message
from blocks.text import esc, mention, moment
from models.catalogue.words import Reassign
from models.queries.stage_story import StageStory
from models.queries.stories import RequestStory


def overdue(story: RequestStory, _viewer: str) -> Message:
    """Who waits for what and for whom, and what to do about it; only how it stands, once that has changed."""
    request, stage = story.request, story.open_stage
    if stage is None or not stage.overdue:
        return _over(story)
    off = story.snapshot.app.reassign is Reassign.NOBODY
    return parts.message(
        f"{words.thing(request)} is still not decided, and nobody else can be asked",
        [
            kit.section(
                f"*{words.thing(request)}, for {mention(request.beneficiary_id)}, is still not decided*"
            ),
            kit.section(_standing(story, stage)),
            kit.context(progress.remark(stage)),
            kit.section(_what_to_do(story, off=off)),
            parts.row(None if off else buttons.reassign(request.ref), buttons.details(request.ref)),
            parts.foot(request),
        ],
    )


def _standing(story: RequestStory, stage: StageStory) -> str:
    request = story.request
    waiting = progress.waiting(stage)
    return f"Stage “{esc(stage.stage.name)}”: {waiting}. The request expires {moment(request.expires_at)}."


def _what_to_do(story: RequestStory, *, off: bool) -> str:
    if off:
        return f"Decisions on {esc(story.request.app_name)} cannot be passed on, so please ask them yourself."
    return "Ask them yourself, or press *Reassign* and choose who decides instead; it can be you."


def _over(story: RequestStory) -> Message:
    request = story.request
    line = f"{words.thing(request)}, for {mention(request.beneficiary_id)}: {progress.status(story)}"
    return parts.message(
        f"{words.thing(request)}: {progress.ended(story)}",
        [kit.section(line), parts.row(buttons.details(request.ref)), parts.foot(request)],
    )
