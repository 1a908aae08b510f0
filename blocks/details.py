"""The Details of a request: facts, stages with their approvers and decisions, and the timeline."""

from collections.abc import Sequence
from enum import StrEnum

from blocks import kit
from blocks.cards import buttons, emergency, facts, layout, phrases, progress
from blocks.kit import Block, Element, View
from blocks.kit.text import esc, mention
from blocks.timeline import line
from models.audit import TrailEntry
from models.catalogue.spec.enums import OnReject, RequestKind
from models.queries.stage_stories import StageStory
from models.queries.stories import RequestStory
from models.tables.states import RequestState, StageState

PAGE = 30
"""Entries on a page; a view takes 100 blocks and 250 kB."""

_RULE_TEXTS = {
    "any": "the first decision counts",
    "all": "all must approve",
    "1": "1 approval needed",
}


class DetailsAction(StrEnum):
    """The buttons that turn pages; their value is the request's reference and the page, as in AR-12/2."""

    EARLIER = "details.earlier"
    LATER = "details.later"


def details(
    story: RequestStory,
    entries: Sequence[TrailEntry],
    page: int = 0,
    *,
    viewer: str = "",
    reassigns: bool = False,
) -> View:
    """The modal, with one page of the timeline (counted from 0; a page beyond the last is the last).

    It has the buttons to decide if the viewer may, Reassign if `reassigns`, and Comment: whoever may look may
    comment.
    """
    last = max((len(entries) - 1) // PAGE, 0)
    page = min(max(page, 0), last)
    blocks = [
        kit.section(_title(story)),
        layout.facts(_facts(story)),
        layout.paragraph(phrases.gives(story.snapshot), esc(story.snapshot.app.link)),
        layout.reason(story.request),
        kit.section(_status(story)),
        layout.paragraph(emergency.mark_text(story)),
        *facts.in_details(story, viewer),
        *(_stage(story_stage, len(story.stages)) for story_stage in story.stages),
        layout.button_row(
            *_decision_buttons(story, viewer, reassigns=reassigns), about=layout.request_title(story)
        ),
        kit.divider(),
        *(
            kit.section(line(entry, raw_errors=viewer in story.admins))
            for entry in entries[page * PAGE : (page + 1) * PAGE]
        ),
        *_page_buttons(story.request.ref, page, last),
    ]
    return kit.modal(
        f"Details of {story.request.ref}",
        [block for block in blocks if block],
        callback_id="details",
        close="Close",
    )


def parse_page(value: str) -> tuple[str, int]:
    """The reference and the page in the value of a page button."""
    ref, _, page = value.partition("/")
    return ref, int(page) if page.isascii() and page.isdigit() and len(page) < PAGE else 0


def _title(story: RequestStory) -> str:
    request, beneficiary = story.request, mention(story.request.beneficiary_id)
    extension = "an extension of " if request.kind is RequestKind.EXTEND else ""
    verb = {RequestState.PENDING: "requests", RequestState.APPROVED: "gets"}.get(request.state, "wanted")
    return f"{beneficiary} {verb} {extension}{phrases.bold_title(story.snapshot.app, request)}"


def _facts(story: RequestStory) -> dict[str, str]:
    access = story.snapshot.access
    by_hand = access.connector.by_hand
    connector = access.connector.type.replace("_", " ")
    facts = {
        "How long": phrases.term_with_change(story),
        "Risk": phrases.risk(story.snapshot),
        "Kind": access.kind.value.capitalize() + (", privileged" if access.privileged else ""),
        "Provisioning": "by hand" if by_hand else f"automatic ({connector})",
        "Requester": mention(story.request.requester_id),
    }
    return facts | ({"Ends": phrases.extended_end(story.extended, story)} if story.extended else {})


def _status(story: RequestStory) -> str:
    lines = [progress.status_line(story), progress.closing_note(story)]
    if story.grant is not None and story.extended is None:
        lines.append(f"Access: {progress.grant_status(story.grant, story.admins)}")
        if usage := story.grant.usage:
            lines.append(f"{mention(story.grant.person_id)} said at its end: *{usage.label}*")
    return "\n".join(text for text in lines if text)


def _stage(story_stage: StageStory, stages: int) -> Block:
    stage = story_stage.stage
    rule = _RULE_TEXTS.get(stage.rule, f"{stage.rule} approvals needed")
    if story_stage.on_reject is OnReject.VETO and stage.rule.isdigit():
        rule += ", one rejection rejects it"
    place = f"Stage {stage.position + 1} of {stages}: " if stages > 1 else ""
    head = f"*{place}{esc(stage.name)}* · {rule}"
    lines = [head, *(progress.decision_line(decision) for decision in story_stage.decisions)]
    if stage.state is StageState.OPEN:
        lines += filter(None, (progress.waiting_for(story_stage), progress.stage_remark(story_stage)))
    for approver in story_stage.asked:
        label = "Can decide too" if approver.quiet else "Asked"
        lines.append(f"{label}: {mention(approver.person_id)} ({esc(approver.because)})")
    return kit.section(phrases.fit_lines(lines))


def _decision_buttons(story: RequestStory, viewer: str, *, reassigns: bool) -> list[Element | None]:
    ref, may = story.request.ref, story.may_decide(viewer)
    return [
        buttons.approve(ref) if may else None,
        buttons.reject(ref) if may else None,
        buttons.modify(ref) if may else None,
        buttons.reassign(ref) if reassigns else None,
        buttons.comment(ref),
    ]


def _page_buttons(ref: str, page: int, last: int) -> list[Block]:
    if last == 0:
        return []
    earlier = kit.button("Earlier", DetailsAction.EARLIER, f"{ref}/{page - 1}") if page > 0 else None
    later = kit.button("Later", DetailsAction.LATER, f"{ref}/{page + 1}") if page < last else None
    buttons = layout.button_row(earlier, later)
    return [kit.context(f"Page {page + 1} of {last + 1}"), *([buttons] if buttons else [])]
