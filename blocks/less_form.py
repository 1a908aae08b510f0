"""The form by which somebody shortens what they asked for, or an access that they hold."""

from dataclasses import replace
from datetime import datetime, timedelta

from blocks import kit, term_form
from blocks.answers import Values
from blocks.cards import words
from blocks.kit import Block, View
from blocks.term_form import Errors, Offer, TermChoice, Way
from models.durations import spoken
from models.registry.policy_snapshot import Snapshot
from models.tables.grants import Grant
from models.tables.requests import Request, Term

FORM = "less"
"""The form's callback id."""
CHOOSE_TERM = "less.term"
"""The action of its select."""
_PROMISE = "You can only make it shorter here. Nobody has to decide on that."


def build(row: Request | Grant, now: datetime, filled: TermChoice | None = None) -> View:
    """The form, with what is shorter than what it is now."""
    blocks = [kit.section(_summary(row)), *_fields(row, now, filled), kit.context(_PROMISE)]
    return kit.modal("Use less", blocks, callback_id=FORM, submit="Use less", carries={"ref": row.ref})


def parse(values: Values, row: Request | Grant, now: datetime) -> Term | Errors:
    """What was filled in, or what is wrong by block. Whether it is less is for the verb."""
    filled = TermChoice.read(values)
    if _has_dates(row):
        filled = replace(filled, choice=Way.DATES.value)
    return term_form.term_of(filled, _offer(row, now), now)


def _summary(row: Request | Grant) -> str:
    if isinstance(row, Grant):
        return f"*{words.thing(row)}*, active {words.until(row.ends_at)}"
    return f"{row.ref}: *{words.thing(row)}*, {words.lasting(Term.from_json(row.term))}"


def _fields(row: Request | Grant, now: datetime, filled: TermChoice | None) -> list[Block]:
    if _has_dates(row):
        return [term_form.end_field(filled or TermChoice())]
    return term_form.build(_offer(row, now), filled, action_id=CHOOSE_TERM)


def _has_dates(row: Request | Grant) -> bool:
    """Whether it is a request that names its end: then the question is which end, and not how long."""
    return isinstance(row, Request) and Term.from_json(row.term).end is not None


def _offer(row: Request | Grant, now: datetime) -> Offer:
    longest = _longest(row, now)
    presets = Snapshot.from_json(row.policy).policy.durations
    return Offer(
        presets=tuple(one for one in presets if longest is None or one < longest),
        starts=False,
        dates=isinstance(row, Grant) or longest is None,
        note=f"Less than {spoken(longest)}." if longest and isinstance(row, Request) else "Counted from now.",
    )


def _longest(row: Request | Grant, now: datetime) -> timedelta | None:
    """What has to be less than this; None where anything with an end is."""
    if isinstance(row, Request):
        return Term.from_json(row.term).length
    return row.ends_at - now if row.ends_at else None
