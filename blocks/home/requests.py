"""The tab "My requests": the open ones with what they wait for, then the closed ones."""

from datetime import datetime

from blocks import kit
from blocks.cards import buttons, phrases, progress
from blocks.cards.access import can_extend
from blocks.cards.emergency import SIGN
from blocks.home import rows
from blocks.home.tabs import HomeAction, page_buttons
from blocks.kit import Block, Element
from blocks.kit.text import mention, moment
from models.catalogue.spec.enums import RequestKind
from models.queries.my_requests import MyRequests, Status
from models.queries.stage_stories import RequestProgress
from models.tables.requests import Request, Term
from models.tables.states import GrantState, RequestState
from models.text import join_words

FILTER_BLOCK = "home.filter"
NOTHING = "No requests yet. Press *Request access* to get started."


def my_requests(tab: MyRequests, viewer: str, now: datetime) -> list[Block]:
    """The tab's blocks, at most two a request: what is open, then what is closed."""
    waiting = [block for request, standing in tab.pending for block in _pending_rows(request, standing, now)]
    in_progress = [block for request in tab.in_progress for block in _rows_of(request, tab, viewer)]
    closed = [block for request in tab.closed for block in _rows_of(request, tab, viewer)]
    lists = [
        *_section("Open", [*waiting, *in_progress]),
        *_section("Closed", closed),
    ]
    if not lists:
        lists = [kit.section(f"No requests with {_status_words(tab)}." if tab.statuses else NOTHING)]
    return [_filter(tab.statuses), *lists, *page_buttons(tab.pages)]


def _section(title: str, blocks: list[Block]) -> list[Block]:
    return [kit.section(f"*{title}*"), *blocks] if blocks else []


def _status_words(tab: MyRequests) -> str:
    labels = [status.label for status in tab.statuses]
    return f"status {join_words(labels, word='or')}"


def _filter(statuses: tuple[Status, ...]) -> Block:
    groups = {
        "Requests": [kit.option(state.label, state.value) for state in RequestState],
        "Access": [kit.option(state.label, state.value) for state in GrantState],
    }
    menu = kit.multi_select(HomeAction.FILTER, groups, initial=set(statuses), placeholder="Any status")
    return kit.section("Status", accessory=menu, block_id=FILTER_BLOCK)


def _pending_rows(request: Request, standing: RequestProgress | None, now: datetime) -> list[Block]:
    status = f"*{request.state.label}*"
    if standing is not None:
        stage = f"stage {request.position + 1} of {standing.stages}, " if standing.stages > 1 else ""
        status = f"{status} · {stage}{progress.waiting_for(standing.stage)}"
    dates = [
        f"For {phrases.term_text(Term.from_json(request.term))}",
        f"requested {rows.ago(request.created_at, now)}",
        progress.last_reminder(request),
        rows.expires_in(request.expires_at, now),
    ]
    lines = [_title(request), status, " · ".join(text for text in dates if text)]
    own = [buttons.remind(request.ref), buttons.withdraw(request.ref)]
    row = [*own, buttons.comment(request.ref), buttons.details(request.ref)]
    return rows.rows("\n".join(lines), row, rows.spoken(request))


def _rows_of(request: Request, tab: MyRequests, viewer: str) -> list[Block]:
    """A decided request: how it ended, what became of the access, and what can be done next."""
    row = [*_repeat_buttons(request, tab, viewer), buttons.details(request.ref)]
    lines = [_title(request), _outcome(request), _grant_status(request, tab)]
    return rows.rows("\n".join(filter(None, lines)), row, rows.spoken(request))


def _grant_status(request: Request, tab: MyRequests) -> str:
    grant = tab.grants.get(request.grant_id) if request.grant_id else None
    if grant is None or request.state is not RequestState.APPROVED:
        return ""
    return progress.grant_status(grant, tab.admins)


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
