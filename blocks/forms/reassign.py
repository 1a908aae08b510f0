"""The form that reassigns a decision: the new approver, whose decision it was, and a note."""

from collections.abc import Mapping
from dataclasses import dataclass

from blocks import kit
from blocks.cards import phrases
from blocks.kit import View
from blocks.kit.state import Values, choice_of, person_of, text_of
from blocks.kit.text import mention
from models.lifecycle.request.reassign import NOTE_LIMIT, Passable

FORM = "decision.reassign"
"""The form's callback id."""
PERSON, SEAT, NOTE = "person", "seat", "note"
"""Its blocks."""


@dataclass(frozen=True)
class ReassignInput:
    """What was chosen in the form."""

    to: str
    seat: str
    note: str


def build(passable: Passable, names: Mapping[str, str]) -> View:
    """The form; whose decision it is is asked only where it can be that of several."""
    request, seats = passable.request, passable.seats
    blocks = [
        kit.section(f"{request.ref}: *{phrases.access_title(request)}* for {mention(request.beneficiary_id)}")
    ]
    if len(seats) > 1:
        menu = kit.select(
            SEAT,
            [kit.option(names.get(person_id, person_id), person_id) for person_id in seats],
            initial=seats[0],
        )
        blocks.append(kit.input_block("Whose decision", menu, block_id=SEAT))
    hint = "Anybody but guests, and not who asks for it." if passable.anyone else _eligible(request.app_name)
    note = kit.text_input(NOTE, multiline=True, limit=NOTE_LIMIT)
    blocks += [
        kit.input_block("Who decides instead", kit.person_select(PERSON), block_id=PERSON, hint=hint),
        kit.input_block("Note", note, block_id=NOTE, optional=True, hint="They read it on their card."),
    ]
    carries = {"ref": request.ref} | ({"seat": seats[0]} if len(seats) == 1 else {})
    return kit.modal("Reassign", blocks, callback_id=FORM, submit="Pass on", carries=carries)


def parse(values: Values, carries: Mapping[str, str]) -> ReassignInput:
    """What was chosen; `carries` is what the form carries."""
    seat = choice_of(values, SEAT) or carries.get("seat", "")
    return ReassignInput(person_of(values, PERSON), seat, text_of(values, NOTE))


def _eligible(app: str) -> str:
    return f"Somebody who decides on {app} anyway: an approver, an owner or a workspace admin."
