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
from blocks.kit.state import Values
from models.catalogue.spec import StageSpec
from models.catalogue.spec.conflicts import ConflictAction, ConflictSpec

ACTIONS = (
    FieldOption("block", "Cannot be sent, nor approved", ConflictAction.BLOCK),
    FieldOption("flag", "The approvers see it, and decide", ConflictAction.FLAG),
    FieldOption("stage", "One more stage has to approve", ConflictAction.STAGE),
)

STAGE_FIELDS: tuple[Field, ...] = (
    TextField("name", "The stage’s name", "Only for “One more stage has to approve”.", block="stage_name"),
    ApproversField("approvers", "Who decides in it", others="More people, by e-mail address"),
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
        InvalidForm: The form is not valid; with an error at each field.
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
        TextField("name", "Name", "As in Payments: enter and approve.", optional=False),
        *([KEY] if new else []),
        TextField("why", "Why", "Read by those who ask, and who decide.", limit=500, multiline=True),
        AccessesField("these", "Who has one of these", titles=titles or {}),
        AccessesField("those", "should not get one of those", titles=titles or {}),
        CheckboxField("one_way", "Direction", sentence="The other way round is fine"),
        ChoiceField("action", "Asking for it all the same", options=ACTIONS),
    )


def _stage(conflict: ConflictSpec | None, values: Values) -> StageSpec:
    before = conflict.stage if conflict else None
    data = merge_changes(STAGE_FIELDS, before or _BLANK_STAGE, values, before.stored() if before else {})
    if not data.get("approvers"):
        raise InvalidForm({"approvers": "Say who decides in the stage."})
    if not data.get("name"):
        raise InvalidForm({"stage_name": "Give the stage a name."})
    return validate_entry(StageSpec, data, STAGE_FIELDS)
