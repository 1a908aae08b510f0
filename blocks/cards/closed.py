"""A decided request in two lines: its status in a word with what it was about, and the reason, cut."""

from blocks import kit
from blocks.cards import layout, phrases, progress
from blocks.cards.emergency import SIGN
from blocks.kit import Block
from blocks.kit.text import mention, moment
from models.catalogue.spec.enums import RequestKind
from models.queries.stories import RequestStory
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState
from models.text import join_words

_SIGNS = {
    RequestState.PENDING: ":hourglass_flowing_sand:",
    RequestState.APPROVED: ":white_check_mark:",
    RequestState.REJECTED: ":x:",
    RequestState.EXPIRED: ":hourglass:",
    RequestState.WITHDRAWN: ":leftwards_arrow_with_hook:",
    RequestState.CANCELLED: ":no_entry_sign:",
}
GRANT_SIGNS = {
    GrantState.SCHEDULED: ":calendar:",
    GrantState.GRANTING: ":hourglass_flowing_sand:",
    GrantState.ACTIVE: ":white_check_mark:",
    GrantState.REVOKING: ":hourglass_flowing_sand:",
    GrantState.FAILED: ":warning:",
    GrantState.ENDED: ":black_square_for_stop:",
    GrantState.REVOKED: ":no_entry:",
}


def two_lines(story: RequestStory, viewer: str, status: str = "") -> Block:
    """The two lines with Details: the status (`status` where given), what it was about, and the reason."""
    text = "\n".join(filter(None, (summary(story, viewer, status), reason_line(story.request))))
    return kit.section(text, accessory=layout.details_button(story))


def summary(story: RequestStory, viewer: str, status: str = "") -> str:
    """The first line: "✅ *Approved* by you · @Ada · GitHub · Engineering team · 8 hours"."""
    return " · ".join(
        filter(None, (status or status_text(story, viewer), subject(story, viewer), _comment(story, viewer)))
    )


def grant_summary(story: RequestStory, grant: Grant, viewer: str) -> str:
    """The first line for its requester: "✅ *Active* until 20:22 · GitHub · Admin · approved by @Mia"."""
    by = _deciders(story, viewer)
    origin = f"approved by {by}" if by else ""
    if progress.was_emergency(story.request):
        origin = "emergency access, not approved in advance"
    timed = grant.state is not GrantState.ACTIVE
    parts = (_grant_status(grant), subject(story, viewer, timed=timed), origin, _comment(story, viewer))
    return " · ".join(filter(None, parts))


def subject(story: RequestStory, viewer: str, *, timed: bool = True) -> str:
    """What a request was about: who, app and access, and (if `timed`) for how long."""
    request, title = story.request, phrases.access_title(story.request)
    if request.kind is RequestKind.EXTEND:
        title = f"extension of {title}"
    term = phrases.term_change(story) if timed or story.term_changed_by else ""
    return " · ".join(
        filter(None, (_people(request, viewer), f"{phrases.icon(story.snapshot.app)}{title}", term))
    )


def status_text(story: RequestStory, viewer: str) -> str:
    """The status word with its sign, and who closed it: "✅ *Approved* by you"."""
    request, word = story.request, status_word(story.request)
    if progress.was_emergency(request):
        return f"{SIGN} *Emergency access, not approved in advance*"
    if request.state is RequestState.EXPIRED:
        return f"{word}: nobody decided by {moment(request.expires_at)}"
    by = _deciders(story, viewer)
    return f"{word} by {by}" if by else word


def status_word(request: Request) -> str:
    """The status in a word, after its sign."""
    return f"{_SIGNS[request.state]} *{request.state.label}*"


def _grant_status(grant: Grant) -> str:
    match grant.state:
        case GrantState.GRANTING:
            status = f"*{grant.state.label}*: setting up, we'll let you know when it's ready"
        case GrantState.FAILED:
            status = f"*{grant.state.label}*"
        case _:
            status = progress.grant_status(grant, ())
    return f"{GRANT_SIGNS[grant.state]} {status}"


def reason_line(request: Request) -> str:
    """The second line: the reason in one line, cut."""
    return phrases.quoted_line(request.reason)


def _deciders(story: RequestStory, viewer: str) -> str:
    """Who brought it to its end: those who approved it, or the person who closed it otherwise."""
    request = story.request
    decisions = [decision for stage in story.stages for decision in stage.decisions]
    people = [decision.person_id for decision in decisions if decision.approve]
    if request.state is not RequestState.APPROVED or not people:
        people = [request.closed_by] if request.closed_by else []
    return join_words([phrases.you_or(person_id, viewer) for person_id in people], limit=3)


def _people(request: Request, viewer: str) -> str:
    """Requester and beneficiary; empty where the reader is both, or the status names them."""
    if request.requester_id == request.beneficiary_id:
        known = request.requester_id in (viewer, request.closed_by)
        return "" if known else mention(request.requester_id)
    requester = phrases.you_or(request.requester_id, viewer)
    return f"{requester} for {phrases.you_or(request.beneficiary_id, viewer)}"


def _comment(story: RequestStory, viewer: str) -> str:
    """What was said with the decision: whole for whom it concerns, cut for everyone else."""
    request = story.request
    if progress.was_emergency(request):
        return ""  # what closed it is the rule that lets emergencies begin at once
    comment = progress.closing_comment(story)
    own = viewer in (request.requester_id, request.beneficiary_id)
    limit = progress.NOTE_LIMIT if own else phrases.DECIDED
    return phrases.inline_quote(comment, limit) if comment.strip() else ""
