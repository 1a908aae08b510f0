"""Phrases that cards and modals share: what, who, how long, until when. All of it is mrkdwn."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from blocks.kit.text import SECTION, cut, esc, mention, moment, quote
from models.catalogue.spec import AppSpec
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
REASON = 300
"""Characters of a reason on a card that waits."""
DECIDED = 100
"""Characters of a reason or comment on a card that is decided."""
_MAX_REASON_LINES = 8
_DESCRIPTION = 300
"""Characters of a description."""
_MAX_PRESENT = 5
"""Accesses that a card names before it counts the rest."""


def access_title(row: Request | Grant) -> str:
    """App and access: "GitHub · Engineering team"."""
    return f"{esc(row.app_name)} · {esc(row.access_name)}"


def bold_title(app: AppSpec, row: Request | Grant) -> str:
    """App and access in bold, after the app's icon where it has one."""
    return f"{icon(app)}*{access_title(row)}*"


def icon(app: AppSpec) -> str:
    """The app's emoji and a space; empty without one, and where the icon is a picture's address."""
    return f"{app.icon} " if app.icon.startswith(":") else ""


def spoken_title(ref: str, row: Request | Grant, person_id: str, names: Mapping[str, str]) -> str:
    """What a button is about, for screen readers: "AR-8, AWS · Billing for Ada". Plain text, not escaped."""
    name = names.get(person_id, "")
    return f"{ref}, {row.app_name} · {row.access_name}{f' for {name}' if name else ''}"


def request_title(request: Request) -> str:
    """The request with its reference and beneficiary: "AR-12: *GitHub · Engineering team* for @Ada"."""
    return f"{request.ref}: *{access_title(request)}* for {mention(request.beneficiary_id)}"


def you_or(person_id: str, viewer: str) -> str:
    """A person for a reader: "you", or a mention."""
    return "you" if person_id == viewer else mention(person_id)


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


def for_term(term: Term, *, extension: bool = False) -> str:
    """A term within a sentence: "for *8 hours*", "until *4 March*", "with *no end*"; "by *8 hours*" more."""
    start = f" from {moment(term.start)}" if term.start else ""
    if term.length is not None:
        return f"{'by' if extension else 'for'} *{duration_words(term.length)}*{start}"
    if term.end is None:
        return f"with *no end*{start}"
    end = moment(term.end)
    return f"from *{moment(term.start)}* to *{end}*" if term.start else f"until *{end}*"


def term_change(story: RequestStory) -> str:
    """The requested term, and what it was changed to: "8 hours → *4 hours*"."""
    now = term_text(story.term)
    more = " more" if story.request.kind is RequestKind.EXTEND and story.term.length is not None else ""
    if story.term_changed_by is None:
        return f"{now}{more}"
    return f"{term_text(story.asked_term)} → *{now}*{more}"


def term_with_change(story: RequestStory) -> str:
    """The requested term and its change by an approver: "8 hours → 4 hours, changed by @Grace"."""
    change, changer = term_change(story), story.term_changed_by
    return f"{change}, changed by {mention(changer)}" if changer else change


def until(ends_at: datetime | None, *, bold: bool = False) -> str:
    """An end: "until 4 March", "with no end"."""
    mark = "*" if bold else ""
    return f"until {mark}{moment(ends_at)}{mark}" if ends_at else f"with {mark}no end{mark}"


def extended_end(grant: Grant, story: RequestStory) -> str:
    """The end of an access with a pending extension, and the new one: "4 March → 5 March"."""
    now = moment(grant.ends_at) if grant.ends_at else "no end"
    if story.request.state is not RequestState.PENDING:
        return now
    if grant.over_at is not None:
        return f"ended {moment(grant.over_at)}; approving grants it again"
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


def one_line(description: str) -> str:
    """A description of the catalogue in one line, escaped and cut; empty without one."""
    return cut(esc(" ".join(description.split())), _DESCRIPTION)


def gives(snapshot: Snapshot) -> str:
    """What the access gives, by its description or else its app's; empty without either."""
    if own := one_line(snapshot.access.description):
        return f"Gives: {own}"
    of_app = one_line(snapshot.app.description)
    return f"{esc(snapshot.app.name)}: {of_app}" if of_app else ""


def gives_line(story: RequestStory) -> str:
    """What a requested access gives, with the app's link; empty where the catalogue has no description."""
    description, link = gives(story.snapshot), esc(story.snapshot.app.link)
    return f"{description} · {link}" if description and link else description


def risk(snapshot: Snapshot) -> str:
    """The risk of the access: "High"."""
    return snapshot.policy.risk.value.capitalize()


def instructions(snapshot: Snapshot) -> str:
    """The instructions of the access, or else of the app, escaped."""
    own = snapshot.access.instructions
    return esc(snapshot.app.instructions if own is None else own)


def inline_quote(text: str, limit: int = 300) -> str:
    """A text that somebody wrote, in one line and in quotation marks."""
    return f"“{cut(esc(' '.join(text.split())), limit)}”"


def quoted_reason(request: Request, limit: int = REASON) -> str:
    """The reason, quoted up to `limit` characters; the rest stands in Details. Empty without a reason."""
    lines = [line for line in request.reason.strip().splitlines() if line.strip()]
    text = "\n".join(lines[:_MAX_REASON_LINES])
    whole = len(lines) <= _MAX_REASON_LINES and len(text) <= limit
    return (
        quote(text, SECTION)
        if whole
        else f"{quote(cut(text, limit), SECTION).rstrip('…')}… (more in Details)"
    )


def quoted_line(text: str, limit: int = DECIDED) -> str:
    """A text that somebody wrote, quoted in one line; empty where there is none."""
    line = " ".join(text.split())
    return f"> {cut(esc(line), limit)}" if line else ""


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
