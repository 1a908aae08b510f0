"""What a condition can look at, as fields: those that most rules want, and the others."""

from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.field import LONGEST, Field, Known, Wrong, sentence
from blocks.admin.fields import TEXT, Choice, Option, Several, Text
from blocks.admin.length_fields import Length
from blocks.admin.list_fields import Lines, UserGroups
from blocks.answers import Values, typed
from blocks.kit import Block
from models.catalogue import inline
from models.catalogue.condition_words import DAYS
from models.catalogue.spec import AccessKind, RequestKind, Risk, Weekday

REQUESTS = {
    RequestKind.NEW: "A new request",
    RequestKind.RERAISE: "Asked for again",
    RequestKind.EXTEND: "An extension",
}

COMMON: tuple[Field, ...] = (
    Several(
        "risk",
        "Only when the risk is",
        "None ticked: whatever the risk.",
        block="when_risk",
        options=[Option(risk.value, risk.value.capitalize(), risk.value) for risk in Risk],
    ),
    Choice(
        "privileged",
        "Only when the access is",
        block="when_privileged",
        options=(
            Option("either", "Privileged or not", None),
            Option("privileged", "Privileged", True),
            Option("plain", "Not privileged", False),
        ),
    ),
    Length("duration_over", "Only when it is for longer than", "As in 8 hours.", block="when_duration_over"),
    UserGroups(
        "requester_group",
        "Only when the requester is in",
        "One of these user groups is enough.",
        block="when_requester_group",
    ),
    Choice(
        "guest",
        "Only when it is for",
        block="when_guest",
        options=(
            Option("either", "Guests and colleagues", None),
            Option("guest", "A guest", True),
            Option("colleague", "Nobody who is a guest", False),
        ),
    ),
)
RARE: tuple[Field, ...] = (
    Choice(
        "contractor",
        "Only when the person is",
        block="when_contractor",
        options=(
            Option("either", "A contractor or not", None),
            Option("contractor", "A contractor", True),
            Option("employee", "No contractor", False),
        ),
    ),
    Several(
        "kind",
        "Only when the access is a",
        block="when_kind",
        options=[Option(kind.value, kind.value.capitalize(), kind.value) for kind in AccessKind],
    ),
    Lines("department", "Only when the department is", "One in each line.", block="when_department"),
    Lines("title", "Only when the title is", "One in each line.", block="when_title"),
    Several(
        "request",
        "Only when it is",
        block="when_request",
        options=[Option(kind.value, label, kind.value) for kind, label in REQUESTS.items()],
    ),
    Choice(
        "emergency",
        "Only when it is urgent",
        block="when_emergency",
        options=(
            Option("either", "Emergency or not", None),
            Option("emergency", "An emergency", True),
            Option("calm", "No emergency", False),
        ),
    ),
    Choice(
        "on_behalf",
        "Only when somebody asks",
        block="when_on_behalf",
        options=(
            Option("either", "For themselves or for somebody else", None),
            Option("others", "For somebody else", True),
            Option("self", "For themselves", False),
        ),
    ),
    Several(
        "weekday",
        "Only when it is asked for on",
        block="when_weekday",
        options=[Option(day.value, DAYS[day], day.value) for day in Weekday],
    ),
    Text(
        "hours",
        "Only when it is asked for between",
        "As in 09:00-18:00. 22:00-06:00 goes over midnight.",
        block="when_hours",
        inherits=True,
    ),
    Text(
        "time_zone",
        "Time zone of day and hours",
        "As in Europe/Berlin. Left empty: UTC.",
        block="when_time_zone",
        inherits=True,
    ),
)


@dataclass(frozen=True)
class Nested(Field):
    """Conditions inside the condition, written as the catalogue file has them. Its value is the condition."""

    def shown(self, value: Any) -> str:
        written = inline.write(value)
        return written if len(written) <= LONGEST else ""

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        return [self.input(kit.text_input(TEXT, initial=shown, multiline=True, limit=3000), optional=True)]

    def read(self, values: Values) -> str:
        return typed(values, self.id)

    def stored(self, given: Any, value: Any) -> dict[str, Any]:
        try:
            return inline.read(given)
        except ValueError as error:
            raise Wrong(self.id, sentence(str(error))) from None


NESTED = Nested(
    "nested",
    "Any of, all of, not",
    f'As the catalogue file has it: {inline.EXAMPLE}, or not = {{ department = ["Sales"] }}.',
    block="when_nested",
)
