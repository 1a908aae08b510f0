"""The part "Decided by you and others" of To do: what the viewer decided or was asked about."""

from datetime import datetime

from blocks import kit
from blocks.cards import buttons, closed, layout, phrases, progress
from blocks.cards.emergency import SIGN
from blocks.home import rows
from blocks.home.tabs import HomeAction, page_buttons
from blocks.kit import Block
from models.queries.history import Concluded, History
from models.queries.home import Waits
from models.tables.requests import Request, Term
from models.tables.states import RequestState

TITLE = "*Decided by you and others*"
NOTHING = "Nothing yet. What you're asked to approve stands here once it's decided."


def history_list(part: History, viewer: str, now: datetime) -> list[Block]:
    """A page of it, a block an entry."""
    title = kit.section(TITLE, accessory=kit.button("Back to To do", HomeAction.TODO))
    entries = [history_row(entry, viewer, now) for entry in part.entries]
    return [title, *(entries or [kit.section(NOTHING)]), *page_buttons(part.pages)]


def latest(part: Waits, viewer: str, now: datetime) -> list[Block]:
    """The first few entries below what waits, and the button to all; empty without any."""
    if not part.latest:
        return []
    everything = kit.button("Show all", HomeAction.HISTORY) if part.more else None
    title = kit.section(TITLE, accessory=everything)
    return [kit.divider(), title, *(history_row(entry, viewer, now) for entry in part.latest)]


def history_row(entry: Concluded, viewer: str, now: datetime) -> Block:
    """One entry with Details: who concluded it and how, and what the viewer decided."""
    request = entry.request
    at = request.closed_at or (entry.decision.at if entry.decision else request.created_at)
    line = " · ".join(
        filter(
            None,
            (
                _conclusion(request, viewer),
                _own_decision(entry, viewer),
                rows.people(request),
                rows.subject(request),
                phrases.term_text(Term.from_json(request.term)),
                request.ref,
                rows.ago(at, now),
            ),
        )
    )
    text = "\n".join(filter(None, (line, _note(entry))))
    details = layout.labelled(buttons.details(request.ref), rows.spoken(request))
    return kit.section(text, accessory=details)


def _conclusion(request: Request, viewer: str) -> str:
    """The status in a word, and who brought it about: "❌ *Rejected* by @Olga"."""
    if progress.was_emergency(request):
        return f"{SIGN} *Emergency access*"
    word = closed.status_word(request)
    if request.state in (RequestState.PENDING, RequestState.EXPIRED) or not request.closed_by:
        return word
    return f"{word} by {phrases.you_or(request.closed_by, viewer)}"


def _own_decision(entry: Concluded, viewer: str) -> str:
    """What the viewer decided, where the conclusion does not say it: "you approved"."""
    if entry.decision is None or entry.request.closed_by == viewer:
        return ""
    return "you approved" if entry.decision.approve else "you rejected"


def _note(entry: Concluded) -> str:
    """The note of the closing, or else the viewer's own comment, quoted in one line."""
    own = entry.decision.comment if entry.decision else ""
    # What closed an emergency is the rule that lets it begin at once.
    note = "" if progress.was_emergency(entry.request) else entry.request.closing_note
    return phrases.quoted_line(note.strip() or own)
