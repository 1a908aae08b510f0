"""The form that sets a delegate while somebody is out of office."""

from dataclasses import dataclass
from datetime import date

from blocks import kit
from blocks.kit import View
from blocks.kit.inputs import Values, date_of, person_of

FORM = "home.stand_in"
"""The form's callback id."""
PERSON, FIRST, LAST = "person", "first", "last"
"""Its blocks."""


@dataclass(frozen=True)
class DelegationInput:
    """The content of the form. `person` is an id, empty if none was chosen; both days are inclusive."""

    person: str
    first: date | None
    last: date | None


def build(today: date) -> View:
    """The form; the first day is preset to `today`."""
    delegate_hint = "Gets your requests and decides for you. You can still decide yourself."
    days_hint = "The first and the last day are included."
    blocks = [
        kit.input_block("Delegate", kit.person_select(PERSON), block_id=PERSON, hint=delegate_hint),
        kit.input_block("First day", kit.date_picker(FIRST, initial=today), block_id=FIRST),
        kit.input_block("Last day", kit.date_picker(LAST), block_id=LAST, hint=days_hint),
    ]
    return kit.modal("Out of office", blocks, callback_id=FORM, submit="Set delegate")


def parse(values: Values) -> DelegationInput:
    """The content of the form."""
    return DelegationInput(person_of(values, PERSON), date_of(values, FIRST), date_of(values, LAST))
