"""The form for an app's name, purpose, owners and request rules; also the form for a new app."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.block_id_version import plain_block_ids
from blocks.admin.fields.base import Field, InvalidForm, SlackNames
from blocks.admin.fields.choices import CheckboxField, ChoiceField, FieldOption, enum_options
from blocks.admin.fields.people import PeopleField
from blocks.admin.fields.text import TextField
from blocks.admin.form_mapping import (
    KEY,
    draw_fields,
    form_view,
    make_key,
    merge_changes,
    validate_app,
    with_key,
)
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen, OptionalPart
from blocks.kit import Block, View
from blocks.kit.inputs import Values
from models.catalogue.spec import AppSpec, DecisionComment, EmailUse, Need, OnBehalf, Reassign, Risk

REASONS = (
    FieldOption("required", "Required", Need.REQUIRED.value),
    FieldOption("optional", "Optional", Need.OPTIONAL.value),
    FieldOption("hidden", "Hidden", Need.HIDDEN.value),
)
EMAIL = (
    FieldOption("fallback", "Only if Slack delivery fails", EmailUse.FALLBACK.value),
    FieldOption("copy", "A copy of every message", EmailUse.COPY.value),
)
COMMENTS = (
    FieldOption("optional", "Optional", DecisionComment.OPTIONAL.value),
    FieldOption("on_reject", "Required for rejections", DecisionComment.ON_REJECT.value),
    FieldOption("always", "Required for every decision", DecisionComment.ALWAYS.value),
)
ON_BEHALF = (
    FieldOption("nobody", "Nobody", OnBehalf.NOBODY.value),
    FieldOption("admins", "The app’s owners and Keyturn’s admins", OnBehalf.ADMINS.value),
    FieldOption("managers", "Owners, admins and the beneficiary’s manager", OnBehalf.MANAGERS.value),
    FieldOption("anyone", "Everyone", OnBehalf.ANYONE.value),
)
REASSIGN = (
    FieldOption("eligible", "Other approvers, owners and admins", Reassign.ELIGIBLE.value),
    FieldOption("anyone", "Any colleague", Reassign.ANYONE.value),
    FieldOption("nobody", "Nobody", Reassign.NOBODY.value),
)
_OWNERS = PeopleField("owners", "Owners", others="More owners, by e-mail address")
FIELDS: tuple[Field, ...] = (
    TextField("name", "Name", optional=False),
    TextField("description", "Description", "One or two sentences.", limit=500, multiline=True),
    TextField("category", "Category", "For example Engineering."),
    TextField(
        "icon",
        "Icon",
        "An emoji such as :rocket:, or the https:// address of a picture.",
        limit=3000,
    ),
    TextField("link", "Link", "For example https://github.com.", limit=3000),
    ChoiceField(
        "risk",
        "Risk",
        options=enum_options(Risk),
    ),
    _OWNERS,
    ChoiceField("reason", "Reason for a request", options=REASONS),
    ChoiceField("on_behalf", "Who may request for someone else", options=ON_BEHALF),
    ChoiceField("decision_comment", "Decision comment", options=COMMENTS),
    ChoiceField("reassign", "Who can approvers reassign to", options=REASSIGN),
    CheckboxField("guests", "Guests", sentence="Guests may request it"),
    CheckboxField("self_approve", "Own requests", sentence="Approvers may decide their own requests"),
    ChoiceField("email", "E-mail (if set up)", options=EMAIL),
    TextField(
        "instructions",
        "Instructions",
        "How to use the access. Shown once access is granted.",
        limit=2500,
        multiline=True,
    ),
)


_FIRST_KEY = "access"
"""The key of a first access whose name has no character that can be in a key."""


@dataclass(frozen=True)
class FirstAccessField(TextField):
    """The name of a new app's first access; its key is made from the name. Empty: none yet."""

    def to_data(self, form_value: Any, value: Any) -> Any:
        return [{"key": make_key(form_value) or _FIRST_KEY, "name": form_value}]


_MANAGER = {"name": "Manager", "approvers": ["manager"]}
_OWNER = {"name": "Owner", "approvers": ["owners"]}
_ESSENTIAL: tuple[Field, ...] = (
    FIELDS[0],
    FirstAccessField("access", "First access", "For example Editor.", block="first_access"),
    _OWNERS,
    ChoiceField(
        "stage",
        "Who approves",
        block="approval",
        options=(
            FieldOption("owners", "The app’s owners", ()),
            FieldOption("manager", "The beneficiary’s manager", [_MANAGER]),
            FieldOption("both", "The manager, then the owners", [_MANAGER, _OWNER]),
        ),
    ),
)
"""What a new app needs before it can be requested."""
_FURTHER: tuple[Field, ...] = (KEY, *(field for field in FIELDS[1:] if field.name != _OWNERS.name))
NEW_FIELDS = (*_ESSENTIAL, *_FURTHER)
_BLANK = AppSpec.model_construct(key="", name="")


def build(app: AppSpec, place: AdminPlace, names: SlackNames, above: Sequence[Block] = ()) -> View:
    """The form for an existing app."""
    return form_view(AdminScreen.BASICS, "Basics", draw_fields(FIELDS, app, names), place, above=above)


def build_new(place: AdminPlace) -> View:
    """The form for a new app: what it needs, and the rest once `place.more` has it."""
    blocks = draw_fields(_ESSENTIAL, _BLANK, SlackNames())
    if OptionalPart.FURTHER in place.more:
        blocks += draw_fields(_FURTHER, _BLANK, SlackNames())
    else:
        blocks = [block for block in blocks if block["block_id"] != _OWNERS.others_id]
        blocks.append(kit.actions([kit.button("More", AdminAction.MORE_OF_APP)]))
    return form_view(AdminScreen.NEW_APP, "Add an app", blocks, place)


def parse(app: AppSpec, values: Values) -> AppSpec:
    """The app with the submitted changes.

    Raises:
        InvalidForm: The form is not valid; with an error at each field.
    """
    return validate_app(merge_changes(FIELDS, app, values, app.stored()), FIELDS)


def parse_new(values: Values) -> AppSpec:
    """The submitted new app.

    Raises:
        InvalidForm: A field is wrong, or the name gives no key and none was entered.
    """
    data = merge_changes(NEW_FIELDS, _BLANK, values, {})
    if KEY.id not in plain_block_ids(values) and not make_key(data.get("name", "")):
        raise InvalidForm({"name": "No key can be made from this name. Press More and enter one."})
    return validate_app(with_key(data), NEW_FIELDS)
