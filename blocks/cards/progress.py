"""Where a request stands: its stages, who decided and how, what is still needed, and how it ended."""

from blocks.cards.words import lasting, named, said, until
from blocks.text import esc, mention, mentions, moment, quote
from models.catalogue.words import OnReject
from models.policy import Tally
from models.queries.stage_story import StageStory
from models.queries.stories import RequestStory
from models.tables.grants import Direction, Grant
from models.tables.requests import Decision, Request, Term
from models.tables.states import GrantState, RequestState, StageState

NOTE = 900
"""Of what was said with a decision, or at the end; Details has the whole."""


def status(story: RequestStory) -> str:
    """The request's status in a line, with whom it depends on or who ended it."""
    request = story.request
    word = f"*{request.state.label}*"
    match request.state:
        case RequestState.PENDING:
            standing = [*_standing(story), reminded(request), f"expires {moment(request.expires_at)}"]
            return " · ".join([word, *(part for part in standing if part)])
        case RequestState.EXPIRED:
            return f"{word} · nobody decided until {moment(request.expires_at)}"
        case _:
            by = f" by {mention(request.closed_by)}" if request.closed_by else ""
            return f"{word}{by}"


def closing_note(story: RequestStory) -> str:
    """Why it ended as it did, as a quotation; empty where nobody said, or it stands with a decision."""
    request = story.request
    decisions = [decision for one in story.stages for decision in one.decisions]
    approved = request.state is RequestState.APPROVED and decisions
    said_already = approved or request.closing_note in [one.comment for one in decisions]
    return quote(request.closing_note, NOTE) if request.closing_note.strip() and not said_already else ""


def stage_lines(story: RequestStory) -> list[str]:
    """Each stage that has begun, who decided in it, and for whom it waits; then the stages to come."""
    lines, several = list[str](), len(story.stages) > 1
    for one in story.stages:
        if one.stage.state is StageState.WAITING or not (one.asked or one.decisions):
            continue
        place = f"Stage {one.stage.position + 1} of {len(story.stages)}: " if several else ""
        below = [decision_line(decision) for decision in one.decisions]
        if one is story.open_stage:
            below += [line for line in (waiting(one), remark(one)) if line]
        elif several and not below:
            below.append("not decided")
        if below:  # it may have ended before anybody decided, and the status says how
            lines += [f"*{place}{esc(one.stage.name)}*", *below]
    coming = [esc(one.stage.name) for one in story.stages if one.stage.state is StageState.WAITING]
    return lines + ([f"Then: {', '.join(coming)}"] if coming else [])


def decision_line(decision: Decision) -> str:
    """One decision: "✓ @Ada approved: “Fine”"."""
    mark, verb = ("✓", "approved") if decision.approve else ("✗", "rejected")
    term = f" with {lasting(Term.from_json(decision.term))}" if decision.term is not None else ""
    comment = f": {said(decision.comment, NOTE)}" if decision.comment.strip() else ""
    behalf = f" for {mention(decision.seat_id)}, who is away," if decision.seat_id else ""
    return f"{mark} {mention(decision.person_id)} {verb}{behalf}{term}{comment}"


def waiting(one: StageStory) -> str:
    """What an open stage still needs: "waiting for @Grace or @Alan", and the count where it takes several."""
    tally = one.tally
    needed = tally.approvals + tally.still_needed
    counted = f"{tally.approvals} of {needed} approvals, " if needed > 1 else ""
    veto = ". One rejection ends it" if one.on_reject is OnReject.VETO and needed > 1 else ""
    return f"{counted}waiting for {_whom(tally, one.stage.channel or '')}{veto}"


def _whom(tally: Tally, channel: str) -> str:
    """For whom it waits: "@Ada and @Bo" if for each, "@Ada or @Bo" if for one, "2 of @Ada, @Bo and @Cy".

    `channel` is where they are asked, if they are asked in one.
    """
    if not tally.waiting:
        return "somebody who can decide; the admins have to look at it"
    if channel:
        most = len(tally.waiting)
        number = "one" if tally.still_needed == 1 else str(min(tally.still_needed, most))
        return f"{number} of {most} people, asked in <#{channel}>"
    if len(tally.waiting) <= tally.still_needed:
        return mentions(tally.waiting, word="and")
    if tally.still_needed == 1:
        return mentions(tally.waiting, word="or")
    return f"{tally.still_needed} of {mentions(tally.waiting, word='and')}"


def remark(one: StageStory) -> str:
    """Who stands in or is asked too, and why; empty where it goes as the stage says."""
    stage = one.stage
    since = f"{moment(stage.escalated_at)}: " if stage.escalated_at else ""
    return f"{since}{esc(stage.remark)}" if stage.remark else ""


def reminded(request: Request) -> str:
    """When those who are waited for were last reminded; empty if they were not, or it does not matter now."""
    if request.reminded_at is None or request.state is not RequestState.PENDING:
        return ""
    return f"reminded {moment(request.reminded_at)}"


def ended(story: RequestStory) -> str:
    """The outcome for a notification, by name: "Rejected by Grace"."""
    request = story.request
    if request.closed_by is None or request.state is RequestState.EXPIRED:
        return request.state.label
    return f"{request.state.label} by {named(story.names, request.closed_by)}"


def access_line(grant: Grant, admins: tuple[str, ...]) -> str:
    """Where an approved access stands, in a line: "*Active* until 4 March"."""
    word = f"*{grant.state.label}*"
    match grant.state:
        case GrantState.SCHEDULED:
            return f"{word} · it starts {moment(grant.starts_at) if grant.starts_at else 'later'}"
        case GrantState.GRANTING:
            return f"{word} · it is being set up. You hear when it is there."
        case GrantState.ACTIVE:
            return f"{word} {until(grant.ends_at)}"
        case GrantState.FAILED:
            return f"{word} · {_failure(grant)}{_ask(admins)}"
        case GrantState.REVOKING:
            return f"{word} · it is being taken back"
        case GrantState.ENDED | GrantState.REVOKED:
            by = f" by {mention(grant.caused_by)}" if grant.caused_by else ""
            return f"{word}{by}{f' {moment(grant.over_at)}' if grant.over_at else ''}"


def _standing(story: RequestStory) -> list[str]:
    several = len(story.stages) > 1
    return [f"stage {story.request.position + 1} of {len(story.stages)}"] if several else []


def _failure(grant: Grant) -> str:
    if grant.failing is Direction.TAKE:
        return "it is over, but it could not be taken back yet."
    return f"it could not be set up: {said(grant.error)}." if grant.error else "it could not be set up."


def _ask(admins: tuple[str, ...]) -> str:
    return f" The admins know about it; ask {mentions(admins, word='or')}." if admins else ""
