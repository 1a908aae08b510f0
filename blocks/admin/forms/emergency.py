"""The form for an app's emergency access: the maximum, and the review."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from blocks.admin.fields.base import Field, SlackNames
from blocks.admin.fields.choices import CheckboxField
from blocks.admin.fields.durations import DurationField
from blocks.admin.fields.people import ApproversField
from blocks.admin.form_mapping import draw_fields, form_view, merge_changes, validate_app
from blocks.admin.ids import AdminPlace, AdminScreen
from blocks.kit import Block, View
from blocks.kit.inputs import Values
from models.catalogue.spec import AppSpec
from models.catalogue.spec.fields import Path
from models.catalogue.spec.specs import EmergencySpec
from models.durations import parse_duration

_ALLOWED = CheckboxField(
    "allowed",
    "Emergency access",
    "A reason is required. Everyone who would have approved is notified.",
    block="emergency_allowed",
    sentence="Allow immediate access in an emergency",
)
PARTS: tuple[Field, ...] = (
    DurationField("max", "For up to", block="emergency_max", optional=False),
    DurationField(
        "review_within", "Reviewers are reminded after", block="emergency_review_within", optional=False
    ),
    ApproversField(
        "reviewers",
        "Reviewers",
        "Never the person who used it.",
        block="emergency_reviewers",
        others="More reviewers, by e-mail address",
        groups="User groups as reviewers",
        roles="Also as reviewers",
    ),
)
_DEFAULT = EmergencySpec(max=parse_duration("4h"))
"""What the form offers for an app without emergency access."""


@dataclass(frozen=True)
class EmergencyField(Field):
    """Whether emergency access is allowed, and its rules. The content is the checkbox and the parts."""

    @property
    def id(self) -> str:
        return _ALLOWED.id

    def block_at(self, path: Path) -> str:
        return next((part.id for part in PARTS if path and part.name == path[0]), PARTS[0].id)

    def form_value(self, value: Any) -> tuple[Any, ...]:
        return (
            value is not None,
            *(part.form_value(getattr(value or _DEFAULT, part.name)) for part in PARTS),
        )

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        allowed, *parts = form_value
        return [
            *_ALLOWED.blocks(allowed, names),
            *(
                block
                for part, part_value in zip(PARTS, parts, strict=True)
                for block in part.blocks(part_value, names)
            ),
        ]

    def read(self, values: Values) -> tuple[Any, ...]:
        return (_ALLOWED.read(values), *(part.read(values) for part in PARTS))

    def to_data(self, form_value: Any, value: Any) -> Any:
        allowed, *parts = form_value
        if not allowed:
            return None
        before = value or _DEFAULT
        data: dict[str, Any] = before.stored()
        for part, part_value in zip(PARTS, parts, strict=True):
            if part_value != part.form_value(getattr(before, part.name)):
                data[part.name] = part.to_data(part_value, getattr(before, part.name))
        return data


FIELDS: tuple[Field, ...] = (EmergencyField("emergency", "Emergency access"),)


def build(app: AppSpec, place: AdminPlace, names: SlackNames, above: Sequence[Block] = ()) -> View:
    """The form, with the app's emergency access."""
    return form_view(
        AdminScreen.EMERGENCY, "Emergency access", draw_fields(FIELDS, app, names), place, above=above
    )


def parse(app: AppSpec, values: Values) -> AppSpec:
    """The app with the submitted emergency access.

    Raises:
        InvalidForm: The form is not valid; with an error at each field.
    """
    return validate_app(merge_changes(FIELDS, app, values, app.stored()), FIELDS, otherwise=PARTS[0].id)
