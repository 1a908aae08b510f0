"""The form that reassigns a decision: the new approver, whose decision it was, and a note."""

from collections.abc import Mapping
from dataclasses import dataclass

from blocks import kit
from blocks.cards import phrases
from blocks.kit import View
from blocks.kit.inputs import Values, choice_of, person_of, text_of
from models.lifecycle.request.reassign import NOTE_LIMIT, Reassignable

FORM = "decision.reassign"
"""The form's callback id."""
PERSON, SEAT, NOTE = "person", "seat", "note"
"""Its blocks."""


@dataclass(frozen=True)
class ReassignInput:
    """The content of the form: the new approver's id, whose decision it was, and the note."""

    to: str
    seat: str
    note: str


def build(passable: Reassignable, names: Mapping[str, str]) -> View:
    """The form. It has a menu of whose decision to reassign where the viewer may reassign several."""
    request, seats = passable.request, passable.seats
    blocks = [kit.section(phrases.request_title(request))]
    if len(seats) > 1:
        options = [kit.option(names.get(person_id, person_id), person_id) for person_id in seats]
        menu = kit.select(SEAT, options, initial=seats[0])
        blocks.append(kit.input_block("Whose decision", menu, block_id=SEAT))
    if passable.anyone:
        hint = "Anyone except guests and the requester."
    else:
        hint = f"Must be an approver or owner of {request.app_name}, or an admin."
    note_hint = "Shown on their card."
    blocks += [
        kit.input_block("New approver", kit.person_select(PERSON), block_id=PERSON, hint=hint),
        kit.text_block(
            "Note", block_id=NOTE, action_id=NOTE, limit=NOTE_LIMIT, hint=note_hint, optional=True
        ),
    ]
    carries = {"ref": request.ref} | ({"seat": seats[0]} if len(seats) == 1 else {})
    return kit.modal("Reassign", blocks, callback_id=FORM, submit="Reassign", carries=carries)


def parse(values: Values, carries: Mapping[str, str]) -> ReassignInput:
    """The content of the form, whose references are `carries`."""
    seat = choice_of(values, SEAT) or carries.get("seat", "")
    return ReassignInput(person_of(values, PERSON), seat, text_of(values, NOTE))
