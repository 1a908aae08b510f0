"""The form that shortens a request or an active access."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from blocks import kit
from blocks.cards import phrases
from blocks.forms import term as term_form
from blocks.forms.term import TermChoice, TermOffer, TermOption
from blocks.kit import Block, View
from blocks.kit.state import Errors, Values
from models.durations import spoken
from models.tables.grants import Grant
from models.tables.requests import Request, Term

FORM = "less"
"""The form's callback id."""
CHOOSE_TERM = "less.term"
"""The action of its select."""
_HINT = "You can only make it shorter here. Nobody has to decide on that."


@dataclass(frozen=True)
class ShortenTarget:
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


def from_request(request: Request, presets: tuple[timedelta, ...]) -> ShortenTarget:
    """A request that somebody made."""
    term = Term.from_json(request.term)
    summary = f"{request.ref}: *{phrases.access_title(request)}*, {phrases.term_text(term)}"
    return ShortenTarget(request.ref, summary, presets, term=term)


def from_grant(grant: Grant, presets: tuple[timedelta, ...]) -> ShortenTarget:
    """An access that somebody holds."""
    summary = f"*{phrases.access_title(grant)}*, active {phrases.until(grant.ends_at)}"
    return ShortenTarget(grant.ref, summary, presets, ends_at=grant.ends_at)


def build(target: ShortenTarget, now: datetime, choice: TermChoice | None = None) -> View:
    """The form, with what is shorter than what it is now."""
    blocks = [kit.section(target.summary), *_fields(target, now, choice), kit.context(_HINT)]
    return kit.modal("Use less", blocks, callback_id=FORM, submit="Use less", carries={"ref": target.ref})


def parse(values: Values, target: ShortenTarget, now: datetime) -> Term | Errors:
    """What was filled in, or what is wrong by block. Whether it is less is for the verb."""
    choice = TermChoice.read(values)
    if _has_dates(target):
        choice = replace(choice, choice=TermOption.DATES.value)
    return term_form.to_term(choice, _offer(target, now), now)


def _fields(target: ShortenTarget, now: datetime, choice: TermChoice | None) -> list[Block]:
    if _has_dates(target):
        return [term_form.end_field(choice or TermChoice())]
    return term_form.build(_offer(target, now), choice, action_id=CHOOSE_TERM)


def _has_dates(target: ShortenTarget) -> bool:
    """Whether it is a request that names its end: then the question is which end, and not how long."""
    return target.term is not None and target.term.end is not None


def _offer(target: ShortenTarget, now: datetime) -> TermOffer:
    longest, held = target.longest(now), target.term is None
    return TermOffer(
        presets=tuple(preset for preset in target.presets if longest is None or preset < longest),
        starts=False,
        dates=held or longest is None,
        note=f"Less than {spoken(longest)}." if longest and not held else "Counted from now.",
    )
