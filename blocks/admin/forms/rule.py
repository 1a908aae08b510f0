"""The form for one automatic rule (deny, require, auto-approve) of an app or an access."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from blocks.admin.fields.base import Field, InvalidForm, SlackNames
from blocks.admin.fields.condition import ConditionField, hidden_condition_note, require_satisfiable
from blocks.admin.fields.text import TextField
from blocks.admin.form_mapping import (
    draw_fields,
    form_view,
    merge_changes,
    replace_entry,
    validate_app,
)
from blocks.admin.ids import AdminPlace, AdminScreen, OptionalPart, parse_number
from blocks.kit import Block, View
from blocks.kit.inputs import Values
from models.catalogue import app_edits
from models.catalogue.app_edits import ItemRef
from models.catalogue.spec import AppSpec, RuleSpec
from models.errors import NotFound

_NAME = TextField("name", "Name", "For example No contractors.", optional=False)
_WHY = TextField(
    "why",
    "Why",
    "Shown to the requester. Leave empty to show the conditions.",
    limit=500,
    multiline=True,
)


@dataclass(frozen=True)
class RuleKind:
    """A list of rules, with the title and condition of its form."""

    list: str
    """Its name in the catalogue."""
    title: str
    when: ConditionField

    @property
    def fields(self) -> tuple[Field, ...]:
        return (_NAME, _WHY, self.when)


KINDS = {
    kind.list: kind
    for kind in (
        RuleKind(
            "deny",
            "Deny rule",
            ConditionField(
                "when",
                "When it denies",
                "Every condition must match; with none, always. Leave empty to ignore.",
            ),
        ),
        RuleKind(
            "require",
            "Requirement",
            ConditionField(
                "when",
                "What must hold",
                "Every condition, for requester and beneficiary. Leave empty to ignore.",
            ),
        ),
        RuleKind(
            "auto_approve",
            "Automatic approval",
            ConditionField(
                "when",
                "When it approves",
                "Every condition must match; with none, always. Leave empty to ignore.",
            ),
        ),
    )
}
_BLANK = RuleSpec.model_construct(name="")


def build(app: AppSpec, place: AdminPlace, names: SlackNames, above: Sequence[Block] = ()) -> View:
    """The form for the rule at `place`, or for a new one.

    Raises:
        NotFound: There is no such rule any more.
    """
    kind, part, new = _locate(app, place)
    rule = _BLANK if new else app_edits.get_item(app, part)
    fields = (*kind.fields[:-1], replace(kind.when, with_rare=OptionalPart.CONDITIONS in place.more))
    return form_view(
        AdminScreen.RULE,
        kind.title,
        [*draw_fields(fields, rule, names), *hidden_condition_note(rule.when)],
        place,
        above=above,
    )


def parse(app: AppSpec, place: AdminPlace, values: Values) -> AppSpec:
    """The app with the submitted rule.

    Raises:
        InvalidForm: A field is wrong or missing.
        NotFound: There is no such rule any more.
    """
    kind, part, new = _locate(app, place)
    rule = _BLANK if new else app_edits.get_item(app, part)
    data = merge_changes(kind.fields, rule, values, {} if new else rule.stored())
    if kind.list == "require" and "when" not in data:
        raise InvalidForm({kind.when.id: "Set at least one condition."})
    path = app_edits.item_path(app, part)
    saved = validate_app(replace_entry(app.stored(), path, data), kind.fields, path)
    return require_satisfiable(saved, part, None if new else rule)


def item_ref(reference: str, access: str) -> ItemRef:
    """The rule of a reference like "deny:0".

    Raises:
        NotFound: The reference is malformed.
    """
    name, _, at = reference.partition(":")
    if name not in KINDS:
        raise NotFound("This rule no longer exists.")
    return ItemRef(name, parse_number(at), access)


def _locate(app: AppSpec, place: AdminPlace) -> tuple[RuleKind, ItemRef, bool]:
    """The kind of rule, its place in the app, and whether it is new."""
    part, new = item_ref(place.part, place.access), place.part.endswith(":")
    if new:
        part = replace(part, index=len(app_edits.list_items(app, part.list_name, place.access)))
    return KINDS[part.list_name], part, new
