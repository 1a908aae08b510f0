"""The tab "My requests": what is open and for whom it waits, then what became of the rest."""

from blocks import kit
from blocks.cards import buttons, progress, words
from blocks.cards.emergency import SIGN
from blocks.home.access import may_extend
from blocks.home.ids import ALL, HomeAction
from blocks.kit import Block, Element
from blocks.text import mention, moment
from models.catalogue.words import RequestKind
from models.queries.my_requests import MyRequests
from models.queries.standing import Standing
from models.tables.requests import Request, Term
from models.tables.states import RequestState

FILTER_BLOCK = "home.filter"


def my_requests(tab: MyRequests, viewer: str) -> list[Block]:
    """The tab's blocks, at most two a request."""
    drawn = [block for request, standing in tab.pending for block in _pending(request, standing)]
    drawn += [block for request in tab.closed for block in _closed(request, tab, viewer)]
    return [_filter(tab.status), *(drawn or [kit.section(_nothing(tab.status))])]


def _filter(status: RequestState | None) -> Block:
    choices = [kit.option("All", ALL), *(kit.option(one.label, one.value) for one in RequestState)]
    menu = kit.select(
        HomeAction.FILTER, choices, initial=status.value if status else ALL, placeholder="Status"
    )
    return kit.actions([menu], block_id=FILTER_BLOCK)


def _nothing(status: RequestState | None) -> str:
    if status is None:
        return "You have not asked for anything yet. Press *Request access* to begin."
    return f"None of your requests is {status.label.lower()}."


def _pending(request: Request, standing: Standing | None) -> list[Block]:
    lines = [_title(request), f"*{request.state.label}*{_progress(request, standing)}", _terms(request)]
    own = [buttons.remind(request.ref), buttons.withdraw(request.ref)]
    row = [*own, buttons.comment(request.ref), buttons.details(request.ref)]
    return [kit.section("\n".join(lines)), kit.actions(row)]


def _closed(request: Request, tab: MyRequests, viewer: str) -> list[Block]:
    row = [*_once_more(request, tab, viewer), buttons.details(request.ref)]
    return [kit.section("\n".join([_title(request), _outcome(request)])), kit.actions(row)]


def _once_more(request: Request, tab: MyRequests, viewer: str) -> list[Element]:
    """The same again, or longer where it is held still: what of the two would be taken."""
    if request.kind is RequestKind.EXTEND:
        return []
    if request.id not in tab.instead:
        return [buttons.again(request.ref)]
    held = tab.instead[request.id]
    from_here = held is not None and held.grant.request_id == request.id
    return [buttons.extend(held.grant)] if held and from_here and may_extend(held, viewer) else []


def _title(request: Request) -> str:
    what = f"*{words.thing(request)}*"
    more = f"More time for {what}" if request.kind is RequestKind.EXTEND else what
    other = request.beneficiary_id != request.requester_id
    more = f"{SIGN} {more}" if request.emergency else more
    return f"{more}{f' for {mention(request.beneficiary_id)}' if other else ''} · {request.ref}"


def _progress(request: Request, standing: Standing | None) -> str:
    if standing is None:
        return ""
    which = f"stage {request.position + 1} of {standing.stages}, " if standing.stages > 1 else ""
    return f" · {which}{progress.waiting(standing.stage)}"


def _terms(request: Request) -> str:
    asked, expires = moment(request.created_at), moment(request.expires_at)
    times = [f"asked {asked}", progress.reminded(request), f"expires {expires}"]
    term = f"For {words.lasting(Term.from_json(request.term))}"
    return " · ".join([term, *(part for part in times if part)])


def _outcome(request: Request) -> str:
    word = f"*{request.state.label}*"
    if request.state is RequestState.EXPIRED:
        return f"{word} · nobody decided until {moment(request.expires_at)}"
    by = f" by {mention(request.closed_by)}" if request.closed_by else ""
    at = f" {moment(request.closed_at)}" if request.closed_at else ""
    note = f": {words.said(request.closing_note)}" if request.closing_note.strip() else ""
    return f"{word}{by}{at}{note}"
