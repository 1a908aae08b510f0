"""The form for an app's durations: of its accesses, its requests, reminders and notices."""

from collections.abc import Sequence

from blocks.admin.fields.base import Field, SlackNames
from blocks.admin.fields.choices import CheckboxField, ChoiceField, FieldOption
from blocks.admin.fields.durations import DurationField, DurationsField
from blocks.admin.form_mapping import draw_fields, form_view, merge_changes, validate_app
from blocks.admin.ids import AdminPlace, AdminScreen
from blocks.kit import Block, View
from blocks.kit.inputs import Values
from models.catalogue.spec import AppSpec, OverMax

OVER_MAX = (
    FieldOption("flag", "Allowed, with a warning to approvers", OverMax.FLAG.value),
    FieldOption("refuse", "Not allowed", OverMax.REFUSE.value),
)
FIELDS: tuple[Field, ...] = (
    DurationsField("durations", "Presets", "Offered in the form. For example 1 hour, 8 hours, 7 days."),
    DurationField("max_duration", "Longest duration", "For example 30 days. Leave empty for no limit."),
    ChoiceField("over_max", "Longer requests", options=OVER_MAX),
    CheckboxField("indefinite", "No end", sentence="Can be requested without an end"),
    DurationField("request_expiry", "Undecided requests expire after", optional=False),
    DurationField("remind_after", "Approvers are reminded after", optional=False),
    DurationField(
        "remind_wait",
        "Requester can remind after",
        "Counted from the request or the last reminder.",
        optional=False,
    ),
    DurationField("expiry_warning", "Warn before a request expires", optional=False),
    DurationsField(
        "expiry_notices", "Notices before access ends", "For example 1 day, 1 hour. Leave empty for none."
    ),
    DurationField(
        "grace",
        "Grace for a pending extension",
        "How long access may outlast its end while an extension is pending. Leave empty for none.",
    ),
)


def build(app: AppSpec, place: AdminPlace, names: SlackNames, above: Sequence[Block] = ()) -> View:
    """The form, with the app's durations."""
    return form_view(AdminScreen.TIMES, "Durations", draw_fields(FIELDS, app, names), place, above=above)


def parse(app: AppSpec, values: Values) -> AppSpec:
    """The app with the submitted durations.

    Raises:
        InvalidForm: The form is not valid; with an error at each field.
    """
    return validate_app(merge_changes(FIELDS, app, values, app.stored()), FIELDS, otherwise="max_duration")
