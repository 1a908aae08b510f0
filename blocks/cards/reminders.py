"""Reminders of an undecided request: to its approvers, its requester, and the app's owners."""

from blocks import kit
from blocks.cards import buttons, layout, phrases, progress
from blocks.cards.approval import can_decide_here, decision_buttons, notification, request_title
from blocks.cards.layout import conflicts
from blocks.kit import Message
from blocks.kit.text import esc, mention, moment
from models.catalogue.words import Reassign
from models.queries.stage_story import StageStory
from models.queries.stories import RequestStory


def reminder(story: RequestStory, viewer: str) -> Message:
    """A reminder that comes by itself: the same buttons in short, and only the outcome once it is decided."""
    request, name = story.request, phrases.person_name(story.names, story.request.requester_id)
    notification = f"{name} still waits for your decision on {phrases.access_title(request)}"
    text = f"{mention(request.requester_id)} still waits for you: *{phrases.access_title(request)}*"
    return _short_card(story, viewer, notification, text)


def requester_reminder(story: RequestStory, viewer: str) -> Message:
    """A reminder that the requester sends."""
    request, name = story.request, phrases.person_name(story.names, story.request.requester_id)
    title = phrases.access_title(request)
    notification = f"{name} reminds you of {title}"
    text = f"{mention(request.requester_id)} reminds you: *{title}* waits for your decision"
    return _short_card(story, viewer, notification, text)


def expiry_warning(story: RequestStory, viewer: str) -> Message:
    """It is about to expire: an approver can still decide, and the requester knows."""
    request = story.request
    if viewer == request.requester_id and not story.may_decide(viewer):
        return _requester_warning(story)
    title = phrases.access_title(request)
    notification = f"{title} expires soon, and waits for your decision"
    requester = mention(request.requester_id)
    text = f"{requester}’s request for *{title}* is about to expire. It waits for your decision."
    return _short_card(story, viewer, notification, text)


def _requester_warning(story: RequestStory) -> Message:
    """The requester's copy of the warning."""
    request, stage = story.request, story.open_stage
    if stage is None:
        text = f"Your request for *{phrases.access_title(request)}*: {progress.status_line(story)}"
        return layout.card(
            f"{phrases.access_title(request)}: {progress.outcome(story)}",
            [
                kit.section(text),
                layout.button_row(buttons.details(request.ref)),
                layout.request_footer(request),
            ],
        )
    return layout.card(
        f"Your request for {phrases.access_title(request)} is about to expire",
        [
            kit.section(
                f"Your request for *{phrases.access_title(request)}* expires {moment(request.expires_at)}, "
                f"if nobody decides until then. It is {progress.waiting_for(stage)}."
            ),
            layout.button_row(*layout.comment_and_details(story)),
            layout.request_footer(request),
        ],
    )


def _short_card(story: RequestStory, viewer: str, notification_text: str, text: str) -> Message:
    """What was said, with the buttons of the card; or how it stands, where they have nothing to decide."""
    request = story.request
    if not can_decide_here(story, viewer):
        line = f"{request_title(story, mention(request.requester_id))}: {_why_no_buttons(story)}"
        return layout.card(
            notification(story, viewer),
            [
                kit.section(line),
                layout.button_row(buttons.details(request.ref)),
                layout.request_footer(request),
            ],
        )
    return layout.card(
        notification_text,
        [
            kit.section(text),
            conflicts(story),
            kit.context(f"{phrases.term_with_change(story)} · expires {moment(request.expires_at)}"),
            layout.button_row(*decision_buttons(story, viewer), *layout.comment_and_details(story)),
            layout.request_footer(request),
        ],
    )


def _why_no_buttons(story: RequestStory) -> str:
    return progress.status_line(story) if story.open_stage is None else "your decision is not needed any more"


def undecided(story: RequestStory, _viewer: str) -> Message:
    """Who waits for what and for whom, and what to do about it; only how it stands, once that has changed."""
    request, stage = story.request, story.open_stage
    if stage is None or not stage.overdue:
        return _no_longer_undecided(story)
    title, beneficiary = phrases.access_title(request), mention(request.beneficiary_id)
    reassign_disabled = story.snapshot.app.reassign is Reassign.NOBODY
    return layout.card(
        f"{title} is still not decided, and nobody else can be asked",
        [
            kit.section(f"*{title}, for {beneficiary}, is still not decided*"),
            kit.section(_stage_status(story, stage)),
            kit.context(progress.stage_remark(stage)),
            kit.section(_next_step(story, reassign_disabled=reassign_disabled)),
            layout.button_row(
                None if reassign_disabled else buttons.reassign(request.ref), buttons.details(request.ref)
            ),
            layout.request_footer(request),
        ],
    )


def _stage_status(story: RequestStory, stage: StageStory) -> str:
    request = story.request
    approvers = progress.waiting_for(stage)
    return f"Stage “{esc(stage.stage.name)}”: {approvers}. The request expires {moment(request.expires_at)}."


def _next_step(story: RequestStory, *, reassign_disabled: bool) -> str:
    if reassign_disabled:
        return f"Decisions on {esc(story.request.app_name)} cannot be passed on, so please ask them yourself."
    return "Ask them yourself, or press *Reassign* and choose who decides instead; it can be you."


def _no_longer_undecided(story: RequestStory) -> Message:
    request = story.request
    title, beneficiary = phrases.access_title(request), mention(request.beneficiary_id)
    return layout.card(
        f"{title}: {progress.outcome(story)}",
        [
            kit.section(f"{title}, for {beneficiary}: {progress.status_line(story)}"),
            layout.button_row(buttons.details(request.ref)),
            layout.request_footer(request),
        ],
    )
