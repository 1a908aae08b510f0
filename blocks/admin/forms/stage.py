"""The form for one approval stage of an app or an access: its approvers, how many, and when."""

from collections.abc import Sequence
from dataclasses import replace

from blocks import kit
from blocks.admin.fields.base import Field, InvalidForm, SlackNames
from blocks.admin.fields.choices import ChannelField, ChoiceField, FieldOption
from blocks.admin.fields.condition import ConditionField, hidden_condition_note, require_satisfiable
from blocks.admin.fields.durations import DurationField
from blocks.admin.fields.people import ApproversField, QuorumField
from blocks.admin.fields.text import NumberField, TextField
from blocks.admin.form_mapping import (
    draw_fields,
    form_view,
    merge_changes,
    replace_entry,
    validate_app,
)
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen, OptionalPart, parse_number
from blocks.kit import Block, View
from blocks.kit.inputs import Values
from models.catalogue import app_edits
from models.catalogue.app_edits import ItemRef
from models.catalogue.spec import AppSpec, OnReject, StageSpec
from models.catalogue.spec.fields import MAX_ASKED

_WHO: tuple[Field, ...] = (
    TextField("name", "Name", "For example Manager or Security.", optional=False),
    ApproversField("approvers", "People", others="More people, by e-mail address"),
    QuorumField("rule", "How many must approve"),
)
FURTHER: tuple[Field, ...] = (
    ChoiceField(
        "on_reject",
        "After one rejection",
        "Only for “A number of them”; otherwise one rejection is final.",
        options=(
            FieldOption("count", "Rejected once too few approvers remain", OnReject.COUNT.value),
            FieldOption("veto", "Rejected immediately", OnReject.VETO.value),
        ),
    ),
    ApproversField(
        "alternates",
        "Alternates (asked if no decision in time)",
        others="More alternates, by e-mail address",
        groups="User groups as alternates",
        roles="Also as alternates",
    ),
    DurationField(
        "escalate_after",
        "Ask alternates after",
        "For example 4 hours. Leave empty for half of the time to decide.",
    ),
    ApproversField(
        "quiet",
        "Quiet approvers (may decide, get no message)",
        others="More quiet approvers, by e-mail address",
        groups="User groups as quiet approvers",
        roles="Also as quiet approvers",
    ),
    ChannelField(
        "channel",
        "Approval channel",
        "Used instead of many messages. Invite Keyturn to it.",
    ),
    NumberField("channel_over", "Use the channel for more than", maximum=MAX_ASKED),
)
"""Fields that few stages need: shown where one of them is set, or on request."""
WHEN = ConditionField("when", "When this stage applies", "Every condition must match. Leave empty to ignore.")
FIELDS: tuple[Field, ...] = (*_WHO, *FURTHER, WHEN)
_BLANK = StageSpec.model_construct(name="", approvers=())


def build(app: AppSpec, place: AdminPlace, names: SlackNames, above: Sequence[Block] = ()) -> View:
    """The form for the stage at `place`, or for a new one.

    Raises:
        NotFound: There is no such stage any more.
    """
    stage = app_edits.get_item(app, _item_ref(app, place)) if place.part else _BLANK
    title = "Approval stage" if place.part else "Add a stage"
    blocks = [
        *draw_fields(_WHO, stage, names),
        *(draw_fields(FURTHER, stage, names) if _shows_further(stage, place) else [_FURTHER_BUTTON]),
        *draw_fields([replace(WHEN, with_rare=OptionalPart.CONDITIONS in place.more)], stage, names),
        *hidden_condition_note(stage.when),
    ]
    return form_view(AdminScreen.STAGE, title, blocks, place, above=above)


def parse(app: AppSpec, place: AdminPlace, values: Values) -> AppSpec:
    """The app with the submitted stage. `place.part` is its index; empty adds one.

    Raises:
        InvalidForm: A field is wrong or missing.
        NotFound: There is no such stage any more.
    """
    ref = _item_ref(app, place)
    stage = app_edits.get_item(app, ref) if place.part else _BLANK
    data = merge_changes(FIELDS, stage, values, stage.stored() if place.part else {})
    if not data.get("approvers"):
        raise InvalidForm({"approvers": "Choose approvers: people, user groups or roles."})
    path = app_edits.item_path(app, ref)
    saved = validate_app(replace_entry(app.stored(), path, data), FIELDS, path)
    return require_satisfiable(saved, ref, None if stage is _BLANK else stage)


_FURTHER_BUTTON = kit.actions([kit.button("Alternates, quiet approvers, channel …", AdminAction.FURTHER)])


def _shows_further(stage: StageSpec, place: AdminPlace) -> bool:
    set_ones = stage.model_fields_set & {field.name for field in FURTHER}
    return OptionalPart.FURTHER in place.more or bool(set_ones)


def _item_ref(app: AppSpec, place: AdminPlace) -> ItemRef:
    at = parse_number(place.part) if place.part else len(app_edits.list_items(app, "stage", place.access))
    return ItemRef("stage", at, place.access)
