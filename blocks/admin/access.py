"""The form for one access of an app: what it is, how it is given, and what it has in place of the app's."""

from collections.abc import Sequence
from typing import Any

from blocks.admin.connector_field import Connector
from blocks.admin.connectors import ConnectorKind
from blocks.admin.field import Field, Known
from blocks.admin.fields import Choice, Option, Text, Tick
from blocks.admin.form import KEY, form, keyed, with_entry
from blocks.admin.ids import Place, Screen
from blocks.admin.length_fields import Length, Lengths
from blocks.admin.overlay import Problems, draw, overlay, validated
from blocks.answers import Values
from blocks.kit import Block, View
from models.catalogue.edits import access_at
from models.catalogue.spec import AccessKind, AccessSpec, AppSpec, ConnectorSpec, Risk

_AS_THE_APP = "As the app has it"
_NAME = Text("name", "Name", optional=False)
_WHAT: tuple[Field, ...] = (
    Text("description", "Description", limit=500, multiline=True),
    Choice(
        "kind", "Kind", options=[Option(one.value, one.value.capitalize(), one.value) for one in AccessKind]
    ),
    Choice(
        "risk",
        "Risk",
        options=[
            Option("app", _AS_THE_APP, None),
            *(Option(one.value, one.value.capitalize(), one.value) for one in Risk),
        ],
    ),
    Tick("privileged", "Privileged", sentence="Gives more than everyday work needs"),
    Tick("enabled", "Requests", sentence="May be requested"),
    Tick("emergency", "Emergencies", sentence="At once in an emergency, where the app allows it"),
)
_OF_ITS_OWN: tuple[Field, ...] = (
    Text(
        "instructions",
        "Instructions",
        "Left empty: as the app has it.",
        limit=2500,
        multiline=True,
        inherits=True,
    ),
    Lengths("durations", "Presets", "As in 1 hour, 8 hours. Left empty: as the app has it.", inherits=True),
    Length("max_duration", "The longest", "Left empty: as the app has it."),
    Choice(
        "indefinite",
        "Without an end",
        options=(
            Option("app", _AS_THE_APP, None),
            Option("yes", "May be asked for", True),
            Option("no", "May not be asked for", False),
        ),
    ),
)
_BLANK = AccessSpec.model_construct(key="", name="")


def build(
    app: AppSpec,
    place: Place,
    known: Known,
    kinds: Sequence[ConnectorKind],
    *,
    connector: str = "",
    above: Sequence[Block] = (),
) -> View:
    """The form for the access at `place`, or for a new one.

    `connector` is the kind that was just chosen in it. Raises NotFound where there is no such access.
    """
    access = _BLANK if not place.part else app.access[access_at(app, place.part)]
    if connector != access.connector.type and connector in {kind.type for kind in kinds}:
        access = access.model_copy(update={"connector": ConnectorSpec(type=connector)})
    title = "Access" if place.part else "Add an access"
    return form(Screen.ACCESS, title, draw(_fields(place.part, kinds), access, known), place, above=above)


def parse(app: AppSpec, part: str, values: Values, kinds: Sequence[ConnectorKind]) -> AppSpec:
    """The app with an access as it was filled in. `part` is the access's key; empty adds one.

    Raises Problems, or NotFound where there is no such access any more.
    """
    at = access_at(app, part) if part else len(app.access)
    access = app.access[at] if part else _BLANK
    fields = _fields(part, kinds)
    data = overlay(fields, access, values, access.stored() if part else {})
    whole = with_entry(app.stored(), ("access", at), data if part else _keyed(app, data))
    return validated(whole, fields, ("access", at), otherwise="max_duration")


def _fields(part: str, kinds: Sequence[ConnectorKind]) -> tuple[Field, ...]:
    connector = Connector("connector", "How it is given", kinds=kinds)
    return (_NAME, *(() if part else (KEY,)), *_WHAT, connector, *_OF_ITS_OWN)


def _keyed(app: AppSpec, data: dict[str, Any]) -> dict[str, Any]:
    made = keyed(data)
    if any(access.key == made["key"] for access in app.access):
        taken = f"There is an access with the key “{made['key']}” already. Choose another."
        raise Problems({KEY.id: taken})
    return made
