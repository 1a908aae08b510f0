"""Reminders of an undecided request: to its approvers, its requester, and the app's owners."""

from blocks.cards import buttons, closed, layout, phrases, progress
from blocks.cards.approval import can_decide_here, decision_buttons, notification
from blocks.kit import Message
from blocks.kit.text import esc, mention, moment
from models.catalogue.spec.enums import Reassign
from models.queries.stories import RequestStory
from models.tables.states import RequestState


def reminder(story: RequestStory, viewer: str) -> Message:
    """The automatic reminder: the approval card in short, or the outcome once it is decided."""
    request, name = story.request, phrases.person_name(story.names, story.request.requester_id)
    notification = f"{name} is still waiting for your decision on {phrases.access_title(request)}"
    title = phrases.bold_title(story.snapshot.app, request)
    text = f":bell: {mention(request.requester_id)} is still waiting for your decision on {title}"
    return _short_card(story, viewer, notification, text)


def requester_reminder(story: RequestStory, viewer: str) -> Message:
    """The reminder that the requester sends."""
    request, name = story.request, phrases.person_name(story.names, story.request.requester_id)
    notification = f"{name} reminds you: {phrases.access_title(request)} needs your decision"
    title = phrases.bold_title(story.snapshot.app, request)
    text = f":bell: {mention(request.requester_id)} reminds you: {title} needs your decision"
    return _short_card(story, viewer, notification, text)


def expiry_warning(story: RequestStory, viewer: str) -> Message:
    """The warning before a request expires, for its approvers and its requester."""
    request = story.request
    if viewer == request.requester_id and not story.may_decide(viewer):
        return _requester_warning(story, viewer)
    name = phrases.person_name(story.names, request.requester_id)
    notification = (
        f"{name}'s request for {phrases.access_title(request)} expires soon and needs your decision"
    )
    title = phrases.bold_title(story.snapshot.app, request)
    owner = f"{mention(request.requester_id)}'s"
    text = f":alarm_clock: {owner} request for {title} expires soon and needs your decision"
    return _short_card(story, viewer, notification, text)


def _requester_warning(story: RequestStory, viewer: str) -> Message:
    request, stage, title = story.request, story.open_stage, phrases.access_title(story.request)
    if stage is None:
        return layout.card(f"{title}: {progress.outcome(story)}", [closed.two_lines(story, viewer)])
    bold = phrases.bold_title(story.snapshot.app, request)
    return layout.card(
        f"Your request for {title} expires soon",
        [
            layout.paragraph(
                f":alarm_clock: Your request for {bold} expires {moment(request.expires_at)} "
                f"unless it is decided by then. It's {progress.waiting_for(stage)}."
            ),
            layout.button_row(
                buttons.comment(request.ref), buttons.details(request.ref), about=layout.request_title(story)
            ),
        ],
    )


def _short_card(story: RequestStory, viewer: str, notification_text: str, text: str) -> Message:
    """The text with the approval card's buttons, or the status where the viewer has nothing to decide."""
    request = story.request
    if not can_decide_here(story, viewer):
        pending = request.state is RequestState.PENDING
        status = (
            f":heavy_check_mark: *{request.state.label}*, your decision is no longer needed"
            if pending
            else ""
        )
        return layout.card(notification(story, viewer), [closed.two_lines(story, viewer, status)])
    return layout.card(
        notification_text,
        [
            layout.paragraph(text),
            layout.conflicts(story, viewer),
            layout.context_line(
                phrases.term_with_change(story), f"expires {moment(request.expires_at)}", request.ref
            ),
            layout.button_row(
                *decision_buttons(story, viewer),
                buttons.comment(request.ref),
                buttons.details(request.ref),
                about=layout.request_title(story),
            ),
        ],
    )


def undecided(story: RequestStory, viewer: str) -> Message:
    """An overdue request for the app's owners and admins: nobody else can be asked, so they step in.

    Shows the outcome instead once the stage is decided.
    """
    request, stage = story.request, story.open_stage
    title, name = phrases.access_title(request), phrases.person_name(story.names, request.beneficiary_id)
    if stage is None or not stage.overdue:
        return layout.card(f"{title}: {progress.outcome(story)}", [closed.two_lines(story, viewer)])
    can_reassign = story.snapshot.app.reassign is not Reassign.NOBODY
    advice = "Ask them yourself, or press *Reassign* to choose another approver. It can be you."
    if not can_reassign:
        advice = f"Decisions on {esc(request.app_name)} can't be reassigned, so ask them yourself."
    bold = phrases.bold_title(story.snapshot.app, request)
    return layout.card(
        f"Nobody has decided on {title} for {name}, and nobody else can be asked",
        [
            layout.paragraph(
                f":warning: *Nobody has decided* on {bold} for {mention(request.beneficiary_id)}", advice
            ),
            layout.context_line(
                progress.waiting_for(stage),
                f"expires {moment(request.expires_at)}",
                request.ref,
            ),
            layout.context_line(progress.stage_remark(stage)),
            layout.button_row(
                buttons.reassign(request.ref) if can_reassign else None,
                buttons.comment(request.ref),
                buttons.details(request.ref),
                about=layout.request_title(story),
            ),
        ],
    )
