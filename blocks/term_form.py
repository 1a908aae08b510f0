"""The fields that ask "How long", in every form that does: presets, a length of one's own, dates, or no end.

The select tells the bot of each change (its action id is the form's own, so that every form redraws itself),
which then draws the form again with the fields that belong to the choice. What was typed survives that, since
the block ids never change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from blocks import kit
from blocks.answers import Values, moment_of, picked, typed
from blocks.kit import Block, Option
from models.catalogue.spec import AccessPolicy, OverMax
from models.durations import parse_spoken, spoken
from models.tables.requests import Term

Errors = dict[str, str]
"""What is wrong, by the block that shows it."""


class TermBlock(StrEnum):
    """The blocks of these fields. A refusal of the field "term" belongs to CHOICE."""

    CHOICE = "term"
    LENGTH = "term_length"
    START = "term_start"
    END = "term_end"


class Way(StrEnum):
    """The choices beside the presets (whose values are seconds, as in "28800")."""

    OTHER = "other"
    DATES = "dates"
    NEVER = "never"


@dataclass(frozen=True)
class Offer:
    """What may be chosen."""

    presets: tuple[timedelta, ...]
    indefinite: bool = False
    starts: bool = True
    """Whether a start can be chosen; more time on an access that is there has none."""
    dates: bool = True
    """Whether an end (with a start) can be chosen instead of a length."""
    note: str = ""
    """Said under the select: the maximum."""

    @classmethod
    def of(
        cls,
        policies: Sequence[AccessPolicy],
        *,
        starts: bool = True,
        strict: bool = False,
        temporary: bool = False,
    ) -> "Offer":
        """What all of these policies offer.

        `strict`: nothing above the maximum, as for an approver. `temporary`: for a guest or a contractor, who
        always have an end.
        """
        longest = min((p.max_duration for p in policies if p.max_duration), default=None)
        return cls(
            presets=_common(policies, longest),
            indefinite=bool(policies) and not temporary and all(policy.indefinite for policy in policies),
            starts=starts,
            note=_note(longest, strict or any(p.over_max is OverMax.REFUSE for p in policies)),
        )


@dataclass(frozen=True)
class TermChoice:
    """How the fields are filled in."""

    choice: str = ""
    """Seconds of a preset, a `Way`, or empty: nothing chosen."""
    length: str = ""
    start: datetime | None = None
    end: datetime | None = None

    @classmethod
    def of(cls, term: Term | None, offer: Offer) -> "TermChoice":
        """As they say this term."""
        if term is None:
            return cls()
        if term.length is not None:
            preset = term.length in offer.presets
            return cls(_seconds(term.length)) if preset else cls(Way.OTHER.value, length=spoken(term.length))
        if term.end is not None:
            return cls(Way.DATES.value, start=term.start, end=term.end)
        return cls(Way.NEVER.value)

    @classmethod
    def read(cls, values: Values) -> "TermChoice":
        """As somebody filled them in."""
        return cls(
            chosen(values),
            typed(values, TermBlock.LENGTH),
            moment_of(values, TermBlock.START),
            moment_of(values, TermBlock.END),
        )


def chosen(values: Values) -> str:
    """What is chosen under "How long": seconds of a preset, a `Way`, or empty."""
    return picked(values, TermBlock.CHOICE)


def build(
    offer: Offer, filled: TermChoice | None = None, *, action_id: str, live: bool = False
) -> list[Block]:
    """The fields, with those that belong to the choice. `action_id` is the select's, of the form's own.

    With `live`, all of them have this id and tell the bot of each change: for a form that shows what would
    come of the length.
    """
    filled = filled or TermChoice()
    told = action_id if live else None
    menu = kit.select(action_id, _options(offer), initial=filled.choice, placeholder="Choose how long")
    select = kit.input_block("How long", menu, block_id=TermBlock.CHOICE, hint=offer.note, dispatch=True)
    if filled.choice == Way.OTHER:
        return [select, _length_field(filled, told)]
    if filled.choice == Way.DATES:
        return [select, *([_start_field(filled, told)] if offer.starts else []), end_field(filled, told)]
    return [select]


def end_field(filled: TermChoice, told: str | None = None) -> Block:
    """The field for the end alone. With `told`, the id of an action, the bot hears of each change."""
    element = kit.datetime_picker(told or "end", filled.end)
    return kit.input_block("End", element, block_id=TermBlock.END, dispatch=bool(told))


def parse(values: Values, offer: Offer, now: datetime) -> Term | Errors:
    """The term that the fields say, or what is wrong by block. Whether it is allowed is for the policy."""
    return term_of(TermChoice.read(values), offer, now)


def term_of(filled: TermChoice, offer: Offer, now: datetime) -> Term | Errors:
    """The same, of fields that are filled in like this."""
    if filled.choice == Way.OTHER:
        return _parse_length(filled.length)
    if filled.choice == Way.DATES:
        return _parse_dates(filled.start if offer.starts else None, filled.end, now)
    if filled.choice == Way.NEVER and offer.indefinite:
        return Term()
    preset = next((one for one in offer.presets if _seconds(one) == filled.choice), None)
    return (
        Term(length=timedelta(seconds=preset.total_seconds()))
        if preset
        else {TermBlock.CHOICE: "Choose how long."}
    )


def _parse_length(text: str) -> Term | Errors:
    try:
        return Term(length=parse_spoken(text))
    except ValueError as error:
        return {TermBlock.LENGTH: str(error)}


def _parse_dates(start: datetime | None, end: datetime | None, now: datetime) -> Term | Errors:
    if end is None:
        return {TermBlock.END: "Choose when it ends."}
    if end <= now:
        return {TermBlock.END: "The end has passed. Choose a later one."}
    if start is not None and end <= start:
        return {TermBlock.END: "The end comes before the start. Choose a later end."}
    return Term(start=start, end=end)


def _options(offer: Offer) -> list[Option]:
    dates = "Start and end" if offer.starts else "Until a date"
    ways = [kit.option("Another length", Way.OTHER)]
    ways += [kit.option(dates, Way.DATES)] if offer.dates else []
    never = [kit.option("No end", Way.NEVER)] if offer.indefinite else []
    return [kit.option(spoken(preset), _seconds(preset)) for preset in offer.presets] + ways + never


def _length_field(filled: TermChoice, told: str | None) -> Block:
    element = kit.text_input(
        told or "length", initial=filled.length, limit=60, placeholder="8 hours", live=bool(told)
    )
    return kit.input_block(
        "Length",
        element,
        block_id=TermBlock.LENGTH,
        hint="A number counts hours. 30 minutes or 2 days works too.",
        dispatch=bool(told),
    )


def _start_field(filled: TermChoice, told: str | None) -> Block:
    element = kit.datetime_picker(told or "start", filled.start)
    return kit.input_block(
        "Start",
        element,
        block_id=TermBlock.START,
        optional=True,
        hint="Left empty: as soon as it is approved.",
        dispatch=bool(told),
    )


def _common(policies: Sequence[AccessPolicy], longest: timedelta | None) -> tuple[timedelta, ...]:
    every = dict.fromkeys(preset for policy in policies for preset in policy.durations)
    within = tuple(preset for preset in every if longest is None or preset <= longest)
    common = tuple(one for one in within if all(one in policy.durations for policy in policies))
    return common or within


def _note(longest: timedelta | None, refused: bool) -> str:
    if longest is None:
        return ""
    return (
        f"At most {spoken(longest)}."
        if refused
        else f"Longer than {spoken(longest)} is flagged to the approvers."
    )


def _seconds(length: timedelta) -> str:
    return str(int(length.total_seconds()))
