"""The form "Who would be asked?": a hypothetical request, and its outcome below."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from blocks import kit
from blocks.admin.fields.base import InvalidForm, sentence
from blocks.admin.fields.choices import REQUEST_KINDS
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen
from blocks.admin.lists.apps import access_options
from blocks.kit import Block, View
from blocks.kit.inputs import Values, choice_of, choices_of, person_of, text_of
from blocks.kit.text import esc
from blocks.request_form import preview
from models.catalogue.spec import AppSpec, RequestKind, examples
from models.durations import parse_typed_duration
from models.lifecycle.request.plan import Planned
from models.policy import Verdict

PERSON, ACCESS, LENGTH = "person", "access", "length"
ASKER, KIND, EMERGENCY, MOMENT = "asker", "kind", "emergency", "moment"
_ANY_MOMENT = datetime(2026, 1, 5, tzinfo=UTC)
_OUTCOME_TEXTS = {
    Verdict.DENY: "This would be denied",
    Verdict.NOBODY: "No approver can be asked, so this can’t be sent",
}


@dataclass(frozen=True)
class HypotheticalRequest:
    """The content of the form."""

    person: str = ""
    access: str = ""
    """The access's key."""
    duration_text: str = ""
    """The duration as typed."""
    asker: str = ""
    """The requester's id, where the request is for somebody else."""
    kind: RequestKind = RequestKind.NEW
    emergency: bool = False
    moment_text: str = ""
    """The moment of the request as typed."""

    @property
    def length(self) -> timedelta | None:
        """The duration; None is without an end.

        Raises:
            ValueError: The text is no duration; says so in a sentence.
        """
        return parse_typed_duration(self.duration_text) if self.duration_text else None

    def at(self, now: datetime) -> datetime:
        """The moment of the request.

        Raises:
            ValueError: The text is no moment; with a problem that reads on after "This".
        """
        return examples.parse_week_moment(self.moment_text).next(now) if self.moment_text else now


def build(
    app: AppSpec,
    place: AdminPlace,
    hypothetical: HypotheticalRequest | None = None,
    answer: Sequence[Block] = (),
) -> View:
    """The form, with the answer below it where there is one."""
    hypothetical = hypothetical or HypotheticalRequest()
    return kit.modal(
        "Who would be asked?",
        [*_fields(app, hypothetical), *answer],
        callback_id=AdminScreen.WOULD_ASK,
        submit="Show",
        close="Back",
        carries=place.carries(),
    )


def parse(values: Values) -> HypotheticalRequest:
    """The content of the form.

    Raises:
        InvalidForm: A field is wrong or missing.
    """
    hypothetical = HypotheticalRequest(
        person_of(values, PERSON),
        choice_of(values, ACCESS),
        text_of(values, LENGTH),
        asker=person_of(values, ASKER),
        kind=next((kind for kind in RequestKind if kind == choice_of(values, KIND)), RequestKind.NEW),
        emergency="yes" in choices_of(values, EMERGENCY),
        moment_text=text_of(values, MOMENT),
    )
    errors = {} if hypothetical.person else {PERSON: "Choose a person."}
    if not hypothetical.access:
        errors[ACCESS] = "Choose an access."
    try:
        _ = hypothetical.length
    except ValueError as error:
        errors[LENGTH] = str(error)
    try:
        hypothetical.at(_ANY_MOMENT)
    except ValueError as error:
        errors[MOMENT] = sentence(f"{error}.")
    if errors:
        raise InvalidForm(errors)
    return hypothetical


def answer_blocks(planned: Planned) -> list[Block]:
    """The outcome of the request, with its reasons."""
    reasons = [reason.text for reason in planned.decision.because]
    if outcome := _OUTCOME_TEXTS.get(planned.decision.verdict):
        return _refused(outcome, reasons)
    if not planned.length.ok:
        return _refused(_OUTCOME_TEXTS[Verdict.DENY], [planned.length.message])
    return preview.preview([planned], own=False)


def _refused(outcome: str, reasons: Sequence[str]) -> list[Block]:
    return [kit.divider(), kit.section(f"*{outcome}*"), *(kit.context(esc(text)) for text in reasons[:20])]


def _fields(app: AppSpec, hypothetical: HypotheticalRequest) -> list[Block]:
    selected = [access for access in app.access if access.key == hypothetical.access]
    menu = kit.external_select(
        AdminAction.FIND_ACCESS,
        placeholder="Type to search",
        initial=next(iter(access_options(selected)), None),
    )
    how_long = kit.text_input(LENGTH, initial=hypothetical.duration_text, limit=60, placeholder="8 hours")
    return [
        kit.input_block("Person", kit.person_select(PERSON, initial=hypothetical.person), block_id=PERSON),
        kit.input_block("Access", menu, block_id=ACCESS),
        kit.input_block("How long", how_long, block_id=LENGTH, optional=True, hint="Leave empty for no end."),
        *_circumstances(hypothetical),
    ]


def _circumstances(hypothetical: HypotheticalRequest) -> list[Block]:
    """The fields that are usually left alone."""
    asker, moment = (
        kit.person_select(ASKER, initial=hypothetical.asker),
        kit.text_input(MOMENT, initial=hypothetical.moment_text),
    )
    kinds = [kit.option(label, kind) for kind, label in REQUEST_KINDS.items()]
    yes = [kit.option("This is an emergency", "yes")]
    ticked = kit.checkboxes(EMERGENCY, yes, initial=["yes"] if hypothetical.emergency else [])
    hint = "For example sat 22:30, or mon 09:00 Europe/Berlin. Leave empty for now."
    return [
        kit.input_block(
            "Requested by", asker, block_id=ASKER, optional=True, hint="Leave empty if it is the same person."
        ),
        kit.input_block("Kind of request", kit.select(KIND, kinds, initial=hypothetical.kind), block_id=KIND),
        kit.input_block("When", moment, block_id=MOMENT, optional=True, hint=hint),
        kit.input_block("Emergency", ticked, block_id=EMERGENCY, optional=True),
    ]
