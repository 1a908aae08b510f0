"""The field for a condition: when a stage or a rule applies, part by part."""

from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.fields.base import DISPLAY_LIMIT, Field, InvalidEntry, InvalidForm, SlackNames, sentence
from blocks.admin.fields.choices import (
    REQUEST_KINDS,
    ChoiceField,
    FieldOption,
    MultiChoiceField,
    UserGroupsField,
    enum_options,
)
from blocks.admin.fields.durations import DurationField
from blocks.admin.fields.text import TEXT, LinesField, TextField
from blocks.admin.ids import AdminAction
from blocks.kit import Block
from blocks.kit.inputs import Values, text_of
from blocks.kit.text import cut, esc
from models.catalogue import app_edits
from models.catalogue.app_edits import ItemRef
from models.catalogue.file import write
from models.catalogue.lint.unreachable_rules import reason_unreachable
from models.catalogue.spec import AccessKind, AppSpec, Risk, RuleSpec, StageSpec, Weekday, When
from models.catalogue.spec.condition_words import DAYS, describe_condition
from models.catalogue.spec.conditions import NESTED as NESTED_KEYS
from models.catalogue.spec.fields import Path

COMMON: tuple[Field, ...] = (
    MultiChoiceField(
        "risk",
        "Only when the risk is",
        "Leave empty to ignore.",
        block="when_risk",
        options=enum_options(Risk),
    ),
    ChoiceField(
        "privileged",
        "Only when the access is",
        block="when_privileged",
        options=(
            FieldOption("either", "Privileged or not", None),
            FieldOption("privileged", "Privileged", True),
            FieldOption("plain", "Not privileged", False),
        ),
    ),
    DurationField(
        "duration_over", "Only when longer than", "For example 8 hours.", block="when_duration_over"
    ),
    UserGroupsField(
        "requester_group",
        "Only when the requester is in",
        "Any of these user groups.",
        block="when_requester_group",
    ),
    ChoiceField(
        "guest",
        "Only when requested for",
        block="when_guest",
        options=(
            FieldOption("either", "Anyone", None),
            FieldOption("guest", "A guest", True),
            FieldOption("colleague", "Anyone but guests", False),
        ),
    ),
)
RARE: tuple[Field, ...] = (
    ChoiceField(
        "contractor",
        "Only when the beneficiary is",
        block="when_contractor",
        options=(
            FieldOption("either", "Anyone", None),
            FieldOption("contractor", "A contractor", True),
            FieldOption("employee", "Not a contractor", False),
        ),
    ),
    MultiChoiceField(
        "kind",
        "Only when the access kind is",
        block="when_kind",
        options=enum_options(AccessKind),
    ),
    LinesField("department", "Only when the department is", "One per line.", block="when_department"),
    LinesField("title", "Only when the title is", "One per line.", block="when_title"),
    MultiChoiceField(
        "request",
        "Only when the request is",
        block="when_request",
        options=enum_options(REQUEST_KINDS, REQUEST_KINDS),
    ),
    ChoiceField(
        "emergency",
        "Emergency requests",
        block="when_emergency",
        options=(
            FieldOption("either", "All requests", None),
            FieldOption("emergency", "Only emergency requests", True),
            FieldOption("calm", "No emergency requests", False),
        ),
    ),
    ChoiceField(
        "on_behalf",
        "Requests for someone else",
        block="when_on_behalf",
        options=(
            FieldOption("either", "All requests", None),
            FieldOption("others", "Only for someone else", True),
            FieldOption("self", "Only for the requester", False),
        ),
    ),
    MultiChoiceField(
        "weekday",
        "Only when requested on",
        block="when_weekday",
        options=enum_options(Weekday, DAYS),
    ),
    TextField(
        "hours",
        "Only when requested between",
        "For example 09:00-18:00, or 22:00-06:00 overnight.",
        block="when_hours",
        inherits=True,
    ),
    TextField(
        "time_zone",
        "Time zone for days and hours",
        "For example Europe/Berlin. Leave empty for UTC.",
        block="when_time_zone",
        inherits=True,
    ),
)


@dataclass(frozen=True)
class NestedConditionField(Field):
    """The nested conditions (any of, all of, not) of a `When`, in the syntax of the catalogue file."""

    def form_value(self, value: Any) -> str:
        text = write.write_nested(value)
        return text if len(text) <= DISPLAY_LIMIT else ""

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        return [
            self.input(kit.text_input(TEXT, initial=form_value, multiline=True, limit=3000), optional=True)
        ]

    def read(self, values: Values) -> str:
        return text_of(values, self.id)

    def to_data(self, form_value: Any, value: Any) -> dict[str, Any]:
        try:
            return write.read_nested(form_value)
        except ValueError as error:
            raise InvalidEntry(self.id, sentence(str(error))) from None


NESTED = NestedConditionField(
    "nested",
    "Any of, all of, not",
    f'In the catalogue file’s syntax: {write.NESTED_EXAMPLE}, or not = {{ department = ["Sales"] }}.',
    block="when_nested",
)

PARTS = (*COMMON, *RARE)


@dataclass(frozen=True)
class ConditionField(Field):
    """A condition, with `label` and `hint` above its parts.

    The rare parts are shown when one of them is set, or on request (`with_rare`).
    """

    with_rare: bool = False

    @property
    def id(self) -> str:
        return PARTS[0].id

    def block_at(self, path: Path) -> str:
        if path and path[0] in NESTED_KEYS:
            return NESTED.id
        return next((part.id for part in PARTS if path and part.name == path[0]), self.id)

    def form_value(self, value: Any) -> tuple[Any, ...]:
        parts = (part.form_value(getattr(value, part.name, None)) for part in PARTS)
        return (*parts, NESTED.form_value(value))

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        heading = [kit.divider(), kit.section(f"*{esc(self.label)}*\n{esc(self.hint)}")]
        by_id = {field.id: part_value for field, part_value in zip((*PARTS, NESTED), form_value, strict=True)}
        if self.with_rare or any(by_id[field.id] != _EMPTY[field.id] for field in _REVEALING):
            visible, buttons = (*PARTS, NESTED), []
        else:
            visible, buttons = (
                COMMON,
                [kit.actions([kit.button("More conditions", AdminAction.MORE_CONDITIONS)])],
            )
        return [
            *heading,
            *(block for field in visible for block in field.blocks(by_id[field.id], names)),
            *buttons,
        ]

    def read(self, values: Values) -> tuple[Any, ...]:
        # What was not drawn was not set.
        return tuple(
            part.read(values) if part.id in values else part.form_value(None) for part in (*PARTS, NESTED)
        )

    def to_data(self, form_value: Any, value: Any) -> Any:
        *parts, nested = form_value
        data: dict[str, Any] = value.stored() if value else {}
        for part, part_value in zip(PARTS, parts, strict=True):
            before = getattr(value, part.name, None)
            if part_value != part.form_value(before):
                data[part.name] = part.to_data(part_value, before)
        if nested != NESTED.form_value(value):
            data = {name: item for name, item in data.items() if name not in NESTED_KEYS}
            data |= NESTED.to_data(nested, value)
        data = {name: item for name, item in data.items() if item is not None}
        return data if set(data) - {"time_zone"} else None


_REVEALING: tuple[Field, ...] = (*(part for part in RARE if part.name != "time_zone"), NESTED)
"""Parts that, once set, show all the rare ones."""
_EMPTY = {part.id: part.form_value(None) for part in _REVEALING}


def hidden_condition_note(when: When | None) -> list[Block]:
    """A note of nested conditions that are too long for the form."""
    if when is None or NESTED.form_value(when) or not write.write_nested(when):
        return []
    nested = when.model_copy(update={part.name: None for part in PARTS if part.name != "time_zone"})
    sentence = f"Also only when {cut(esc(describe_condition(nested)), 2000)}."
    return [kit.context(f"{sentence} Too long to show here; it stays unless you enter something above.")]


def require_satisfiable(app: AppSpec, ref: ItemRef, before: StageSpec | RuleSpec | None) -> AppSpec:
    """The app, unless the condition just entered can never hold. An older one is only noted elsewhere.

    Raises:
        InvalidForm: The condition can never hold; with the reason.
    """
    after: StageSpec | RuleSpec = app_edits.get_item(app, ref)
    problem = reason_unreachable(app, ref) if before is None or before.when != after.when else None
    if problem:
        raise InvalidForm({PARTS[0].id: f"It {problem}"})
    return app
