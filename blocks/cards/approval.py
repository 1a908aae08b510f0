"""An approver's card of a request."""

import re

from blocks import kit
from blocks.cards import buttons, closed, emergency, facts, layout, phrases, progress, template_values
from blocks.kit import Block, Element, Message
from blocks.kit.text import cut, esc, mention, moment
from models.catalogue.spec.enums import Reassign, RequestKind, Risk
from models.queries.stories import RequestStory
from models.queries.to_do import Waiting
from models.tables.requests import Reassignment
from models.tables.states import RequestState
from models.wording.messages import MessageKey

_POSITION_LIMIT = 80
_ROUTINE_RISKS = (Risk.LOW, Risk.MEDIUM)
_AWAY = re.compile(r"for (.+), (?:who is away|out of office) (until .*?) \((.*)\)", re.DOTALL)
_NO_DELEGATE = re.compile(r"; (?:away|out of office), but .*", re.DOTALL)
"""Why a delegate cannot stand in, after why the person themselves is asked; both wordings are stored."""


def approval(story: RequestStory, viewer: str) -> Message:
    """The card: the request, one line of context, what is unusual, and the buttons to decide.

    `viewer` is a person's id, or the id of the channel that the card is posted in. Once the request is
    decided, the card is two lines.
    """
    if story.request.state is not RequestState.PENDING:
        return layout.card(notification(story, viewer), [closed.two_lines(story, viewer)])
    offers_decision = can_decide_here(story, viewer)
    return layout.card(
        notification(story, viewer),
        [
            layout.paragraph(
                heading(story), _ends(story), phrases.quoted_reason(story.request), phrases.gives_line(story)
            ),
            _context(story, viewer),
            _present_access(story),
            _warnings(story, viewer),
            _missing_approver(story, viewer),
            layout.progress_lines(story),
            template_values.paragraph(story, MessageKey.APPROVAL) if offers_decision else None,
            layout.comments(story),
            layout.button_row(
                *decision_buttons(story, viewer),
                buttons.comment(story.request.ref),
                buttons.details(story.request.ref),
                _more_menu(story, viewer),
                about=layout.request_title(story),
            ),
        ],
    )


def heading(story: RequestStory) -> str:
    """Who requests what, for whom and for how long, in mrkdwn."""
    request, extension = story.request, story.request.kind is RequestKind.EXTEND
    verb = "wants to extend" if extension else "requests"
    title = phrases.bold_title(story.snapshot.app, request)
    again = " again" if request.kind is RequestKind.RERAISE else ""
    beneficiary = ""
    if request.beneficiary_id != request.requester_id:
        beneficiary = f" for {_with_position(story, request.beneficiary_id)}"
    term = phrases.for_term(story.term, extension=extension)
    if story.term_changed_by is not None:
        term = f"· {phrases.term_with_change(story)}"
    return f"{_with_position(story, request.requester_id)} {verb} {title}{again}{beneficiary} {term}"


def _with_position(story: RequestStory, person_id: str) -> str:
    """A person with title and department: "*@Ada* (Engineer, Engineering)"."""
    position = cut(esc(story.positions.get(person_id, "")), _POSITION_LIMIT)
    return f"*{mention(person_id)}*{f' ({position})' if position else ''}"


def request_title(story: RequestStory, requester: str) -> str:
    """Who requests what for whom, in short: "Ada requests GitHub · Admin"."""
    request = story.request
    verb = "wants to extend" if request.kind is RequestKind.EXTEND else "requests"
    on_behalf = request.beneficiary_id != request.requester_id
    name = phrases.person_name(story.names, request.beneficiary_id)
    return f"{requester} {verb} {phrases.access_title(request)}{f' for {name}' if on_behalf else ''}"


def notification(story: RequestStory, viewer: str) -> str:
    """The notification: the request, with its outcome once the viewer has nothing to decide."""
    title = request_title(story, phrases.person_name(story.names, story.request.requester_id))
    return title if can_decide_here(story, viewer) else f"{title}: {progress.outcome(story)}"


def _ends(story: RequestStory) -> str:
    return f"Ends {phrases.extended_end(story.extended, story)}" if story.extended is not None else ""


def _context(story: RequestStory, viewer: str) -> Block:
    """One line: the risk, why the viewer is asked, who else decides, when it expires, the reference."""
    request, stage = story.request, story.open_stage
    others = ""
    if stage is not None:
        decides = can_decide_here(story, viewer) and not story.asked_in(viewer)
        others = progress.other_approvers(stage, viewer) if decides else progress.waiting_for(stage, viewer)
    return layout.context_line(
        f"{phrases.risk(story.snapshot)} risk{', privileged' if story.snapshot.access.privileged else ''}",
        _why_asked(story, viewer),
        progress.stage_number(story),
        others,
        progress.last_reminder(request),
        f"expires {moment(request.expires_at)}",
        request.ref,
    )


def _warnings(story: RequestStory, viewer: str) -> Block | None:
    """What needs a second look: what is unusual, an emergency, over the maximum, conflicts."""
    lines = [
        facts.card_line(story, viewer),
        emergency.mark_text(story),
        layout.over_max_warning(story),
        *layout.conflict_lines(story, viewer),
    ]
    shown = [line for line in lines if line]
    return kit.section(phrases.fit_lines(shown)) if shown else None


def _present_access(story: RequestStory) -> Block | None:
    """What the beneficiary had in the same app when the card was drawn."""
    if not story.other_grants:
        return None
    app = esc(story.request.app_name)
    return layout.context_line(f"Already has in {app}: {phrases.present_accesses(story.other_grants)}")


def _missing_approver(story: RequestStory, viewer: str) -> Block | None:
    """For an admin who has the card because there is no approver: why."""
    if not _can_unblock(story, viewer) or story.open_stage is None:
        return None
    return kit.section(f":warning: {esc(story.open_stage.stage.because)}")


def _why_asked(story: RequestStory, viewer: str) -> str:
    reassignment = story.reassignment_from(viewer)
    if story.asked_in(viewer):
        return "anyone who can approve may use these buttons"
    if reassignment and story.open_stage:
        by = phrases.you_or(reassignment.by_id, viewer)
        return f"{by} reassigned it to {mention(reassignment.to_id)}{_note_of(reassignment)}"
    if received := story.reassignment_to(viewer):
        return f"{mention(received.by_id)} reassigned it to you{_note_of(received)}"
    return why_you(story.because(viewer), story.request.beneficiary_id, story.request.app_name)


def _note_of(reassignment: Reassignment) -> str:
    return f": {phrases.inline_quote(reassignment.note)}" if reassignment.note else ""


def why_you(because: str, beneficiary_id: str, app_name: str) -> str:
    """Why somebody is asked, told to them: "you manage @Ada". `because` is as the stage keeps it."""
    if away := _AWAY.fullmatch(because):
        return f"{esc(away[1])} is away {esc(away[2])}, you're the delegate"
    because = _NO_DELEGATE.sub("", because)
    if because.startswith("manager of "):
        return f"you manage {mention(beneficiary_id)}"
    if because.startswith("owner of "):
        return f"you own {esc(app_name)}"
    if because.startswith("in @"):
        return f"you're {esc(because)}"
    if because.startswith("alternate, "):
        return "you're an alternate"
    return {
        "named in this stage": "you're named as an approver",
        "workspace admin": "you're a workspace admin",
    }.get(because, esc(because))


def can_decide_here(story: RequestStory, viewer: str) -> bool:
    """Whether the viewer's card has buttons to decide: an approver's, or the channel's that was asked."""
    return story.may_decide(viewer) or story.asked_in(viewer)


def _more_menu(story: RequestStory, viewer: str) -> Element | None:
    """The menu with Reassign, for approvers, and for an admin who has the card for want of an approver."""
    may_reassign = can_decide_here(story, viewer) or _can_unblock(story, viewer)
    if not may_reassign or story.snapshot.app.reassign is Reassign.NOBODY:
        return None
    if _can_unblock(story, viewer) and not can_decide_here(story, viewer):
        return buttons.reassign(story.request.ref)
    return buttons.more(story.request.ref)


def _can_unblock(story: RequestStory, viewer: str) -> bool:
    """Whether there is no approver, and the viewer is an admin, who can name one."""
    stage = story.open_stage
    return stage is not None and not stage.asked and viewer in story.admins


def is_routine(story: RequestStory | Waiting) -> bool:
    """Whether Approve is green: of low or medium risk, and without a conflict."""
    risk = story.snapshot.access.risk or story.snapshot.app.risk
    return risk in _ROUTINE_RISKS and not story.conflicts


def decision_buttons(story: RequestStory, viewer: str) -> list[Element | None]:
    """Approve, Reject and Modify duration, while the viewer may decide."""
    ref = story.request.ref
    if not can_decide_here(story, viewer):
        return []
    return [buttons.approve(ref, green=is_routine(story)), buttons.reject(ref), buttons.modify(ref)]
