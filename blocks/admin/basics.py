"""The form for what an app is: its name, what it is for, whose it is. Also the form for a new app."""

from collections.abc import Sequence

from blocks.admin.field import Field, Known
from blocks.admin.fields import Choice, Option, Text, Tick
from blocks.admin.form import KEY, form, keyed
from blocks.admin.ids import Place, Screen
from blocks.admin.overlay import draw, overlay, validated
from blocks.admin.people_fields import People
from blocks.answers import Values
from blocks.kit import Block, View
from models.catalogue.spec import AppSpec, DecisionComment, EmailUse, Need, OnBehalf, Reassign, Risk

REASONS = (
    Option("required", "Has to be given", Need.REQUIRED.value),
    Option("optional", "May be given", Need.OPTIONAL.value),
    Option("hidden", "Is not asked for", Need.HIDDEN.value),
)
EMAIL = (
    Option("fallback", "Only what Slack does not bring", EmailUse.FALLBACK.value),
    Option("copy", "A copy of every message", EmailUse.COPY.value),
)
COMMENTS = (
    Option("optional", "May be left out", DecisionComment.OPTIONAL.value),
    Option("on_reject", "Has to be given with a rejection", DecisionComment.ON_REJECT.value),
    Option("always", "Has to be given with every decision", DecisionComment.ALWAYS.value),
)
ON_BEHALF = (
    Option("nobody", "Nobody", OnBehalf.NOBODY.value),
    Option("admins", "The app’s owners and Keyturn’s admins", OnBehalf.ADMINS.value),
    Option("managers", "These, and their manager", OnBehalf.MANAGERS.value),
    Option("anyone", "Everybody", OnBehalf.ANYONE.value),
)
REASSIGN = (
    Option("eligible", "To those whom the stages name, owners and admins", Reassign.ELIGIBLE.value),
    Option("anyone", "To every colleague", Reassign.ANYONE.value),
    Option("nobody", "To nobody", Reassign.NOBODY.value),
)
FIELDS: tuple[Field, ...] = (
    Text("name", "Name", optional=False),
    Text("description", "Description", "One or two sentences.", limit=500, multiline=True),
    Text("category", "Category", "As in Engineering or Sales."),
    Text(
        "icon",
        "Icon",
        "The name of an emoji between colons, or the https:// address of a picture.",
        limit=3000,
    ),
    Text("link", "Link", "Where the app is: https://…", limit=3000),
    Choice("risk", "Risk", options=[Option(one.value, one.value.capitalize(), one.value) for one in Risk]),
    People("owners", "Owners", others="More owners, by e-mail address"),
    Choice("reason", "The reason for a request", options=REASONS),
    Choice("on_behalf", "Who may ask for somebody else", options=ON_BEHALF),
    Choice("decision_comment", "A comment with the decision", options=COMMENTS),
    Choice("reassign", "Approvers may pass a decision on", options=REASSIGN),
    Tick("guests", "Guests", sentence="Guests may ask for it"),
    Tick("self_approve", "Own requests", sentence="Approvers may decide on their own requests"),
    Choice("email", "E-mail, where the operator has set it up", options=EMAIL),
    Text(
        "instructions",
        "Instructions",
        "How to use the access. Shown to people when they have it.",
        limit=2500,
        multiline=True,
    ),
)
NEW_FIELDS = (FIELDS[0], KEY, *FIELDS[1:])
_BLANK = AppSpec.model_construct(key="", name="")


def build(app: AppSpec, place: Place, known: Known, above: Sequence[Block] = ()) -> View:
    """The form for an app that is there."""
    return form(Screen.BASICS, "Basics", draw(FIELDS, app, known), place, above=above)


def build_new(place: Place) -> View:
    """The form for a new app."""
    return form(Screen.NEW_APP, "Add an app", draw(NEW_FIELDS, _BLANK, Known()), place)


def parse(app: AppSpec, values: Values) -> AppSpec:
    """The app as it was filled in. Raises Problems."""
    return validated(overlay(FIELDS, app, values, app.stored()), FIELDS)


def parse_new(values: Values) -> AppSpec:
    """A new app as it was filled in. Raises Problems."""
    return validated(keyed(overlay(NEW_FIELDS, _BLANK, values, {})), NEW_FIELDS)
