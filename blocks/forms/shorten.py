"""The form that shortens a request or an active access."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from blocks import kit
from blocks.cards import phrases
from blocks.forms import term as term_form
from blocks.forms.term import TermChoice, TermOffer, TermOption
from blocks.kit import View
from blocks.kit.inputs import Errors, Values
from models.durations import duration_words
from models.tables.grants import Grant
from models.tables.requests import Request, Term

FORM = "less"
"""The form's callback id."""
CHOOSE_TERM = "less.term"
"""The action of its select."""
_HINT = "You can only choose less here. No approval needed."


@dataclass(frozen=True)
class ShortenTarget:
    """The request or access to shorten, with its present duration."""

    ref: str
    summary: str
    """Its title and duration, in mrkdwn."""
    presets: tuple[timedelta, ...]
    """The presets of its policy."""
    term: Term | None = None
    """The term of a request; None for an active access."""
    ends_at: datetime | None = None
    """The end of an active access; None if it has none."""

    def longest(self, now: datetime) -> timedelta | None:
        """The present duration, which a new one must stay below; None if it has no end."""
        if self.term is not None:
            return self.term.length
        return self.ends_at - now if self.ends_at else None


def from_request(request: Request, presets: tuple[timedelta, ...]) -> ShortenTarget:
    """The target for a pending request."""
    term = Term.from_json(request.term)
    summary = f"{request.ref}: *{phrases.access_title(request)}* · {phrases.term_text(term)}"
    return ShortenTarget(request.ref, summary, presets, term=term)


def from_grant(grant: Grant, presets: tuple[timedelta, ...]) -> ShortenTarget:
    """The target for an active access."""
    summary = f"*{phrases.access_title(grant)}* · active {phrases.until(grant.ends_at)}"
    return ShortenTarget(grant.ref, summary, presets, ends_at=grant.ends_at)


def build(target: ShortenTarget, now: datetime, choice: TermChoice | None = None) -> View:
    """The form, with the presets that are shorter than the present duration."""
    if _has_dates(target):
        fields = [term_form.end_field(choice or TermChoice())]
    else:
        fields = term_form.build(_offer(target, now), choice, action_id=CHOOSE_TERM)
    blocks = [kit.section(target.summary), *fields, kit.context(_HINT)]
    return kit.modal("Use less", blocks, callback_id=FORM, submit="Use less", carries={"ref": target.ref})


def parse(values: Values, target: ShortenTarget, now: datetime) -> Term | Errors:
    """The new term, or the errors. Whether it is shorter is checked when it is applied."""
    choice = TermChoice.read(values)
    if _has_dates(target):
        choice = replace(choice, choice=TermOption.DATES.value)
    return term_form.to_term(choice, _offer(target, now), now)


def _has_dates(target: ShortenTarget) -> bool:
    """Whether it is a request with an end date: the form then asks for a date, not for a duration."""
    return target.term is not None and target.term.end is not None


def _offer(target: ShortenTarget, now: datetime) -> TermOffer:
    longest, held = target.longest(now), target.term is None
    return TermOffer(
        presets=tuple(preset for preset in target.presets if longest is None or preset < longest),
        starts=False,
        dates=held or longest is None,
        note=f"Less than {duration_words(longest)}." if longest and not held else "Counts from now.",
    )
