"""Who would be asked if somebody asked for something: a form, and the answer below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from blocks import kit, preview
from blocks.admin.ids import Do, Place, Screen
from blocks.admin.listing import access_options
from blocks.admin.overlay import Problems
from blocks.answers import Values, picked, typed
from blocks.elements import person_chosen, person_select
from blocks.kit import Block, View
from blocks.text import esc
from models.catalogue.spec import AppSpec
from models.durations import parse_spoken
from models.lifecycle.asking import Planned
from models.policy import Outcome

PERSON, ACCESS, LENGTH = "person", "access", "length"
_SAID = {Outcome.DENY: "It would be refused", Outcome.NOBODY: "Nobody could be asked, so it cannot be sent"}


@dataclass(frozen=True)
class Asked:
    """What the form was filled in with."""

    person: str = ""
    access: str = ""
    """The key."""
    typed: str = ""
    """How long, as it was typed."""

    @property
    def length(self) -> timedelta | None:
        """None: without an end. Raises ValueError with a sentence."""
        return parse_spoken(self.typed) if self.typed else None


def build(app: AppSpec, place: Place, asked: Asked | None = None, answer: Sequence[Block] = ()) -> View:
    """The form, with the answer below it once there is one."""
    asked = asked or Asked()
    return kit.modal(
        "Who would be asked?",
        [*_fields(app, asked), *answer],
        callback_id=Screen.WOULD_ASK,
        submit="Show",
        close="Back",
        carries=place.carries(),
    )


def parse(values: Values) -> Asked:
    """What was filled in. Raises Problems, each at its field."""
    asked = Asked(person_chosen(values, PERSON), picked(values, ACCESS), typed(values, LENGTH))
    errors = {} if asked.person else {PERSON: "Choose somebody."}
    if not asked.access:
        errors[ACCESS] = "Choose an access."
    try:
        _ = asked.length
    except ValueError as error:
        errors[LENGTH] = str(error)
    if errors:
        raise Problems(errors)
    return asked


def answered(planned: Planned) -> list[Block]:
    """What would become of it, with the reasons."""
    reasons = [reason.text for reason in planned.decision.because]
    if said := _SAID.get(planned.decision.outcome):
        return _refused(said, reasons)
    if not planned.length.ok:
        return _refused(_SAID[Outcome.DENY], [planned.length.message])
    return preview.preview([planned])


def _refused(said: str, reasons: Sequence[str]) -> list[Block]:
    return [kit.divider(), kit.section(f"*{said}*"), *(kit.context(esc(text)) for text in reasons[:20])]


def _fields(app: AppSpec, asked: Asked) -> list[Block]:
    chosen = [one for one in app.access if one.key == asked.access]
    menu = kit.external_select(
        Do.FIND_ACCESS, placeholder="Type to search", initial=next(iter(access_options(chosen)), None)
    )
    how_long = kit.text_input(LENGTH, initial=asked.typed, limit=60, placeholder="8 hours")
    return [
        kit.input_block("Person", person_select(PERSON, initial=asked.person), block_id=PERSON),
        kit.input_block("Access", menu, block_id=ACCESS),
        kit.input_block(
            "How long", how_long, block_id=LENGTH, optional=True, hint="Left empty: without an end."
        ),
    ]
