"""The form for a stand-in: who decides while somebody is away, from when to when."""

from dataclasses import dataclass
from datetime import date

from blocks import kit
from blocks.answers import Values
from blocks.elements import date_chosen, date_picker, person_chosen, person_select
from blocks.kit import View

FORM = "home.stand_in"
"""The form's callback id."""
PERSON, FIRST, LAST = "person", "first", "last"
"""Its blocks."""


@dataclass(frozen=True)
class Absence:
    """What was filled in; a day that was not chosen is None."""

    person: str
    first: date | None
    last: date | None


def build(today: date) -> View:
    """The form, which begins today."""
    who = "They are asked instead of you, and decide for you. You can still decide yourself."
    days = "Both days count."
    blocks = [
        kit.input_block("Who stands in for you", person_select(PERSON), block_id=PERSON, hint=who),
        kit.input_block("First day", date_picker(FIRST, initial=today), block_id=FIRST),
        kit.input_block("Last day", date_picker(LAST), block_id=LAST, hint=days),
    ]
    return kit.modal("Out of office", blocks, callback_id=FORM, submit="Set")


def parse(values: Values) -> Absence:
    """What was filled in."""
    return Absence(person_chosen(values, PERSON), date_chosen(values, FIRST), date_chosen(values, LAST))
