"""The fields for "How long" in every form: presets, another length, dates, or no end.

The select reports each change (its action id is the form's own, so that every form redraws itself); the form
is then drawn again with the fields that belong to the choice. Block ids never change, so typed text survives.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from blocks import kit
from blocks.kit import Block, Option
from blocks.kit.state import Errors, Values, choice_of, datetime_of, text_of
from models.catalogue.spec import AccessPolicy, OverMax
from models.durations import parse_spoken, spoken
from models.tables.requests import Term


class TermBlock(StrEnum):
    """The blocks of these fields. A refusal of the field "term" belongs to CHOICE."""

    CHOICE = "term"
    LENGTH = "term_length"
    START = "term_start"
    END = "term_end"


class TermOption(StrEnum):
    """The choices beside the presets (whose values are seconds, as in "28800")."""

    OTHER = "other"
    DATES = "dates"
    NEVER = "never"


@dataclass(frozen=True)
class TermOffer:
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
    ) -> "TermOffer":
        """What all of these policies offer.

        `strict`: nothing above the maximum, as for an approver. `temporary`: for a guest or a contractor, who
        always have an end.
        """
        longest = min((p.max_duration for p in policies if p.max_duration), default=None)
        return cls(
            presets=_shared_presets(policies, longest),
            indefinite=bool(policies) and not temporary and all(policy.indefinite for policy in policies),
            starts=starts,
            note=_maximum_note(longest, strict or any(p.over_max is OverMax.REFUSE for p in policies)),
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
    def of(cls, term: Term | None, offer: TermOffer) -> "TermChoice":
        """As they say this term."""
        if term is None:
            return cls()
        if term.length is not None:
            preset = term.length in offer.presets
            return (
                cls(_seconds(term.length))
                if preset
                else cls(TermOption.OTHER.value, length=spoken(term.length))
            )
        if term.end is not None:
            return cls(TermOption.DATES.value, start=term.start, end=term.end)
        return cls(TermOption.NEVER.value)

    @classmethod
    def read(cls, values: Values) -> "TermChoice":
        """As somebody filled them in."""
        return cls(
            parse_choice(values),
            text_of(values, TermBlock.LENGTH),
            datetime_of(values, TermBlock.START),
            datetime_of(values, TermBlock.END),
        )


def parse_choice(values: Values) -> str:
    """What is chosen under "How long": seconds of a preset, a `Way`, or empty."""
    return choice_of(values, TermBlock.CHOICE)


def build(
    offer: TermOffer, choice: TermChoice | None = None, *, action_id: str, live: bool = False
) -> list[Block]:
    """The fields, with those that belong to the choice. `action_id` is the select's, of the form's own.

    With `live`, all of them have this id and tell the bot of each change: for a form that shows what would
    come of the length.
    """
    choice = choice or TermChoice()
    live_action = action_id if live else None
    menu = kit.select(action_id, _options(offer), initial=choice.choice, placeholder="Choose how long")
    select = kit.input_block("How long", menu, block_id=TermBlock.CHOICE, hint=offer.note, dispatch=True)
    if choice.choice == TermOption.OTHER:
        return [select, _length_field(choice, live_action)]
    if choice.choice == TermOption.DATES:
        return [
            select,
            *([_start_field(choice, live_action)] if offer.starts else []),
            end_field(choice, live_action),
        ]
    return [select]


def end_field(choice: TermChoice, live_action: str | None = None) -> Block:
    """The field for the end alone. With `live_action`, an action id, the bot hears of each change."""
    element = kit.datetime_picker(live_action or "end", choice.end)
    return kit.input_block("End", element, block_id=TermBlock.END, dispatch=bool(live_action))


def parse(values: Values, offer: TermOffer, now: datetime) -> Term | Errors:
    """The term that the fields say, or what is wrong by block. Whether it is allowed is for the policy."""
    return to_term(TermChoice.read(values), offer, now)


def to_term(choice: TermChoice, offer: TermOffer, now: datetime) -> Term | Errors:
    """The same, of fields that are filled in like this."""
    if choice.choice == TermOption.OTHER:
        return _parse_length(choice.length)
    if choice.choice == TermOption.DATES:
        return _parse_dates(choice.start if offer.starts else None, choice.end, now)
    if choice.choice == TermOption.NEVER and offer.indefinite:
        return Term()
    preset = next((preset for preset in offer.presets if _seconds(preset) == choice.choice), None)
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


def _options(offer: TermOffer) -> list[Option]:
    dates = "Start and end" if offer.starts else "Until a date"
    options = [kit.option("Another length", TermOption.OTHER)]
    options += [kit.option(dates, TermOption.DATES)] if offer.dates else []
    never = [kit.option("No end", TermOption.NEVER)] if offer.indefinite else []
    return [kit.option(spoken(preset), _seconds(preset)) for preset in offer.presets] + options + never


def _length_field(choice: TermChoice, live_action: str | None) -> Block:
    element = kit.text_input(
        live_action or "length",
        initial=choice.length,
        limit=60,
        placeholder="8 hours",
        live=bool(live_action),
    )
    return kit.input_block(
        "Length",
        element,
        block_id=TermBlock.LENGTH,
        hint="A number counts hours. 30 minutes or 2 days works too.",
        dispatch=bool(live_action),
    )


def _start_field(choice: TermChoice, live_action: str | None) -> Block:
    element = kit.datetime_picker(live_action or "start", choice.start)
    return kit.input_block(
        "Start",
        element,
        block_id=TermBlock.START,
        optional=True,
        hint="Left empty: as soon as it is approved.",
        dispatch=bool(live_action),
    )


def _shared_presets(policies: Sequence[AccessPolicy], longest: timedelta | None) -> tuple[timedelta, ...]:
    presets = dict.fromkeys(preset for policy in policies for preset in policy.durations)
    within = tuple(preset for preset in presets if longest is None or preset <= longest)
    common = tuple(preset for preset in within if all(preset in policy.durations for policy in policies))
    return common or within


def _maximum_note(longest: timedelta | None, refused: bool) -> str:
    if longest is None:
        return ""
    return (
        f"At most {spoken(longest)}."
        if refused
        else f"Longer than {spoken(longest)} is flagged to the approvers."
    )


def _seconds(length: timedelta) -> str:
    return str(int(length.total_seconds()))


def emergency_maximum(policies: Sequence[AccessPolicy]) -> timedelta | None:
    """How long all of these may be had in an emergency; None where one of them may not."""
    specs = [policy.emergency for policy in policies]
    return None if None in specs else min((spec.max for spec in specs if spec), default=None)


def emergency_offer(policies: Sequence[AccessPolicy]) -> TermOffer:
    """The lengths to choose from in an emergency, which begins at once and is short."""
    usual, maximum = TermOffer.of(policies), emergency_maximum(policies)
    if maximum is None:
        return usual
    presets = tuple(preset for preset in usual.presets if preset <= maximum) or (maximum,)
    return TermOffer(presets, starts=False, dates=False, note=f"At most {spoken(maximum)} in an emergency.")
