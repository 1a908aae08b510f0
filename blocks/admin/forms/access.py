"""The form for one access of an app: what it is, its connector, and its own durations."""

from collections.abc import Sequence
from typing import Any

from blocks.admin.fields.base import Field, InvalidForm, SlackNames
from blocks.admin.fields.choices import CheckboxField, ChoiceField, FieldOption, enum_options
from blocks.admin.fields.connector import ConnectorField, ConnectorKind
from blocks.admin.fields.durations import DurationField, DurationsField
from blocks.admin.fields.text import TextField
from blocks.admin.form_mapping import (
    KEY,
    draw_fields,
    form_view,
    merge_changes,
    replace_entry,
    validate_app,
    with_key,
)
from blocks.admin.ids import AdminPlace, AdminScreen
from blocks.kit import Block, View
from blocks.kit.inputs import Values
from models.catalogue.app_edits import access_index
from models.catalogue.spec import AccessKind, AccessSpec, AppSpec, ConnectorSpec, Risk

_AS_THE_APP = "Same as the app"
_NAME = TextField("name", "Name", optional=False)
_GENERAL: tuple[Field, ...] = (
    TextField("description", "Description", limit=500, multiline=True),
    ChoiceField(
        "kind",
        "Kind",
        options=enum_options(AccessKind),
    ),
    ChoiceField(
        "risk",
        "Risk",
        options=[FieldOption("app", _AS_THE_APP, None), *enum_options(Risk)],
    ),
    CheckboxField("privileged", "Privileged", sentence="More than everyday work needs"),
    CheckboxField("enabled", "Requests", sentence="Can be requested"),
    CheckboxField(
        "emergency", "Emergency access", sentence="Immediate in an emergency, if the app allows it"
    ),
)
_OVERRIDES: tuple[Field, ...] = (
    TextField(
        "instructions",
        "Instructions",
        "Leave empty to use the app’s.",
        limit=2500,
        multiline=True,
        inherits=True,
    ),
    DurationsField(
        "durations", "Presets", "For example 1 hour, 8 hours. Leave empty to use the app’s.", inherits=True
    ),
    DurationField("max_duration", "Longest duration", "Leave empty to use the app’s."),
    ChoiceField(
        "indefinite",
        "Without an end",
        options=(
            FieldOption("app", _AS_THE_APP, None),
            FieldOption("yes", "Can be requested", True),
            FieldOption("no", "Can’t be requested", False),
        ),
    ),
)
_BLANK = AccessSpec.model_construct(key="", name="")


def build(
    app: AppSpec,
    place: AdminPlace,
    names: SlackNames,
    kinds: Sequence[ConnectorKind],
    *,
    connector: str = "",
    above: Sequence[Block] = (),
) -> View:
    """The form for the access at `place`, or for a new one.

    `connector` is the type just chosen in it.

    Raises:
        NotFound: There is no such access.
    """
    access = _BLANK if not place.part else app.access[access_index(app, place.part)]
    if connector != access.connector.type and connector in {kind.type for kind in kinds}:
        access = access.model_copy(update={"connector": ConnectorSpec(type=connector)})
    title = "Access" if place.part else "Add an access"
    return form_view(
        AdminScreen.ACCESS, title, draw_fields(_fields(place.part, kinds), access, names), place, above=above
    )


def parse(app: AppSpec, part: str, values: Values, kinds: Sequence[ConnectorKind]) -> AppSpec:
    """The app with the submitted access. `part` is the access's key; empty adds one.

    Raises:
        InvalidForm: The form is not valid; with an error at each field.
        NotFound: There is no such access any more.
    """
    at = access_index(app, part) if part else len(app.access)
    access = app.access[at] if part else _BLANK
    fields = _fields(part, kinds)
    data = merge_changes(fields, access, values, access.stored() if part else {})
    whole = replace_entry(app.stored(), ("access", at), data if part else _with_unique_key(app, data))
    return validate_app(whole, fields, ("access", at), otherwise="max_duration")


def _fields(part: str, kinds: Sequence[ConnectorKind]) -> tuple[Field, ...]:
    connector = ConnectorField("connector", "How it is provisioned", kinds=kinds)
    return (_NAME, *(() if part else (KEY,)), *_GENERAL, connector, *_OVERRIDES)


def _with_unique_key(app: AppSpec, data: dict[str, Any]) -> dict[str, Any]:
    keyed = with_key(data)
    if any(access.key == keyed["key"] for access in app.access):
        sentence = f"Another access already has the key “{keyed['key']}”. Choose a different one."
        raise InvalidForm({KEY.id: sentence})
    return keyed
