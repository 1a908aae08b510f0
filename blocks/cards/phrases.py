"""Phrases that cards and modals share: what, who, how long, until when. All of it is mrkdwn."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from blocks.kit.text import SECTION, cut, esc, mention, moment
from models.catalogue.spec.enums import RequestKind
from models.durations import duration_words
from models.queries.stories import RequestStory
from models.registry.policy_snapshot import Snapshot
from models.tables.grants import Grant
from models.tables.requests import Request, Term
from models.tables.states import GrantState, RequestState
from models.text import first_items

NOTIFICATION = 300
"""Characters of a notification: more than any client shows."""
_MAX_PRESENT = 5
"""Accesses that a card names before it counts the rest."""


def access_title(row: Request | Grant) -> str:
    """App and access: "GitHub, Engineering team"."""
    return f"{esc(row.app_name)}, {esc(row.access_name)}"


def request_title(request: Request) -> str:
    """The request with its reference and beneficiary: "AR-12: *GitHub, Engineering team* for @Ada"."""
    return f"{request.ref}: *{access_title(request)}* for {mention(request.beneficiary_id)}"


def person_name(names: Mapping[str, str], person_id: str) -> str:
    """A person by name, for notifications, in which a client may not resolve a mention."""
    text = mention(person_id)
    return esc(names.get(person_id, person_id)) if text.startswith("<@") else text


def term_text(term: Term) -> str:
    """A term: "8 hours", "until 4 March", "4 March to 9 March", "no end"."""
    if term.length is not None:
        after = f" from {moment(term.start)}" if term.start else ""
        return f"{duration_words(term.length)}{after}"
    if term.end is not None:
        return f"{moment(term.start)} to {moment(term.end)}" if term.start else f"until {moment(term.end)}"
    return f"no end, from {moment(term.start)}" if term.start else "no end"


def term_with_change(story: RequestStory) -> str:
    """The requested term and its change by an approver: "8 hours → 4 hours, changed by @Grace"."""
    requested, now = story.asked_term, story.term
    suffix = " more" if story.request.kind is RequestKind.EXTEND and now.length is not None else ""
    changer = story.term_changed_by
    if changer is None:
        return f"{term_text(now)}{suffix}"
    return f"{term_text(requested)} → *{term_text(now)}*{suffix}, changed by {mention(changer)}"


def until(ends_at: datetime | None) -> str:
    """An end: "until 4 March", "with no end"."""
    return f"until {moment(ends_at)}" if ends_at else "with no end"


def extended_end(grant: Grant, story: RequestStory) -> str:
    """The end of an access with a pending extension, and the new one: "4 March → 5 March"."""
    now = moment(grant.ends_at) if grant.ends_at else "no end"
    if story.request.state is not RequestState.PENDING:
        return now
    if grant.over_at is not None:
        return f"ended {moment(grant.over_at)}; once approved, it is given again"
    return f"{now} → {_end_after_extension(grant, story.term)}"


def _end_after_extension(grant: Grant, term: Term) -> str:
    if term.length is not None and grant.ends_at is not None:
        return moment(grant.ends_at + term.length)
    return moment(term.end) if term.end else "no end"


def present_accesses(grants: Sequence[Grant]) -> str:
    """Accesses that somebody already has: "Read (until 4 March), Write (with no end)"."""
    titles = [f"{esc(grant.access_name)} ({_grant_period(grant)})" for grant in grants]
    return ", ".join(first_items(titles, _MAX_PRESENT))


def _grant_period(grant: Grant) -> str:
    if grant.state is GrantState.SCHEDULED and grant.starts_at:
        return f"from {moment(grant.starts_at)}"
    return until(grant.ends_at) if grant.state is GrantState.ACTIVE else grant.state.label.lower()


def risk(snapshot: Snapshot) -> str:
    """The risk of the access: "High"."""
    return snapshot.policy.risk.value.capitalize()


def instructions(snapshot: Snapshot) -> str:
    """The instructions of the access, or else of the app."""
    own = snapshot.access.instructions
    return esc(snapshot.app.instructions if own is None else own)


def inline_quote(text: str, limit: int = 300) -> str:
    """A text that somebody wrote, in one line and in quotation marks."""
    return f"“{cut(esc(' '.join(text.split())), limit)}”"


def fit_lines(lines: Iterable[str], limit: int = SECTION) -> str:
    """The first lines that fit in `limit` characters, and how many are left out.

    No line is cut, since it may hold a mention.
    """
    result, pending = list[str](), list(lines)
    room = limit - len("…and 99999 more")
    for line in pending:
        if len(line) + 1 > room:
            return "\n".join([*result, f"…and {len(pending) - len(result)} more"])
        result.append(line)
        room -= len(line) + 1
    return "\n".join(result)
