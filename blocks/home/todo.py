"""The tab "To do": what waits for the viewer, what was decided last, and delegations."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TypeVar

from blocks import kit
from blocks.cards import buttons, catalogue_change, phrases, progress
from blocks.cards.approval import is_routine, why_you
from blocks.cards.buttons import CardAction
from blocks.cards.emergency import SIGN
from blocks.home import rows
from blocks.home.history import latest
from blocks.home.tabs import HomeAction, page_buttons
from blocks.kit import Block
from blocks.kit.text import cut, day_words, esc, mention, quote
from models.catalogue.spec.enums import Reassign, RequestKind
from models.jobs import Job
from models.queries.home import Waits
from models.queries.stage_stories import RequestProgress
from models.queries.to_do import ToDo, Waiting
from models.tables.grants import Direction, Grant, Task
from models.tables.people import Delegation
from models.tables.requests import Request, Term
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


def to_do(part: Waits, viewer: str, now: datetime) -> list[Block]:
    """The tab's blocks, at most two an entry."""
    tab = part.to_do
    blocks = [
        *_section("Waiting for your decision", tab.to_decide, lambda row: _decision_rows(row, viewer, now)),
        *_section("To do by hand", tab.tasks, lambda row: _task_rows(*row, now)),
        *_section("Catalogue changes", tab.changes, lambda row: catalogue_change.list_row(row, viewer)),
        *_section("To review", tab.reviews, lambda row: _review_rows(*row, now)),
        *_section("Failed", tab.failed, _failure_rows),
        *_section("Dead jobs", tab.parked, _dead_job_rows),
    ]
    others = _section("Waiting for others", tab.for_others, lambda row: [_watched_row(*row)])
    return [
        *(blocks or [kit.section(NOTHING)]),
        *page_buttons(tab.pages),
        *others,
        *latest(part, viewer, now),
        *(_delegations(tab, now.date()) if tab.first_page else []),
    ]


def _section(title: str, entries: Iterable[Item], draw: Callable[[Item], list[Block]]) -> list[Block]:
    blocks = [block for entry in entries for block in draw(entry)]
    return [kit.section(f"*{title}*"), *blocks] if blocks else []


def _decision_rows(waiting: Waiting, viewer: str, now: datetime) -> list[Block]:
    """What it is, what to look out for, why it was requested, and why the viewer is asked."""
    request = waiting.request
    ref, because = request.ref, waiting.progress.because(viewer)
    more = " more" if request.kind is RequestKind.EXTEND else ""
    term = f"{phrases.term_text(Term.from_json(request.term))}{more}"
    subject = f"*{rows.people(request)} · {rows.subject(request, waiting.snapshot.app)}*"
    sign = SIGN if request.emergency else ":warning:" if _needs_care(waiting) else ""
    dates = (rows.waiting(request.created_at, now), rows.expires_in(request.expires_at, now))
    why = cut(why_you(because, request.beneficiary_id, request.app_name), EXCERPT) if because else ""
    quiet = "you can decide too, others are asked" if waiting.progress.quiet(viewer) else ""
    context = " · ".join(filter(None, (why, quiet, dates[1], ref)))
    lines = [
        f"{sign} {subject} · {term} · {_risk(waiting)} · {dates[0]}".strip(),
        phrases.quoted_line(request.reason, EXCERPT),
        f"{context[:1].upper()}{context[1:]}",
    ]
    menu = [CardAction.COMMENT, CardAction.DETAILS]
    if waiting.snapshot.app.reassign is not Reassign.NOBODY:
        menu.append(CardAction.REASSIGN)
    row = [buttons.approve(ref, green=is_routine(waiting)), buttons.reject(ref), rows.more(ref, *menu)]
    return rows.rows("\n".join(filter(None, lines)), row, rows.spoken(request))


def _needs_care(waiting: Waiting) -> bool:
    """Whether an approver should look twice."""
    return waiting.request.over_max or not is_routine(waiting)


def _risk(waiting: Waiting) -> str:
    """The risk and what else to look out for: "*high risk, conflict with AWS · Billing*"."""
    snapshot, conflicts = waiting.snapshot, waiting.conflicts
    parts = [f"{phrases.risk(snapshot).lower()} risk"]
    if snapshot.access.privileged:
        parts.append("privileged")
    if conflicts:
        others = len(conflicts) - 1
        title = esc(conflicts[0].holding.title)
        parts.append(f"conflict with {title}{f' and {others} more' if others else ''}")
    if waiting.request.over_max:
        parts.append("over the maximum")
    text = ", ".join(parts)
    return f"*{text}*" if _needs_care(waiting) else text


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


def _task_rows(task: Task, grant: Grant, now: datetime) -> list[Block]:
    person, title = mention(grant.person_id), f"*{phrases.access_title(grant)}*"
    work = (
        f"Provision {title} for {person}"
        if task.direction is Direction.GIVE
        else f"Revoke {title} from {person}"
    )
    row = [buttons.task_done(task.ref), buttons.refuse_task(task.ref), buttons.details(task.ref)]
    text = f":hammer_and_wrench: {work} · {rows.waiting(task.created_at, now)} · {task.ref}"
    return rows.rows(text, row, f"{task.ref}, {grant.app_name} · {grant.access_name}")


def _review_rows(review: Review, request: Request, now: datetime) -> list[Block]:
    person, title = mention(request.beneficiary_id), f"*{phrases.access_title(request)}*"
    since = rows.waiting(review.created_at, now)
    line = f"{SIGN} {person} used emergency access to {title} · {since} · {review.ref}"
    row = [buttons.justified(review.ref), buttons.misused(review.ref), buttons.details(request.ref)]
    return rows.rows(f"{line}\n{quote(request.reason, EXCERPT)}", row, rows.spoken(request))


def _failure_rows(grant: Grant) -> list[Block]:
    verb = "revoked from" if grant.failing is Direction.TAKE else "granted to"
    title, person = f"*{phrases.access_title(grant)}*", mention(grant.person_id)
    text = f":warning: {title} couldn't be {verb} {person} · {grant.ref}\n{quote(grant.error, EXCERPT)}"
    return rows.rows(text, [buttons.retry(grant.ref), buttons.details(grant.ref)], rows.spoken(grant))


def _dead_job_rows(job: Job) -> list[Block]:
    failure = _DEAD_JOBS.get(job.kind, "A job failed")
    text = f"{failure} · `{esc(job.key)}`\n{quote(job.error, EXCERPT)}"
    return [kit.section(text, accessory=kit.button("Retry", HomeAction.RUN_AGAIN, f"JB-{job.id}"))]
