"""The form for one conflict (separation of duties): accesses that nobody should hold together."""

from collections.abc import Mapping

from blocks.admin.fields.base import Field, InvalidForm, SlackNames
from blocks.admin.fields.choices import AccessesField, CheckboxField, ChoiceField, FieldOption
from blocks.admin.fields.people import ApproversField, QuorumField
from blocks.admin.fields.text import TextField
from blocks.admin.form_mapping import (
    KEY,
    draw_fields,
    form_view,
    merge_changes,
    validate_entry,
    with_key,
)
from blocks.admin.ids import AdminPlace, AdminScreen
from blocks.kit import View
from blocks.kit.inputs import Values
from models.catalogue.spec import StageSpec
from models.catalogue.spec.conflicts import ConflictAction, ConflictSpec

ACTIONS = (
    FieldOption("block", "Block the request", ConflictAction.BLOCK),
    FieldOption("flag", "Warn approvers", ConflictAction.FLAG),
    FieldOption("stage", "Require one more stage", ConflictAction.STAGE),
)

STAGE_FIELDS: tuple[Field, ...] = (
    TextField("name", "Stage name", "Only for “Require one more stage”.", block="stage_name"),
    ApproversField("approvers", "Stage approvers", others="More people, by e-mail address"),
    QuorumField("rule", "How many must approve"),
)
_BLANK = ConflictSpec.model_construct(key="", name="", these=(), those=())
_BLANK_STAGE = StageSpec.model_construct(name="", approvers=())


def build(
    conflict: ConflictSpec | None, place: AdminPlace, titles: Mapping[str, str], names: SlackNames
) -> View:
    """The form for a conflict; for a new one where it is None."""
    title = "Conflict" if conflict else "Add a conflict"
    stage = (conflict and conflict.stage) or _BLANK_STAGE
    blocks = [
        *draw_fields(_fields(new=conflict is None, titles=titles), conflict or _BLANK, names),
        *draw_fields(STAGE_FIELDS, stage, names),
    ]
    return form_view(AdminScreen.CONFLICT, title, blocks, place)


def parse(conflict: ConflictSpec | None, values: Values) -> ConflictSpec:
    """The submitted conflict.

    Raises:
        InvalidForm: A field is wrong or missing.
    """
    fields = _fields(new=conflict is None)
    data = merge_changes(fields, conflict or _BLANK, values, conflict.stored() if conflict else {})
    data.pop("stage", None)
    if data.get("action") == ConflictAction.STAGE:
        data["stage"] = _stage(conflict, values).stored()
    for side in ("these", "those"):
        if not data.get(side):
            raise InvalidForm({side: "Choose at least one access."})
    return validate_entry(ConflictSpec, data if conflict else with_key(data), fields)


def _fields(*, new: bool, titles: Mapping[str, str] | None = None) -> tuple[Field, ...]:
    return (
        TextField("name", "Name", "For example Payments: enter and approve.", optional=False),
        *([KEY] if new else []),
        TextField("why", "Why", "Shown to requesters and approvers.", limit=500, multiline=True),
        AccessesField("these", "Anyone with one of these", titles=titles or {}),
        AccessesField("those", "should not get one of these", titles=titles or {}),
        CheckboxField("one_way", "Direction", sentence="The other way round is allowed"),
        ChoiceField("action", "If requested anyway", options=ACTIONS),
    )


def _stage(conflict: ConflictSpec | None, values: Values) -> StageSpec:
    before = conflict.stage if conflict else None
    data = merge_changes(STAGE_FIELDS, before or _BLANK_STAGE, values, before.stored() if before else {})
    if not data.get("approvers"):
        raise InvalidForm({"approvers": "Choose who approves the stage."})
    if not data.get("name"):
        raise InvalidForm({"stage_name": "Enter a name for the stage."})
    return validate_entry(StageSpec, data, STAGE_FIELDS)
