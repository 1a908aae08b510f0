"""The progress of a request: its stages, the decisions, what is still needed, and the outcome."""

import re
from collections.abc import Sequence

from blocks.cards.phrases import inline_quote, person_name, term_text, until, you_or
from blocks.kit.text import cut, esc, mention, mentions, moment, quote
from models.catalogue.spec.connectors import BY_HAND
from models.catalogue.spec.enums import OnReject
from models.policy import Tally
from models.queries.stage_stories import StageStory
from models.queries.stories import RequestStory
from models.tables.grants import Direction, Grant
from models.tables.requests import Decision, Request, Term
from models.tables.states import GrantState, RequestState, StageState
from models.text import join_words

NOTE_LIMIT = 900
"""Characters of a comment or note; Details shows the whole."""
_CAUSE_LIMIT = 300
_PAIR = 2
_SILENT = ("The other side does not answer", "The target system did not answer")
_TECHNICAL = re.compile(
    r"HTTP [0-9]|[A-Za-z]_[A-Za-z]|\b[A-Z][A-Z0-9]{7,}\b|\w(?:Error|Exception|Refused)\b|['{}]"
)
"""Marks of a raw error: a status, a name out of a program, an id, an exception."""


def status_line(story: RequestStory) -> str:
    """The request's status in one line, with its stage, expiry, or the person who closed it."""
    request = story.request
    word = f"*{request.state.label}*"
    match request.state:
        case RequestState.PENDING:
            parts = [
                word,
                stage_number(story),
                last_reminder(request),
                f"expires {moment(request.expires_at)}",
            ]
            return " · ".join(text for text in parts if text)
        case RequestState.EXPIRED:
            return f"{word}: nobody decided by {moment(request.expires_at)}"
        case _:
            if was_emergency(request):
                return f"{word}: emergency access, not approved in advance"
            by = f" by {mention(request.closed_by)}" if request.closed_by else ""
            return f"{word}{by}"


def was_emergency(request: Request) -> bool:
    """Whether nobody approved it: emergency access is reviewed afterwards."""
    return request.emergency and request.state is RequestState.APPROVED


def stage_number(story: RequestStory) -> str:
    """The open stage among several: "stage 1 of 2"; empty where there is one."""
    total = len(story.stages)
    return f"stage {story.request.position + 1} of {total}" if total > 1 else ""


def closing_note(story: RequestStory) -> str:
    """The note of the closing, quoted; empty without one, or where it stands with a decision."""
    request = story.request
    decisions = [decision for stage in story.stages for decision in stage.decisions]
    approved = request.state is RequestState.APPROVED and decisions
    repeated = approved or request.closing_note in [decision.comment for decision in decisions]
    return quote(request.closing_note, NOTE_LIMIT) if request.closing_note.strip() and not repeated else ""


def closing_comment(story: RequestStory) -> str:
    """The comment of the person who closed the request, or the note of the rule that did."""
    request = story.request
    decisions = [decision for stage in story.stages for decision in stage.decisions]
    comments = (
        decision.comment for decision in reversed(decisions) if decision.person_id == request.closed_by
    )
    return next((comment for comment in comments if comment.strip()), request.closing_note)


def decision_lines(story: RequestStory) -> list[str]:
    """The decisions so far, the remark on who is asked instead or as well, and the stages to come."""
    lines, several = list[str](), len(story.stages) > 1
    for story_stage in story.stages:
        place = f" in “{esc(story_stage.stage.name)}”" if several else ""
        lines += [decision_line(decision, place) for decision in story_stage.decisions]
    if story.open_stage and (remark := stage_remark(story.open_stage)):
        lines.append(remark)
    stages = (story_stage.stage for story_stage in story.stages)
    later = [esc(stage.name) for stage in stages if stage.state is StageState.WAITING]
    return lines + ([f"Then: {', '.join(later)}"] if later else [])


def decision_line(decision: Decision, place: str = "") -> str:
    """One decision: "✓ @Ada approved: “Fine”". `place` says in which stage, where there are several."""
    mark, verb = ("✓", "approved") if decision.approve else ("✗", "rejected")
    term = f" with {term_text(Term.from_json(decision.term))}" if decision.term is not None else ""
    comment = f": {inline_quote(decision.comment, NOTE_LIMIT)}" if decision.comment.strip() else ""
    absent = f" for {mention(decision.seat_id)}, who is away," if decision.seat_id else ""
    return f"{mark} {mention(decision.person_id)} {verb}{absent}{term}{place}{comment}"


def waiting_for(stage: StageStory, viewer: str = "") -> str:
    """What an open stage still needs: "waiting for you or @Alan", with a count where it needs several."""
    tally = stage.tally
    needed = tally.approvals + tally.still_needed
    count = f"{tally.approvals} of {needed} approvals, " if needed > 1 else ""
    veto = " (one rejection rejects it)" if stage.on_reject is OnReject.VETO and needed > 1 else ""
    return f"{count}waiting for {_awaited_approvers(tally, stage.stage.channel or '', viewer)}{veto}"


def _awaited_approvers(tally: Tally, channel: str, viewer: str) -> str:
    """The awaited approvers: "@Ada and @Bo", "@Ada or @Bo" or "2 of @Ada, @Bo and @Cy".

    `channel` is the id of the channel in which they are asked, if any.
    """
    if not tally.waiting:
        return "an approver: an admin has to choose one"
    if channel:
        total = len(tally.waiting)
        return f"{min(tally.still_needed, total)} of {total} approvers in <#{channel}>"
    if len(tally.waiting) <= tally.still_needed:
        return _people(tally.waiting, viewer, "and")
    if tally.still_needed == 1:
        return _people(tally.waiting, viewer, "or")
    return f"{tally.still_needed} of {_people(tally.waiting, viewer, 'and')}"


def _people(ids: Sequence[str], viewer: str, word: str) -> str:
    """These people for a reader, who comes first as "you"."""
    reader_first = sorted(ids, key=lambda person_id: person_id != viewer)
    return join_words([you_or(person_id, viewer) for person_id in reader_first], word=word)


def other_approvers(stage: StageStory, viewer: str) -> str:
    """Who decides besides the viewer: "@Olga can decide too", "2 of 5 approvers"; empty for nobody."""
    tally = stage.tally
    needed, others = tally.approvals + tally.still_needed, [one for one in tally.waiting if one != viewer]
    if needed == 1:
        return f"{mentions(others, word='or', limit=3)} can decide too" if others else ""
    total = tally.approvals + tally.rejections + len(tally.waiting)
    everybody = "both" if total == _PAIR else f"all {total}"
    count = f"{everybody} must approve" if needed >= total else f"{needed} of {total} approvers"
    so_far = f", {tally.approvals} approved so far" if tally.approvals else ""
    veto = ", one rejection rejects it" if stage.on_reject is OnReject.VETO else ""
    return f"{count}{so_far}{veto}"


def stage_remark(story_stage: StageStory) -> str:
    """Escalation and delegation in a stage, with the reason; empty where there is none."""
    stage = story_stage.stage
    since = f"{moment(stage.escalated_at)}: " if stage.escalated_at else ""
    return f"{since}{esc(stage.remark)}" if stage.remark else ""


def last_reminder(request: Request) -> str:
    """The last reminder of a pending request; empty without one."""
    if request.reminded_at is None or request.state is not RequestState.PENDING:
        return ""
    return f"reminded {moment(request.reminded_at)}"


def outcome(story: RequestStory) -> str:
    """The status for a notification, with the person's name: "Rejected by Grace"."""
    request = story.request
    if request.closed_by is None or request.state is RequestState.EXPIRED:
        return request.state.label
    return f"{request.state.label} by {person_name(story.names, request.closed_by)}"


def grant_status(grant: Grant, admins: tuple[str, ...]) -> str:
    """The status of a grant in one line: "*Active* until 4 March"."""
    word = f"*{grant.state.label}*"
    match grant.state:
        case GrantState.SCHEDULED:
            return f"{word}: starts {moment(grant.starts_at) if grant.starts_at else 'later'}"
        case GrantState.GRANTING:
            return f"{word}: setting up. We'll let you know when it's ready."
        case GrantState.ACTIVE:
            return f"{word} {until(grant.ends_at)}"
        case GrantState.FAILED:
            return f"{word}. {failure(grant, admins)}"
        case GrantState.REVOKING:
            return f"{word}: access is being revoked"
        case GrantState.ENDED | GrantState.REVOKED:
            by = f" by {mention(grant.caused_by)}" if grant.caused_by else ""
            return f"{word}{by}{f' {moment(grant.over_at)}' if grant.over_at else ''}"


def failure(grant: Grant, admins: tuple[str, ...]) -> str:
    """What failed, why, and who knows it, in words for everyone; the raw error stands elsewhere."""
    has = "has" if len(admins) == 1 else "have"
    contacts = f" {mentions(admins)} {has} been told." if admins else ""
    if grant.failing is Direction.TAKE:
        return f"It's over, but couldn't be revoked yet.{contacts}"
    cause = failure_cause(grant)
    return f"Couldn't be set up yet{f': {cause}' if cause else ''}.{contacts}"


def failure_cause(grant: Grant) -> str:
    """Why a grant failed, for everyone, without a full stop: "Slack isn't answering".

    Empty where only a raw error says it.
    """
    connector = str(grant.connector.get("type") or "")
    if grant.error.startswith(_SILENT):
        return f"{esc(connector.partition('_')[0].capitalize() or 'The target system')} isn't answering"
    if connector == BY_HAND and grant.error.strip():
        return inline_quote(grant.error)
    if _TECHNICAL.search(grant.error):
        return ""
    return esc(cut(" ".join(grant.error.split()), _CAUSE_LIMIT).rstrip("."))
