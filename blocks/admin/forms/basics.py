"""The form for an app's name, purpose, owners and request rules; also the form for a new app."""

from collections.abc import Sequence

from blocks.admin.fields.base import Field, SlackNames
from blocks.admin.fields.choices import CheckboxField, ChoiceField, FieldOption, enum_options
from blocks.admin.fields.people import PeopleField
from blocks.admin.fields.text import TextField
from blocks.admin.form_mapping import KEY, draw_fields, form_view, merge_changes, validate_app, with_key
from blocks.admin.ids import AdminPlace, AdminScreen
from blocks.kit import Block, View
from blocks.kit.state import Values
from models.catalogue.spec import AppSpec, DecisionComment, EmailUse, Need, OnBehalf, Reassign, Risk

REASONS = (
    FieldOption("required", "Has to be given", Need.REQUIRED.value),
    FieldOption("optional", "May be given", Need.OPTIONAL.value),
    FieldOption("hidden", "Is not asked for", Need.HIDDEN.value),
)
EMAIL = (
    FieldOption("fallback", "Only what Slack does not bring", EmailUse.FALLBACK.value),
    FieldOption("copy", "A copy of every message", EmailUse.COPY.value),
)
COMMENTS = (
    FieldOption("optional", "May be left out", DecisionComment.OPTIONAL.value),
    FieldOption("on_reject", "Has to be given with a rejection", DecisionComment.ON_REJECT.value),
    FieldOption("always", "Has to be given with every decision", DecisionComment.ALWAYS.value),
)
ON_BEHALF = (
    FieldOption("nobody", "Nobody", OnBehalf.NOBODY.value),
    FieldOption("admins", "The app’s owners and Keyturn’s admins", OnBehalf.ADMINS.value),
    FieldOption("managers", "These, and their manager", OnBehalf.MANAGERS.value),
    FieldOption("anyone", "Everybody", OnBehalf.ANYONE.value),
)
REASSIGN = (
    FieldOption("eligible", "To those whom the stages name, owners and admins", Reassign.ELIGIBLE.value),
    FieldOption("anyone", "To every colleague", Reassign.ANYONE.value),
    FieldOption("nobody", "To nobody", Reassign.NOBODY.value),
)
FIELDS: tuple[Field, ...] = (
    TextField("name", "Name", optional=False),
    TextField("description", "Description", "One or two sentences.", limit=500, multiline=True),
    TextField("category", "Category", "As in Engineering or Sales."),
    TextField(
        "icon",
        "Icon",
        "The name of an emoji between colons, or the https:// address of a picture.",
        limit=3000,
    ),
    TextField("link", "Link", "Where the app is: https://…", limit=3000),
    ChoiceField(
        "risk",
        "Risk",
        options=enum_options(Risk),
    ),
    PeopleField("owners", "Owners", others="More owners, by e-mail address"),
    ChoiceField("reason", "The reason for a request", options=REASONS),
    ChoiceField("on_behalf", "Who may ask for somebody else", options=ON_BEHALF),
    ChoiceField("decision_comment", "A comment with the decision", options=COMMENTS),
    ChoiceField("reassign", "Approvers may pass a decision on", options=REASSIGN),
    CheckboxField("guests", "Guests", sentence="Guests may ask for it"),
    CheckboxField("self_approve", "Own requests", sentence="Approvers may decide on their own requests"),
    ChoiceField("email", "E-mail, where the operator has set it up", options=EMAIL),
    TextField(
        "instructions",
        "Instructions",
        "How to use the access. Shown to people when they have it.",
        limit=2500,
        multiline=True,
    ),
)
NEW_FIELDS = (FIELDS[0], KEY, *FIELDS[1:])
_BLANK = AppSpec.model_construct(key="", name="")


def build(app: AppSpec, place: AdminPlace, names: SlackNames, above: Sequence[Block] = ()) -> View:
    """The form for an existing app."""
    return form_view(AdminScreen.BASICS, "Basics", draw_fields(FIELDS, app, names), place, above=above)


def build_new(place: AdminPlace) -> View:
    """The form for a new app."""
    return form_view(AdminScreen.NEW_APP, "Add an app", draw_fields(NEW_FIELDS, _BLANK, SlackNames()), place)


def parse(app: AppSpec, values: Values) -> AppSpec:
    """The app with the submitted changes.

    Raises:
        InvalidForm: The form is not valid; with an error at each field.
    """
    return validate_app(merge_changes(FIELDS, app, values, app.stored()), FIELDS)


def parse_new(values: Values) -> AppSpec:
    """The submitted new app.

    Raises:
        InvalidForm: The form is not valid; with an error at each field.
    """
    return validate_app(with_key(merge_changes(NEW_FIELDS, _BLANK, values, {})), NEW_FIELDS)
