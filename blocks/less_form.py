"""The form by which somebody shortens what they asked for, or an access that they hold."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from blocks import kit, term_form
from blocks.answers import Values
from blocks.cards import words
from blocks.kit import Block, View
from blocks.term_form import Errors, Offer, TermChoice, Way
from models.durations import spoken
from models.tables.grants import Grant
from models.tables.requests import Request, Term

FORM = "less"
"""The form's callback id."""
CHOOSE_TERM = "less.term"
"""The action of its select."""
_PROMISE = "You can only make it shorter here. Nobody has to decide on that."


@dataclass(frozen=True)
class Present:
    """What is to be made shorter, as it is now."""

    ref: str
    summary: str
    """What it is and for how long, in mrkdwn."""
    presets: tuple[timedelta, ...]
    """The usual durations, by its policy."""
    term: Term | None = None
    """What a request asks for; None of an access that somebody holds."""
    ends_at: datetime | None = None
    """When such an access ends; None where it does not."""

    def longest(self, now: datetime) -> timedelta | None:
        """What has to be less than this; None where anything with an end is."""
        if self.term is not None:
            return self.term.length
        return self.ends_at - now if self.ends_at else None


def of_request(request: Request, presets: tuple[timedelta, ...]) -> Present:
    """A request that somebody made."""
    term = Term.from_json(request.term)
    summary = f"{request.ref}: *{words.thing(request)}*, {words.lasting(term)}"
    return Present(request.ref, summary, presets, term=term)


def of_grant(grant: Grant, presets: tuple[timedelta, ...]) -> Present:
    """An access that somebody holds."""
    summary = f"*{words.thing(grant)}*, active {words.until(grant.ends_at)}"
    return Present(grant.ref, summary, presets, ends_at=grant.ends_at)


def build(present: Present, now: datetime, filled: TermChoice | None = None) -> View:
    """The form, with what is shorter than what it is now."""
    blocks = [kit.section(present.summary), *_fields(present, now, filled), kit.context(_PROMISE)]
    return kit.modal("Use less", blocks, callback_id=FORM, submit="Use less", carries={"ref": present.ref})


def parse(values: Values, present: Present, now: datetime) -> Term | Errors:
    """What was filled in, or what is wrong by block. Whether it is less is for the verb."""
    filled = TermChoice.read(values)
    if _has_dates(present):
        filled = replace(filled, choice=Way.DATES.value)
    return term_form.term_of(filled, _offer(present, now), now)


def _fields(present: Present, now: datetime, filled: TermChoice | None) -> list[Block]:
    if _has_dates(present):
        return [term_form.end_field(filled or TermChoice())]
    return term_form.build(_offer(present, now), filled, action_id=CHOOSE_TERM)


def _has_dates(present: Present) -> bool:
    """Whether it is a request that names its end: then the question is which end, and not how long."""
    return present.term is not None and present.term.end is not None


def _offer(present: Present, now: datetime) -> Offer:
    longest, held = present.longest(now), present.term is None
    return Offer(
        presets=tuple(one for one in present.presets if longest is None or one < longest),
        starts=False,
        dates=held or longest is None,
        note=f"Less than {spoken(longest)}." if longest and not held else "Counted from now.",
    )
