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
from blocks.kit.inputs import Errors, Values, choice_of, datetime_of, text_of
from models.catalogue.spec import AccessPolicy, OverMax
from models.durations import duration_words, parse_typed_duration
from models.tables.requests import Term


class TermBlock(StrEnum):
    """Block ids. CHOICE shows a refusal of the field "term"."""

    CHOICE = "term"
    LENGTH = "term_length"
    START = "term_start"
    END = "term_end"


class TermOption(StrEnum):
    """The options beside the presets (whose values are seconds, as in "28800")."""

    OTHER = "other"
    DATES = "dates"
    NEVER = "never"


@dataclass(frozen=True)
class TermOffer:
    """The durations that a form offers."""

    presets: tuple[timedelta, ...]
    indefinite: bool = False
    starts: bool = True
    """Whether it offers a start; an extension has none."""
    dates: bool = True
    """Whether it offers an end date (and a start) instead of a length."""
    note: str = ""
    """The hint below the select: the maximum."""

    @classmethod
    def of(
        cls,
        policies: Sequence[AccessPolicy],
        *,
        starts: bool = True,
        strict: bool = False,
        temporary: bool = False,
    ) -> "TermOffer":
        """The durations that all of these policies offer.

        `strict`: nothing above the maximum, as for an approver. `temporary`: for a guest or a contractor,
        whose access always has an end.
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
    """The content of the fields."""

    choice: str = ""
    """Seconds of a preset, a `TermOption`, or empty."""
    length: str = ""
    start: datetime | None = None
    end: datetime | None = None

    @classmethod
    def of(cls, term: Term | None, offer: TermOffer) -> "TermChoice":
        """The content that stands for this term; empty for None."""
        if term is None:
            return cls()
        if term.length is not None:
            preset = term.length in offer.presets
            return (
                cls(_seconds(term.length))
                if preset
                else cls(TermOption.OTHER.value, length=duration_words(term.length))
            )
        if term.end is not None:
            return cls(TermOption.DATES.value, start=term.start, end=term.end)
        return cls(TermOption.NEVER.value)

    @classmethod
    def read(cls, values: Values) -> "TermChoice":
        """The content of a submitted form."""
        return cls(
            parse_choice(values),
            text_of(values, TermBlock.LENGTH),
            datetime_of(values, TermBlock.START),
            datetime_of(values, TermBlock.END),
        )


def parse_choice(values: Values) -> str:
    """The option chosen under "How long": seconds of a preset, a `TermOption`, or empty."""
    return choice_of(values, TermBlock.CHOICE)


def build(
    offer: TermOffer, choice: TermChoice | None = None, *, action_id: str, live: bool = False
) -> list[Block]:
    """The select, and the fields that belong to its choice. `action_id` is the select's.

    With `live`, every field has this action id and reports each change, for a form with a preview.
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
    """The field for an end date. With a `live_action` (an action id), it reports each change."""
    element = kit.datetime_picker(live_action or "end", choice.end)
    return kit.input_block("End", element, block_id=TermBlock.END, dispatch=bool(live_action))


def parse(values: Values, offer: TermOffer, now: datetime) -> Term | Errors:
    """The term of a submitted form, or the errors. Whether it is allowed is for the policy."""
    return to_term(TermChoice.read(values), offer, now)


def to_term(choice: TermChoice, offer: TermOffer, now: datetime) -> Term | Errors:
    """The term that the fields' content stands for, or the errors."""
    if choice.choice == TermOption.OTHER:
        try:
            return Term(length=parse_typed_duration(choice.length))
        except ValueError as error:
            return {TermBlock.LENGTH: str(error)}
    if choice.choice == TermOption.DATES:
        return _parse_dates(choice.start if offer.starts else None, choice.end, now)
    if choice.choice == TermOption.NEVER and offer.indefinite:
        return Term()
    for preset in offer.presets:
        if _seconds(preset) == choice.choice:
            return Term(length=timedelta(seconds=preset.total_seconds()))
    return {TermBlock.CHOICE: "Choose how long."}


def _parse_dates(start: datetime | None, end: datetime | None, now: datetime) -> Term | Errors:
    if end is None:
        return {TermBlock.END: "Choose when it ends."}
    if end <= now:
        return {TermBlock.END: "The end has passed. Choose a later one."}
    if start is not None and end <= start:
        return {TermBlock.END: "The end is before the start. Choose a later end."}
    return Term(start=start, end=end)


def _options(offer: TermOffer) -> list[Option]:
    dates = "Start and end…" if offer.starts else "Until a date"
    options = [kit.option("Another length", TermOption.OTHER)]
    options += [kit.option(dates, TermOption.DATES)] if offer.dates else []
    never = [kit.option("No end", TermOption.NEVER)] if offer.indefinite else []
    return (
        [kit.option(duration_words(preset), _seconds(preset)) for preset in offer.presets] + options + never
    )


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
        hint="A plain number means hours. 30 minutes or 2 days work too.",
        dispatch=bool(live_action),
    )


def _start_field(choice: TermChoice, live_action: str | None) -> Block:
    element = kit.datetime_picker(live_action or "start", choice.start)
    return kit.input_block(
        "Start",
        element,
        block_id=TermBlock.START,
        optional=True,
        hint="Leave empty to start as soon as it is approved.",
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
    flagged = "" if refused else " If you ask for more, approvers will see a warning."
    return f"Up to {duration_words(longest)}.{flagged}"


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
    return TermOffer(
        presets, starts=False, dates=False, note=f"Up to {duration_words(maximum)} in an emergency."
    )
