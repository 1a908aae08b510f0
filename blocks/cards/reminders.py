"""Reminders of an undecided request: to its approvers, its requester, and the app's owners."""

from blocks import kit
from blocks.cards import buttons, layout, phrases, progress
from blocks.cards.approval import can_decide_here, decision_buttons, notification, request_title
from blocks.cards.layout import conflicts
from blocks.kit import Message
from blocks.kit.text import esc, mention, moment
from models.catalogue.spec.enums import Reassign
from models.queries.stories import RequestStory


def reminder(story: RequestStory, viewer: str) -> Message:
    """The automatic reminder: the approval card in short, or the outcome once it is decided."""
    request, name = story.request, phrases.person_name(story.names, story.request.requester_id)
    notification = f"{name} still waits for your decision on {phrases.access_title(request)}"
    text = f"{mention(request.requester_id)} still waits for you: *{phrases.access_title(request)}*"
    return _short_card(story, viewer, notification, text)


def requester_reminder(story: RequestStory, viewer: str) -> Message:
    """The reminder that the requester sends."""
    request, name = story.request, phrases.person_name(story.names, story.request.requester_id)
    title = phrases.access_title(request)
    notification = f"{name} reminds you of {title}"
    text = f"{mention(request.requester_id)} reminds you: *{title}* waits for your decision"
    return _short_card(story, viewer, notification, text)


def expiry_warning(story: RequestStory, viewer: str) -> Message:
    """The warning before a request expires, for its approvers and its requester."""
    request = story.request
    if viewer == request.requester_id and not story.may_decide(viewer):
        return _requester_warning(story)
    title = phrases.access_title(request)
    notification = f"{title} expires soon, and waits for your decision"
    requester = mention(request.requester_id)
    text = f"{requester}’s request for *{title}* is about to expire. It waits for your decision."
    return _short_card(story, viewer, notification, text)


def _requester_warning(story: RequestStory) -> Message:
    request, stage, title = story.request, story.open_stage, phrases.access_title(story.request)
    if stage is None:
        text = f"Your request for *{title}*: {progress.status_line(story)}"
        return layout.outcome_card(request, f"{title}: {progress.outcome(story)}", text)
    return layout.card(
        f"Your request for {title} is about to expire",
        [
            kit.section(
                f"Your request for *{title}* expires {moment(request.expires_at)}, "
                f"if nobody decides until then. It is {progress.waiting_for(stage)}."
            ),
            layout.button_row(*layout.comment_and_details(story)),
            layout.request_footer(request),
        ],
    )


def _short_card(story: RequestStory, viewer: str, notification_text: str, text: str) -> Message:
    """The text with the approval card's buttons, or the status where the viewer has nothing to decide."""
    request = story.request
    if not can_decide_here(story, viewer):
        status = "your decision is not needed any more" if story.open_stage else progress.status_line(story)
        line = f"{request_title(story, mention(request.requester_id))}: {status}"
        return layout.outcome_card(request, notification(story, viewer), line)
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


def undecided(story: RequestStory, _viewer: str) -> Message:
    """An overdue request for the app's owners and admins: nobody else can be asked, so they step in.

    Shows the status instead once the stage is decided.
    """
    request, stage = story.request, story.open_stage
    title, beneficiary = phrases.access_title(request), mention(request.beneficiary_id)
    if stage is None or not stage.overdue:
        text = f"{title}, for {beneficiary}: {progress.status_line(story)}"
        return layout.outcome_card(request, f"{title}: {progress.outcome(story)}", text)
    can_reassign = story.snapshot.app.reassign is not Reassign.NOBODY
    if can_reassign:
        advice = "Ask them yourself, or press *Reassign* and choose who decides instead; it can be you."
    else:
        app = esc(request.app_name)
        advice = f"Decisions on {app} cannot be passed on, so please ask them yourself."
    status = f"{progress.waiting_for(stage)}. The request expires {moment(request.expires_at)}"
    return layout.card(
        f"{title} is still not decided, and nobody else can be asked",
        [
            kit.section(f"*{title}, for {beneficiary}, is still not decided*"),
            kit.section(f"Stage “{esc(stage.stage.name)}”: {status}."),
            kit.context(progress.stage_remark(stage)),
            kit.section(advice),
            layout.button_row(
                buttons.reassign(request.ref) if can_reassign else None, buttons.details(request.ref)
            ),
            layout.request_footer(request),
        ],
    )
