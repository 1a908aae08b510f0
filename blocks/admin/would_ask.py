"""Who would be asked if somebody asked for something: a form, and the answer below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from blocks import kit, preview
from blocks.admin.field import sentence
from blocks.admin.ids import Do, Place, Screen
from blocks.admin.listing import access_options
from blocks.admin.overlay import Problems
from blocks.answers import Values, all_picked, picked, typed
from blocks.elements import checkboxes, person_chosen, person_select
from blocks.kit import Block, View
from blocks.text import esc
from models.catalogue import moments
from models.catalogue.spec import AppSpec, RequestKind
from models.durations import parse_spoken
from models.lifecycle.request.plan import Planned
from models.policy import Outcome

PERSON, ACCESS, LENGTH = "person", "access", "length"
ASKER, KIND, EMERGENCY, MOMENT = "asker", "kind", "emergency", "moment"
KINDS = {
    RequestKind.NEW: "A new request",
    RequestKind.RERAISE: "Asked for again",
    RequestKind.EXTEND: "An extension",
}
_SOMETIME = datetime(2026, 1, 5, tzinfo=UTC)
_SAID = {Outcome.DENY: "It would be refused", Outcome.NOBODY: "Nobody could be asked, so it cannot be sent"}


@dataclass(frozen=True)
class Asked:
    """What the form was filled in with."""

    person: str = ""
    access: str = ""
    """The key."""
    typed: str = ""
    """How long, as it was typed."""
    asker: str = ""
    """Who asks for the person, where they do not ask themselves."""
    kind: RequestKind = RequestKind.NEW
    emergency: bool = False
    moment: str = ""
    """When, as it was typed."""

    @property
    def length(self) -> timedelta | None:
        """None: without an end. Raises ValueError with a sentence."""
        return parse_spoken(self.typed) if self.typed else None

    def at(self, now: datetime) -> datetime:
        """When it is asked. Raises ValueError with what would be right, as it reads after “This”."""
        return moments.checked(self.moment).next(now) if self.moment else now


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
    asked = Asked(
        person_chosen(values, PERSON),
        picked(values, ACCESS),
        typed(values, LENGTH),
        asker=person_chosen(values, ASKER),
        kind=next((kind for kind in RequestKind if kind == picked(values, KIND)), RequestKind.NEW),
        emergency="yes" in all_picked(values, EMERGENCY),
        moment=typed(values, MOMENT),
    )
    errors = {} if asked.person else {PERSON: "Choose somebody."}
    if not asked.access:
        errors[ACCESS] = "Choose an access."
    try:
        _ = asked.length
    except ValueError as error:
        errors[LENGTH] = str(error)
    try:
        asked.at(_SOMETIME)
    except ValueError as error:
        errors[MOMENT] = sentence(f"{error}.")
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
        *_circumstances(asked),
    ]


def _circumstances(asked: Asked) -> list[Block]:
    """What is usually left alone."""
    asker, moment = person_select(ASKER, initial=asked.asker), kit.text_input(MOMENT, initial=asked.moment)
    kinds = [kit.option(label, kind) for kind, label in KINDS.items()]
    yes = [kit.option("It is an emergency", "yes")]
    ticked = checkboxes(EMERGENCY, yes, initial=["yes"] if asked.emergency else [])
    hint = "As in sat 22:30, or mon 09:00 Europe/Berlin. Left empty: now."
    return [
        kit.input_block(
            "Asked for by", asker, block_id=ASKER, optional=True, hint="Left empty: they ask themselves."
        ),
        kit.input_block("What kind of request", kit.select(KIND, kinds, initial=asked.kind), block_id=KIND),
        kit.input_block("When", moment, block_id=MOMENT, optional=True, hint=hint),
        kit.input_block("Emergency", ticked, block_id=EMERGENCY, optional=True),
    ]
