"""The form for one approval stage of an app: who is asked, how many must approve, and when."""

from collections.abc import Sequence

from blocks.admin.field import Field, Known
from blocks.admin.fields import Text
from blocks.admin.form import form, with_part
from blocks.admin.ids import Place, Screen, number
from blocks.admin.overlay import Problems, draw, overlay, validated
from blocks.admin.people_fields import Approvers
from blocks.admin.stage_fields import Condition, Quorum, other_conditions
from blocks.answers import Values
from blocks.kit import Block, View
from models.catalogue.edits import stage_at
from models.catalogue.spec import AppSpec, StageSpec

FIELDS: tuple[Field, ...] = (
    Text("name", "Name", "As in Manager, or Security.", optional=False),
    Approvers("approvers", "People", others="More people, by e-mail address"),
    Quorum("rule", "How many must approve"),
    Condition("when", "When"),
)
_BLANK = StageSpec.model_construct(name="", approvers=())


def build(app: AppSpec, place: Place, known: Known, above: Sequence[Block] = ()) -> View:
    """The form for the stage at `place`, or for a new one. Raises NotFound where there is none any more."""
    stage = app.stage[stage_at(app, number(place.part))] if place.part else _BLANK
    title = "Approval stage" if place.part else "Add a stage"
    blocks = [*draw(FIELDS, stage, known), *other_conditions(stage.when)]
    return form(Screen.STAGE, title, blocks, place, above=above)


def parse(app: AppSpec, part: str, values: Values) -> AppSpec:
    """The app with a stage as it was filled in. `part` is the stage's place from 0 on; empty adds one.

    Raises Problems, or NotFound where there is no such stage any more.
    """
    at = stage_at(app, number(part)) if part else len(app.stage)
    stage = app.stage[at] if part else _BLANK
    data = overlay(FIELDS, stage, values, stage.stored() if part else {})
    if not data.get("approvers"):
        raise Problems({"approvers": "Say who decides: people, user groups, or one of the boxes below."})
    return validated(with_part(app.stored(), "stage", at, data), FIELDS, ("stage", at))
