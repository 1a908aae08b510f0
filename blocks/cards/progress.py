"""The progress of a request: its stages, the decisions, what is still needed, and the outcome."""

from blocks.cards.phrases import inline_quote, person_name, term_text, until
from blocks.kit.text import esc, mention, mentions, moment, quote
from models.catalogue.spec.enums import OnReject
from models.policy import Tally
from models.queries.stage_stories import StageStory
from models.queries.stories import RequestStory
from models.tables.grants import Direction, Grant
from models.tables.requests import Decision, Request, Term
from models.tables.states import GrantState, RequestState, StageState

NOTE_LIMIT = 900
"""Characters of a comment or note; Details shows the whole."""


def status_line(story: RequestStory) -> str:
    """The request's status in one line, with its stage, expiry, or the person who closed it."""
    request = story.request
    word = f"*{request.state.label}*"
    match request.state:
        case RequestState.PENDING:
            total = len(story.stages)
            stage = f"stage {request.position + 1} of {total}" if total > 1 else ""
            parts = [word, stage, last_reminder(request), f"expires {moment(request.expires_at)}"]
            return " · ".join(text for text in parts if text)
        case RequestState.EXPIRED:
            return f"{word} · nobody decided until {moment(request.expires_at)}"
        case _:
            by = f" by {mention(request.closed_by)}" if request.closed_by else ""
            return f"{word}{by}"


def closing_note(story: RequestStory) -> str:
    """The note of the closing, quoted; empty without one, or where it stands with a decision."""
    request = story.request
    decisions = [decision for stage in story.stages for decision in stage.decisions]
    approved = request.state is RequestState.APPROVED and decisions
    repeated = approved or request.closing_note in [decision.comment for decision in decisions]
    return quote(request.closing_note, NOTE_LIMIT) if request.closing_note.strip() and not repeated else ""


def stage_lines(story: RequestStory) -> list[str]:
    """The stages so far with their decisions and awaited approvers, then the stages to come."""
    lines, several = list[str](), len(story.stages) > 1
    for story_stage in story.stages:
        if story_stage.stage.state is StageState.WAITING or not (story_stage.asked or story_stage.decisions):
            continue
        prefix = f"Stage {story_stage.stage.position + 1} of {len(story.stages)}: " if several else ""
        details = [decision_line(decision) for decision in story_stage.decisions]
        if story_stage is story.open_stage:
            details += [line for line in (waiting_for(story_stage), stage_remark(story_stage)) if line]
        elif several and not details:
            details.append("not decided")
        if details:  # it may have ended before anybody decided, and the status says how
            lines += [f"*{prefix}{esc(story_stage.stage.name)}*", *details]
    stages = (story_stage.stage for story_stage in story.stages)
    later = [esc(stage.name) for stage in stages if stage.state is StageState.WAITING]
    return lines + ([f"Then: {', '.join(later)}"] if later else [])


def decision_line(decision: Decision) -> str:
    """One decision: "✓ @Ada approved: “Fine”"."""
    mark, verb = ("✓", "approved") if decision.approve else ("✗", "rejected")
    term = f" with {term_text(Term.from_json(decision.term))}" if decision.term is not None else ""
    comment = f": {inline_quote(decision.comment, NOTE_LIMIT)}" if decision.comment.strip() else ""
    absent = f" for {mention(decision.seat_id)}, who is away," if decision.seat_id else ""
    return f"{mark} {mention(decision.person_id)} {verb}{absent}{term}{comment}"


def waiting_for(stage: StageStory) -> str:
    """What an open stage still needs: "waiting for @Grace or @Alan", with a count where it needs several."""
    tally = stage.tally
    needed = tally.approvals + tally.still_needed
    count = f"{tally.approvals} of {needed} approvals, " if needed > 1 else ""
    veto = ". One rejection ends it" if stage.on_reject is OnReject.VETO and needed > 1 else ""
    return f"{count}waiting for {_awaited_approvers(tally, stage.stage.channel or '')}{veto}"


def _awaited_approvers(tally: Tally, channel: str) -> str:
    """The awaited approvers: "@Ada and @Bo", "@Ada or @Bo" or "2 of @Ada, @Bo and @Cy".

    `channel` is the id of the channel in which they are asked, if any.
    """
    if not tally.waiting:
        return "somebody who can decide; the admins have to look at it"
    if channel:
        total = len(tally.waiting)
        number = "one" if tally.still_needed == 1 else str(min(tally.still_needed, total))
        return f"{number} of {total} people, asked in <#{channel}>"
    if len(tally.waiting) <= tally.still_needed:
        return mentions(tally.waiting, word="and")
    if tally.still_needed == 1:
        return mentions(tally.waiting, word="or")
    return f"{tally.still_needed} of {mentions(tally.waiting, word='and')}"


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
            return f"{word} · it starts {moment(grant.starts_at) if grant.starts_at else 'later'}"
        case GrantState.GRANTING:
            return f"{word} · it is being set up. You hear when it is there."
        case GrantState.ACTIVE:
            return f"{word} {until(grant.ends_at)}"
        case GrantState.FAILED:
            ask = f" The admins know about it; ask {mentions(admins, word='or')}." if admins else ""
            return f"{word} · {_failure_text(grant)}{ask}"
        case GrantState.REVOKING:
            return f"{word} · it is being taken back"
        case GrantState.ENDED | GrantState.REVOKED:
            by = f" by {mention(grant.caused_by)}" if grant.caused_by else ""
            return f"{word}{by}{f' {moment(grant.over_at)}' if grant.over_at else ''}"


def _failure_text(grant: Grant) -> str:
    if grant.failing is Direction.TAKE:
        return "it is over, but it could not be taken back yet."
    return f"it could not be set up{f': {inline_quote(grant.error)}' if grant.error else ''}."
