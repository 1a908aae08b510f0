"""The form for one approval stage, of an app or of one of its accesses: who is asked, how many, and when."""

from collections.abc import Sequence
from dataclasses import replace

from blocks.admin.condition_field import Condition, too_long
from blocks.admin.field import Field, Known
from blocks.admin.fields import Text
from blocks.admin.form import form, with_entry
from blocks.admin.ids import Place, Screen, number
from blocks.admin.overlay import Problems, draw, overlay, validated
from blocks.admin.people_fields import Approvers
from blocks.admin.stage_fields import Quorum
from blocks.answers import Values
from blocks.kit import Block, View
from models.catalogue import listed
from models.catalogue.listed import Spot
from models.catalogue.spec import AppSpec, StageSpec

WHEN = Condition("when", "When it is asked", "Only when all of these hold. Leave alone what does not matter.")
FIELDS: tuple[Field, ...] = (
    Text("name", "Name", "As in Manager, or Security.", optional=False),
    Approvers("approvers", "People", others="More people, by e-mail address"),
    Quorum("rule", "How many must approve"),
    WHEN,
)
_BLANK = StageSpec.model_construct(name="", approvers=())


def build(app: AppSpec, place: Place, known: Known, above: Sequence[Block] = ()) -> View:
    """The form for the stage at `place`, or for a new one. Raises NotFound where there is none any more."""
    stage = listed.found(app, _part(app, place)) if place.part else _BLANK
    title = "Approval stage" if place.part else "Add a stage"
    fields = (*FIELDS[:-1], replace(WHEN, more=bool(place.more)))
    return form(Screen.STAGE, title, [*draw(fields, stage, known), *too_long(stage.when)], place, above=above)


def parse(app: AppSpec, place: Place, values: Values) -> AppSpec:
    """The app with a stage as it was filled in. `place.part` is its place from 0 on; empty adds one.

    Raises Problems, or NotFound where there is no such stage any more.
    """
    part = _part(app, place)
    stage = listed.found(app, part) if place.part else _BLANK
    data = overlay(FIELDS, stage, values, stage.stored() if place.part else {})
    if not data.get("approvers"):
        raise Problems({"approvers": "Say who decides: people, user groups, or one of the boxes below."})
    path = listed.path(app, part)
    return validated(with_entry(app.stored(), path, data), FIELDS, path)


def _part(app: AppSpec, place: Place) -> Spot:
    at = number(place.part) if place.part else len(listed.every(app, "stage", place.access))
    return Spot("stage", at, place.access)
