"""The tab "To do": what waits for the viewer, recent decisions, and delegations."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TypeVar

from blocks import kit
from blocks.cards import buttons, catalogue_change, phrases, progress
from blocks.cards.emergency import SIGN
from blocks.home.tabs import HomeAction, expires_in
from blocks.kit import Block
from blocks.kit.text import cut, day_words, esc, mention, moment, quote
from models.catalogue.spec.enums import RequestKind
from models.jobs import Job
from models.queries.stage_stories import RequestProgress
from models.queries.to_do import ToDo
from models.tables.grants import Direction, Grant, Task
from models.tables.people import Delegation
from models.tables.requests import Decision, Request, Term
from models.tables.reviews import Review

Item = TypeVar("Item")

NOTHING = "Nothing needs your attention."
EXCERPT = 400
"""Characters of a reason or an error; Details shows the whole."""
_DEAD_JOBS = {
    "card": "A message couldn't be sent or updated",
    "note": "Someone couldn't be notified of a changed duration",
    "tell": "A reply couldn't be sent",
    "say": "A comment couldn't be delivered",
    "settle": "The accesses of an app couldn't be updated",
    "home": "An App Home couldn't be updated",
    "person": "A person couldn't be looked up in Slack",
    "manager": "A new manager couldn't be asked",
    "groups": "User groups couldn't be looked up in Slack",
}


def to_do(tab: ToDo, viewer: str, now: datetime) -> list[Block]:
    """The tab's blocks, at most two an entry."""
    blocks = [
        *_section("Waiting for your decision", tab.to_decide, lambda row: _decision_rows(*row, viewer, now)),
        *_section("To do by hand", tab.tasks, lambda row: _task_rows(*row)),
        *_section("Catalogue changes", tab.changes, lambda row: catalogue_change.list_row(row, viewer)),
        *_section("To review", tab.reviews, lambda row: _review_rows(*row)),
        *_section("Failed", tab.failed, _failure_rows),
        *_section("Dead jobs", tab.parked, _dead_job_rows),
    ]
    decisions = _section(
        "Recent decisions", tab.recent_decisions, lambda row: [kit.context(_decision_line(*row))]
    )
    others = _section("Waiting for others", tab.for_others, lambda row: [_watched_row(*row)])
    return [
        *(blocks or [kit.section(NOTHING)]),
        *others,
        *decisions,
        *(_delegations(tab, now.date()) if tab.first_page else []),
    ]


def _section(title: str, entries: Iterable[Item], draw: Callable[[Item], list[Block]]) -> list[Block]:
    blocks = [block for entry in entries for block in draw(entry)]
    return [kit.section(f"*{title}*"), *blocks] if blocks else []


def _decision_rows(request: Request, standing: RequestProgress, viewer: str, now: datetime) -> list[Block]:
    ref, reason = request.ref, standing.because(viewer)
    term = phrases.term_text(Term.from_json(request.term))
    usual = " · :warning: longer than the usual maximum" if request.over_max else ""
    lines = [
        f"{SIGN + ' ' if request.emergency else ''}{_requester_text(request)} · {ref}",
        f"For {term}{usual} · requested {moment(request.created_at)} · {expires_in(request.expires_at, now)}",
        *([quote(request.reason, EXCERPT)] if request.reason.strip() else []),
        *([f"Why you: {cut(esc(reason), EXCERPT)}"] if reason else []),
    ]
    if standing.quiet(viewer):
        lines.append("You can decide too; others are asked.")
    row = [buttons.approve(ref), buttons.reject(ref), buttons.comment(ref), buttons.details(ref)]
    return [kit.section("\n".join(lines)), kit.actions(row)]


def _delegations(tab: ToDo, today: date) -> list[Block]:
    """The viewer's delegates, and the people for whom the viewer is one."""
    nobody = [] if tab.absences else [kit.context("No delegate set.")]
    own = [_delegation_row(delegation, today) for delegation in tab.absences]
    for_others = [
        kit.context(f"You're the delegate of {mention(delegation.person_id)}, {_days(delegation, today)}.")
        for delegation in tab.covering
    ]
    button = kit.button("Out of office", HomeAction.STAND_IN)
    return [kit.divider(), *nobody, *own, *for_others, kit.actions([button])]


def _delegation_row(delegation: Delegation, today: date) -> Block:
    sure = kit.confirm("Remove this delegate?", "Requests go to you again.", "Remove", "Keep")
    remove = kit.button("Remove", HomeAction.NO_STAND_IN, delegation.ref, confirm=sure)
    return kit.section(
        f"Out of office: {mention(delegation.delegate_id)} is your delegate, {_days(delegation, today)}.",
        accessory=remove,
    )


def _days(delegation: Delegation, today: date) -> str:
    first, last = (day_words(day, today) for day in (delegation.first_day, delegation.last_day))
    return f"on {first}" if first == last else f"{first} to {last}"


def _watched_row(request: Request, standing: RequestProgress) -> Block:
    approvers = progress.waiting_for(standing.stage)
    text = f"{_requester_text(request)} · {request.ref}\n{approvers[0].upper()}{approvers[1:]}"
    return kit.section(text, accessory=buttons.details(request.ref))


def _requester_text(request: Request) -> str:
    """Who requests what: "@Ada requests *GitHub · Admin*"."""
    title = f"*{phrases.access_title(request)}*"
    on_behalf = request.requester_id != request.beneficiary_id
    verb = "wants to extend" if request.kind is RequestKind.EXTEND else "requests"
    beneficiary = f" for {mention(request.beneficiary_id)}" if on_behalf else ""
    return f"{mention(request.requester_id)} {verb} {title}{beneficiary}"


def _task_rows(task: Task, grant: Grant) -> list[Block]:
    person, title = mention(grant.person_id), f"*{phrases.access_title(grant)}*"
    work = (
        f"Provision {title} for {person}"
        if task.direction is Direction.GIVE
        else f"Revoke {title} from {person}"
    )
    row = [buttons.task_done(task.ref), buttons.refuse_task(task.ref), buttons.details(task.ref)]
    created = f"since {moment(task.created_at)}"
    return [kit.section(f"{work} · {task.ref} · {created}"), kit.actions(row)]


def _review_rows(review: Review, request: Request) -> list[Block]:
    person, title = mention(request.beneficiary_id), f"*{phrases.access_title(request)}*"
    line = f"{SIGN} {person} used emergency access to {title} · {review.ref} · {moment(review.created_at)}"
    row = [buttons.justified(review.ref), buttons.misused(review.ref), buttons.details(request.ref)]
    return [kit.section(f"{line}\n{quote(request.reason, EXCERPT)}"), kit.actions(row)]


def _failure_rows(grant: Grant) -> list[Block]:
    verb = "revoked from" if grant.failing is Direction.TAKE else "granted to"
    text = f"*{phrases.access_title(grant)}* couldn't be {verb} {mention(grant.person_id)} · {grant.ref}"
    row = [buttons.retry(grant.ref), buttons.details(grant.ref)]
    return [kit.section(f"{text}\n{quote(grant.error, EXCERPT)}"), kit.actions(row)]


def _dead_job_rows(job: Job) -> list[Block]:
    failure = _DEAD_JOBS.get(job.kind, "A job failed")
    text = f"{failure} · `{esc(job.key)}`\n{quote(job.error, EXCERPT)}"
    return [kit.section(text, accessory=kit.button("Retry", HomeAction.RUN_AGAIN, f"JB-{job.id}"))]


def _decision_line(decision: Decision, request: Request) -> str:
    verb = "✓ You approved" if decision.approve else "✗ You rejected"
    subject = f"{phrases.access_title(request)} for {mention(request.beneficiary_id)}"
    return f"{verb} {subject} · {request.ref} · {moment(decision.at)} · now *{request.state.label}*"
