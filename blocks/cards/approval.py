"""An approver's card of a request."""

from blocks import kit
from blocks.cards import buttons, emergency, layout, phrases, progress, template_values
from blocks.cards.layout import conflicts
from blocks.kit import Block, Element, Message
from blocks.kit.text import esc, mention
from models.catalogue.words import Reassign, RequestKind
from models.queries.stories import RequestStory
from models.tables.requests import Reassignment
from models.wording.messages import MessageKey


def approval(story: RequestStory, viewer: str) -> Message:
    """Who asks for what, how long and why, why this viewer is asked, and where it stands.

    `viewer` is a person, or the channel that the card lies in.
    """
    return layout.card(
        notification(story, viewer),
        [
            kit.section(f"*{request_title(story, mention(story.request.requester_id))}*"),
            layout.facts(_facts(story)),
            emergency.mark(story),
            layout.over_max_warning(story),
            conflicts(story),
            layout.reason(story.request),
            _company_text(story, viewer),
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
    extension = "more time with" if request.kind is RequestKind.EXTEND else ""
    beneficiary = (
        f"for {mention(request.beneficiary_id)}" if request.beneficiary_id != request.requester_id else ""
    )
    return " ".join(
        part
        for part in (requester, "asks for", extension, phrases.access_title(request), beneficiary)
        if part
    )


def notification(story: RequestStory, viewer: str) -> str:
    """The text of the notification: the request, and its outcome once the viewer has nothing to decide."""
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
    if story.present:
        facts[f"Has in {esc(request.app_name)} now"] = phrases.present_accesses(story.present)
    if request.beneficiary_id != request.requester_id:
        facts["For"] = mention(request.beneficiary_id)
    return facts


def _company_text(story: RequestStory, viewer: str) -> Block | None:
    """What the company tells those who have to decide."""
    return template_values.paragraph(story, MessageKey.APPROVAL) if can_decide_here(story, viewer) else None


def _why_asked(story: RequestStory, viewer: str) -> Block | None:
    reason, reassignment = story.because(viewer), story.passed_from(viewer)
    if story.asked_in(viewer):
        return kit.context("Asked here instead of one by one. The buttons work for everybody who can decide.")
    if reassignment and story.open_stage:
        return kit.context(
            f"{_reassigned_by(reassignment, viewer)} {mention(reassignment.to_id)}{_note_of(reassignment)}"
        )
    if received := story.passed_to(viewer):
        return kit.context(f"Why you: {mention(received.by_id)} passed it on to you{_note_of(received)}")
    if _can_unblock(story, viewer) and story.open_stage:
        return kit.section(f":warning: {esc(story.open_stage.stage.because)}")
    return kit.context(f"Why you: {esc(reason)}") if reason else None


def _reassigned_by(reassignment: Reassignment, viewer: str) -> str:
    return (
        "You passed it on to"
        if reassignment.by_id == viewer
        else f"{mention(reassignment.by_id)} passed it on to"
    )


def _note_of(reassignment: Reassignment) -> str:
    return f": {phrases.inline_quote(reassignment.note)}" if reassignment.note else ""


def can_decide_here(story: RequestStory, viewer: str) -> bool:
    """Whether a button in the viewer's copy decides: they are asked, or the channel is that it lies in."""
    return story.may_decide(viewer) or story.asked_in(viewer)


def _reassign_button(story: RequestStory, viewer: str) -> Element | None:
    """Reassign, for whoever is asked, and for an admin who has the card since nobody else is."""
    stuck = _can_unblock(story, viewer)
    disabled = story.snapshot.app.reassign is Reassign.NOBODY
    return (
        buttons.reassign(story.request.ref)
        if not disabled and (stuck or can_decide_here(story, viewer))
        else None
    )


def _can_unblock(story: RequestStory, viewer: str) -> bool:
    """Whether nobody can decide, and the viewer has the card as one who can mend that."""
    stage = story.open_stage
    return stage is not None and not stage.asked and viewer in story.admins


def decision_buttons(story: RequestStory, viewer: str) -> list[Element | None]:
    """Approve, Reject and Modify duration, while the viewer may decide."""
    ref = story.request.ref
    if not can_decide_here(story, viewer):
        return []
    return [buttons.approve(ref), buttons.reject(ref), buttons.modify(ref)]
