"""An approver's card of a request."""

from blocks import kit
from blocks.cards import buttons, emergency, layout, phrases, progress, template_values
from blocks.cards.layout import conflicts
from blocks.kit import Block, Element, Message
from blocks.kit.text import esc, mention
from models.catalogue.spec.enums import Reassign, RequestKind
from models.queries.stories import RequestStory
from models.tables.requests import Reassignment
from models.wording.messages import MessageKey


def approval(story: RequestStory, viewer: str) -> Message:
    """The card: the request, why the viewer is asked, the progress, and the buttons to decide.

    `viewer` is a person's id, or the id of the channel that the card is posted in.
    """
    offers_decision = can_decide_here(story, viewer)
    return layout.card(
        notification(story, viewer),
        [
            kit.section(f"*{request_title(story, mention(story.request.requester_id))}*"),
            layout.facts(_facts(story)),
            emergency.mark(story),
            layout.over_max_warning(story),
            conflicts(story),
            layout.reason(story.request),
            template_values.paragraph(story, MessageKey.APPROVAL) if offers_decision else None,
            _why_asked(story, viewer),
            layout.stages(story),
            layout.status(story),
            layout.comments(story),
            layout.button_row(
                *decision_buttons(story, viewer),
                *layout.comment_and_details(story),
                _reassign_button(story, viewer),
            ),
            layout.request_footer(story.request),
        ],
    )


def request_title(story: RequestStory, requester: str) -> str:
    """Who requests what for whom: "Ada asks for GitHub, Admin"."""
    request = story.request
    extension = "more time with " if request.kind is RequestKind.EXTEND else ""
    on_behalf = request.beneficiary_id != request.requester_id
    beneficiary = f" for {mention(request.beneficiary_id)}" if on_behalf else ""
    return f"{requester} asks for {extension}{phrases.access_title(request)}{beneficiary}"


def notification(story: RequestStory, viewer: str) -> str:
    """The notification: the request, with its outcome once the viewer has nothing to decide."""
    title = request_title(story, phrases.person_name(story.names, story.request.requester_id))
    return title if can_decide_here(story, viewer) else f"{title}: {progress.outcome(story)}"


def _facts(story: RequestStory) -> dict[str, str]:
    access, request = story.snapshot.access, story.request
    privileged = ", privileged" if access.privileged else ""
    facts = {
        "How long": phrases.term_with_change(story),
        "Risk": f"{phrases.risk(story.snapshot)} · {access.kind.value}{privileged}",
    }
    if story.extended is not None:
        facts["Ends"] = phrases.extended_end(story.extended, story)
    if story.other_grants:
        facts[f"Has in {esc(request.app_name)} now"] = phrases.present_accesses(story.other_grants)
    if request.beneficiary_id != request.requester_id:
        facts["For"] = mention(request.beneficiary_id)
    return facts


def _why_asked(story: RequestStory, viewer: str) -> Block | None:
    reason, reassignment = story.because(viewer), story.reassignment_from(viewer)
    if story.asked_in(viewer):
        return kit.context("Asked here instead of one by one. The buttons work for everybody who can decide.")
    if reassignment and story.open_stage:
        by = "You" if reassignment.by_id == viewer else mention(reassignment.by_id)
        return kit.context(f"{by} passed it on to {mention(reassignment.to_id)}{_note_of(reassignment)}")
    if received := story.reassignment_to(viewer):
        return kit.context(f"Why you: {mention(received.by_id)} passed it on to you{_note_of(received)}")
    if _can_unblock(story, viewer) and story.open_stage:
        return kit.section(f":warning: {esc(story.open_stage.stage.because)}")
    return kit.context(f"Why you: {esc(reason)}") if reason else None


def _note_of(reassignment: Reassignment) -> str:
    return f": {phrases.inline_quote(reassignment.note)}" if reassignment.note else ""


def can_decide_here(story: RequestStory, viewer: str) -> bool:
    """Whether the viewer's card has buttons to decide: an approver's, or the channel's that was asked."""
    return story.may_decide(viewer) or story.asked_in(viewer)


def _reassign_button(story: RequestStory, viewer: str) -> Element | None:
    """Reassign, for the approvers, and for an admin who has the card because there is no approver."""
    may_reassign = can_decide_here(story, viewer) or _can_unblock(story, viewer)
    if not may_reassign or story.snapshot.app.reassign is Reassign.NOBODY:
        return None
    return buttons.reassign(story.request.ref)


def _can_unblock(story: RequestStory, viewer: str) -> bool:
    """Whether there is no approver, and the viewer is an admin, who can name one."""
    stage = story.open_stage
    return stage is not None and not stage.asked and viewer in story.admins


def decision_buttons(story: RequestStory, viewer: str) -> list[Element | None]:
    """Approve, Reject and Modify duration, while the viewer may decide."""
    ref = story.request.ref
    if not can_decide_here(story, viewer):
        return []
    return [buttons.approve(ref), buttons.reject(ref), buttons.modify(ref)]
