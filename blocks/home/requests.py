"""The tab "My requests": the pending ones with their approvers, then the closed ones."""

from datetime import datetime

from blocks import kit
from blocks.cards import buttons, phrases, progress
from blocks.cards.access import can_extend
from blocks.cards.emergency import SIGN
from blocks.home.tabs import ALL, HomeAction, expires_in
from blocks.kit import Block, Element
from blocks.kit.text import mention, moment
from models.catalogue.spec.enums import RequestKind
from models.queries.my_requests import MyRequests
from models.queries.stage_stories import RequestProgress
from models.tables.requests import Request, Term
from models.tables.states import RequestState

FILTER_BLOCK = "home.filter"
NOTHING = "No requests yet. Press *Request access* to get started."


def my_requests(tab: MyRequests, viewer: str, now: datetime) -> list[Block]:
    """The tab's blocks, at most two a request."""
    blocks = [block for request, standing in tab.pending for block in _pending_rows(request, standing, now)]
    blocks += [block for request in tab.closed for block in _closed_rows(request, tab, viewer)]
    if not blocks:
        blocks = [kit.section(f"No {tab.status.label.lower()} requests." if tab.status else NOTHING)]
    return [_filter(tab.status), *blocks]


def _filter(status: RequestState | None) -> Block:
    choices = [kit.option("All", ALL), *(kit.option(state.label, state.value) for state in RequestState)]
    menu = kit.select(
        HomeAction.FILTER, choices, initial=status.value if status else ALL, placeholder="Status"
    )
    return kit.actions([menu], block_id=FILTER_BLOCK)


def _pending_rows(request: Request, standing: RequestProgress | None, now: datetime) -> list[Block]:
    status = f"*{request.state.label}*"
    if standing is not None:
        stage = f"stage {request.position + 1} of {standing.stages}, " if standing.stages > 1 else ""
        status = f"{status} · {stage}{progress.waiting_for(standing.stage)}"
    dates = [
        f"For {phrases.term_text(Term.from_json(request.term))}",
        f"requested {moment(request.created_at)}",
        progress.last_reminder(request),
        expires_in(request.expires_at, now),
    ]
    lines = [_title(request), status, " · ".join(text for text in dates if text)]
    own = [buttons.remind(request.ref), buttons.withdraw(request.ref)]
    row = [*own, buttons.comment(request.ref), buttons.details(request.ref)]
    return [kit.section("\n".join(lines)), kit.actions(row)]


def _closed_rows(request: Request, tab: MyRequests, viewer: str) -> list[Block]:
    row = [*_repeat_buttons(request, tab, viewer), buttons.details(request.ref)]
    return [kit.section("\n".join([_title(request), _outcome(request)])), kit.actions(row)]


def _repeat_buttons(request: Request, tab: MyRequests, viewer: str) -> list[Element]:
    """Request again, or Extend while the access is active; empty where neither would be accepted."""
    if request.kind is RequestKind.EXTEND:
        return []
    if request.id not in tab.unavailable:
        return [buttons.request_again(request.ref)]
    held = tab.unavailable[request.id]
    if held is None or held.grant.request_id != request.id:
        return []
    return [buttons.extend(held.grant)] if can_extend(held.grant, held.extension, viewer) else []


def _title(request: Request) -> str:
    title = f"*{phrases.access_title(request)}*"
    text = f"Extension of {title}" if request.kind is RequestKind.EXTEND else title
    on_behalf = request.beneficiary_id != request.requester_id
    text = f"{SIGN} {text}" if request.emergency else text
    return f"{text}{f' for {mention(request.beneficiary_id)}' if on_behalf else ''} · {request.ref}"


def _outcome(request: Request) -> str:
    word = f"*{request.state.label}*"
    if request.state is RequestState.EXPIRED:
        return f"{word}: nobody decided by {moment(request.expires_at)}"
    by = f" by {mention(request.closed_by)}" if request.closed_by else ""
    at = f" {moment(request.closed_at)}" if request.closed_at else ""
    note = f": {phrases.inline_quote(request.closing_note)}" if request.closing_note.strip() else ""
    return f"{word}{by}{at}{note}"
