"""An approver's copy of a request, and the reminders and the warning that point at it."""

from blocks import kit
from blocks.cards import buttons, emergency, own_words, parts, progress, words
from blocks.cards.conflicts import conflicts
from blocks.kit import Block, Element, Message
from blocks.text import esc, mention, moment
from models.catalogue.words import Reassign, RequestKind
from models.queries.stories import RequestStory
from models.tables.requests import Reassignment
from models.wording.messages import MessageKey


def approval(story: RequestStory, viewer: str) -> Message:
    """Who asks for what, how long and why, why this viewer is asked, and where it stands.

    `viewer` is a person, or the channel that the card lies in.
    """
    return parts.message(
        _notification(story, viewer),
        [
            kit.section(f"*{_title(story, mention(story.request.requester_id))}*"),
            parts.facts(_facts(story)),
            emergency.mark(story),
            parts.over_max(story),
            conflicts(story),
            parts.reason(story.request),
            _told(story, viewer),
            _why_you(story, viewer),
            parts.stages(story),
            parts.status(story),
            parts.comments(story),
            parts.row(*_deciding(story, viewer), *parts.talk(story), _passing(story, viewer)),
            parts.foot(story.request),
        ],
    )


def reminder(story: RequestStory, viewer: str) -> Message:
    """A reminder that comes by itself: the same buttons in short, and only the outcome once it is decided."""
    request, name = story.request, words.named(story.names, story.request.requester_id)
    plainly = f"{name} still waits for your decision on {words.thing(request)}"
    said = f"{mention(request.requester_id)} still waits for you: *{words.thing(request)}*"
    return _in_short(story, viewer, plainly, said)


def nudge(story: RequestStory, viewer: str) -> Message:
    """A reminder that the requester sends."""
    request, name = story.request, words.named(story.names, story.request.requester_id)
    plainly = f"{name} reminds you of {words.thing(request)}"
    said = f"{mention(request.requester_id)} reminds you: *{words.thing(request)}* waits for your decision"
    return _in_short(story, viewer, plainly, said)


def warning(story: RequestStory, viewer: str) -> Message:
    """It is about to expire: an approver can still decide, and the requester knows."""
    request = story.request
    if viewer == request.requester_id and not story.may_decide(viewer):
        return _warned(story)
    plainly = f"{words.thing(request)} expires soon, and waits for your decision"
    who = mention(request.requester_id)
    said = f"{who}’s request for *{words.thing(request)}* is about to expire. It waits for your decision."
    return _in_short(story, viewer, plainly, said)


def _warned(story: RequestStory) -> Message:
    """The requester's copy of the warning."""
    request, stage = story.request, story.open_stage
    if stage is None:
        said = f"Your request for *{words.thing(request)}*: {progress.status(story)}"
        return parts.message(
            f"{words.thing(request)}: {progress.ended(story)}",
            [kit.section(said), parts.row(buttons.details(request.ref)), parts.foot(request)],
        )
    return parts.message(
        f"Your request for {words.thing(request)} is about to expire",
        [
            kit.section(
                f"Your request for *{words.thing(request)}* expires {moment(request.expires_at)}, "
                f"if nobody decides until then. It is {progress.waiting(stage)}."
            ),
            parts.row(*parts.talk(story)),
            parts.foot(request),
        ],
    )


def _in_short(story: RequestStory, viewer: str, plainly: str, said: str) -> Message:
    """What was said, with the buttons of the card; or how it stands, where they have nothing to decide."""
    request = story.request
    if not _waits(story, viewer):
        line = f"{_title(story, mention(request.requester_id))}: {_no_longer(story)}"
        return parts.message(
            _notification(story, viewer),
            [kit.section(line), parts.row(buttons.details(request.ref)), parts.foot(request)],
        )
    return parts.message(
        plainly,
        [
            kit.section(said),
            conflicts(story),
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
    return title if _waits(story, viewer) else f"{title}: {progress.ended(story)}"


def _facts(story: RequestStory) -> dict[str, str]:
    access, request = story.snapshot.access, story.request
    privileged = ", privileged" if access.privileged else ""
    found = {
        "How long": words.how_long(story),
        "Risk": f"{words.risk(story.snapshot)} · {access.kind.value}{privileged}",
    }
    if story.extended is not None:
        found["Ends"] = words.ends(story.extended, story)
    if story.present:
        found[f"Has in {esc(request.app_name)} now"] = words.present(story.present)
    if request.beneficiary_id != request.requester_id:
        found["For"] = mention(request.beneficiary_id)
    return found


def _told(story: RequestStory, viewer: str) -> Block | None:
    """What the company tells those who have to decide."""
    return own_words.paragraph(story, MessageKey.APPROVAL) if _waits(story, viewer) else None


def _why_you(story: RequestStory, viewer: str) -> Block | None:
    because, passed = story.because(viewer), story.passed_from(viewer)
    if story.asked_in(viewer):
        return kit.context("Asked here instead of one by one. The buttons work for everybody who can decide.")
    if passed and story.open_stage:
        return kit.context(f"{_passed_on(passed, viewer)} {mention(passed.to_id)}{_note(passed)}")
    if got := story.passed_to(viewer):
        return kit.context(f"Why you: {mention(got.by_id)} passed it on to you{_note(got)}")
    if _stuck(story, viewer) and story.open_stage:
        return kit.section(f":warning: {esc(story.open_stage.stage.because)}")
    return kit.context(f"Why you: {esc(because)}") if because else None


def _passed_on(passed: Reassignment, viewer: str) -> str:
    return "You passed it on to" if passed.by_id == viewer else f"{mention(passed.by_id)} passed it on to"


def _note(passed: Reassignment) -> str:
    return f": {words.said(passed.note)}" if passed.note else ""


def _waits(story: RequestStory, viewer: str) -> bool:
    """Whether a button in the viewer's copy decides: they are asked, or the channel is that it lies in."""
    return story.may_decide(viewer) or story.asked_in(viewer)


def _passing(story: RequestStory, viewer: str) -> Element | None:
    """Reassign, for whoever is asked, and for an admin who has the card since nobody else is."""
    stuck = _stuck(story, viewer)
    off = story.snapshot.app.reassign is Reassign.NOBODY
    return buttons.reassign(story.request.ref) if not off and (stuck or _waits(story, viewer)) else None


def _stuck(story: RequestStory, viewer: str) -> bool:
    """Whether nobody can decide, and the viewer has the card as one who can mend that."""
    stage = story.open_stage
    return stage is not None and not stage.asked and viewer in story.admins


def _deciding(story: RequestStory, viewer: str) -> list[Element | None]:
    ref = story.request.ref
    if not _waits(story, viewer):
        return []
    return [buttons.approve(ref), buttons.reject(ref), buttons.modify(ref)]


def _no_longer(story: RequestStory) -> str:
    return progress.status(story) if story.open_stage is None else "your decision is not needed any more"
