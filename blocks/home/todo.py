"""The tab "To do": what waits for one's decision or one's hands, and what one decided lately."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from blocks import kit
from blocks.cards import buttons, change, progress, words
from blocks.cards.emergency import SIGN
from blocks.home.ids import HomeAction
from blocks.kit import Block
from blocks.text import cut, esc, mention, moment, quote
from models.catalogue.words import RequestKind
from models.jobs import Job
from models.queries.standing import Standing
from models.queries.to_do import ToDo
from models.tables.delegations import Delegation
from models.tables.grants import Direction, Grant, Task
from models.tables.requests import Decision, Request, Term
from models.tables.reviews import Review

Entry = TypeVar("Entry")

NOTHING = "Nothing waits for you."
EXCERPT = 400
"""Of a reason or an error; Details has the whole."""
_GIVEN_UP = {
    "card": "A message could not be sent or brought up to date",
    "note": "A change of how long something lasts could not be told",
    "tell": "An answer could not be sent",
    "say": "A comment could not be passed on",
    "settle": "An application's accesses could not be brought up to date",
    "home": "Somebody's App Home could not be drawn",
    "person": "Somebody could not be looked up in Slack",
    "manager": "The manager whom the directory names now could not be asked",
    "groups": "User groups could not be looked up in Slack",
}


def to_do(tab: ToDo, viewer: str) -> list[Block]:
    """The tab's blocks, at most two an entry."""
    drawn = [
        *_part("Waiting for your decision", tab.decide, lambda one: _decide(*one, viewer)),
        *_part("To be done by hand", tab.tasks, lambda one: _task(*one)),
        *_part("Changes of the catalogue", tab.changes, lambda one: change.row(one, viewer)),
        *_part("To be reviewed", tab.reviews, lambda one: _review(*one)),
        *_part("Failed", tab.failed, _failed),
        *_part("Given up", tab.parked, _parked),
    ]
    done = _part("You decided lately", tab.decided, lambda one: [kit.context(_decided(*one))])
    watched = _part("Waiting for others", tab.watched, lambda one: [_watched(*one)])
    return [*(drawn or [kit.section(NOTHING)]), *watched, *done, *(_absence(tab) if tab.first else [])]


def _part(title: str, entries: Iterable[Entry], draw: Callable[[Entry], list[Block]]) -> list[Block]:
    drawn = [block for entry in entries for block in draw(entry)]
    return [kit.section(f"*{title}*"), *drawn] if drawn else []


def _decide(request: Request, standing: Standing, viewer: str) -> list[Block]:
    ref, because = request.ref, standing.because(viewer)
    term = words.lasting(Term.from_json(request.term))
    usual = " · :warning: longer than the usual maximum" if request.over_max else ""
    lines = [
        f"{SIGN + ' ' if request.emergency else ''}{_who_asks(request)} *{words.thing(request)}* · {ref}",
        f"For {term}{usual} · asked {moment(request.created_at)} · expires {moment(request.expires_at)}",
        *([quote(request.reason, EXCERPT)] if request.reason.strip() else []),
        *([f"Why you: {cut(esc(because), EXCERPT)}"] if because else []),
    ]
    if standing.quiet(viewer):
        lines.append("You may decide on it. Others are asked.")
    row = [buttons.approve(ref), buttons.reject(ref), buttons.comment(ref), buttons.details(ref)]
    return [kit.section("\n".join(lines)), kit.actions(row)]


def _absence(tab: ToDo) -> list[Block]:
    """Who stands in for the viewer, and for whom they do."""
    nobody = [] if tab.away else [kit.context("Out of office: nobody stands in for you.")]
    theirs = [
        kit.context(f"You stand in for {mention(one.person_id)}, {_days(one)}.") for one in tab.stands_in
    ]
    button = kit.button("Set a stand-in", HomeAction.STAND_IN)
    return [kit.divider(), *nobody, *map(_stand_in, tab.away), *theirs, kit.actions([button])]


def _stand_in(one: Delegation) -> Block:
    sure = kit.confirm("Remove the stand-in?", "You are asked yourself again.", "Remove", "Keep it")
    remove = kit.button("Remove", HomeAction.NO_STAND_IN, one.ref, confirm=sure)
    return kit.section(
        f"Out of office: {mention(one.delegate_id)} stands in for you, {_days(one)}.", accessory=remove
    )


def _days(one: Delegation) -> str:
    first, last = (f"{d.day} {d:%B %Y}" for d in (one.first_day, one.last_day))
    return f"on {first}" if first == last else f"{first} to {last}"


def _watched(request: Request, standing: Standing) -> Block:
    waits = progress.waiting(standing.stage)
    text = f"{_who_asks(request)} *{words.thing(request)}* · {request.ref}\n{waits[0].upper()}{waits[1:]}"
    return kit.section(text, accessory=buttons.details(request.ref))


def _who_asks(request: Request) -> str:
    asks = "asks for more time for" if request.kind is RequestKind.EXTEND else "asks for"
    if request.requester_id == request.beneficiary_id:
        return f"{mention(request.requester_id)} {asks}"
    return f"{mention(request.requester_id)} asks, for {mention(request.beneficiary_id)}, for"


def _task(task: Task, grant: Grant) -> list[Block]:
    who, what = mention(grant.person_id), f"*{words.thing(grant)}*"
    work = f"Give {who} {what}" if task.direction is Direction.GIVE else f"Take {what} away from {who}"
    row = [buttons.task_done(task.ref), buttons.task_cannot(task.ref), buttons.details(task.ref)]
    asked = f"asked {moment(task.created_at)}"
    return [kit.section(f"{work} · {task.ref} · {asked}"), kit.actions(row)]


def _review(review: Review, request: Request) -> list[Block]:
    who, what = mention(request.beneficiary_id), f"*{words.thing(request)}*"
    line = f"{SIGN} {who} took {what} in an emergency · {review.ref} · {moment(review.created_at)}"
    row = [buttons.justified(review.ref), buttons.misused(review.ref), buttons.details(request.ref)]
    return [kit.section(f"{line}\n{quote(request.reason, EXCERPT)}"), kit.actions(row)]


def _failed(grant: Grant) -> list[Block]:
    verb = "taken from" if grant.failing is Direction.TAKE else "given to"
    text = f"*{words.thing(grant)}* could not be {verb} {mention(grant.person_id)} · {grant.ref}"
    row = [buttons.retry(grant.ref), buttons.details(grant.ref)]
    return [kit.section(f"{text}\n{quote(grant.error, EXCERPT)}"), kit.actions(row)]


def _parked(job: Job) -> list[Block]:
    what = _GIVEN_UP.get(job.kind, "Something could not be done")
    text = f"{what} · `{esc(job.key)}`\n{quote(job.error, EXCERPT)}"
    return [kit.section(text, accessory=kit.button("Retry", HomeAction.RUN_AGAIN, f"JB-{job.id}"))]


def _decided(decision: Decision, request: Request) -> str:
    verb = "✓ You approved" if decision.approve else "✗ You rejected"
    what = f"{words.thing(request)} for {mention(request.beneficiary_id)}"
    return f"{verb} {what} · {request.ref} · {moment(decision.at)} · now *{request.state.label}*"
