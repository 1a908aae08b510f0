"""The form for an app's durations: of its accesses, its requests, reminders and notices."""

from collections.abc import Sequence

from blocks.admin.fields.base import Field, SlackNames
from blocks.admin.fields.choices import CheckboxField, ChoiceField, FieldOption
from blocks.admin.fields.durations import DurationField, DurationsField
from blocks.admin.form_mapping import draw_fields, form_view, merge_changes, validate_app
from blocks.admin.ids import AdminPlace, AdminScreen
from blocks.kit import Block, View
from blocks.kit.state import Values
from models.catalogue.spec import AppSpec, OverMax

OVER_MAX = (
    FieldOption("flag", "Flag it to the approvers", OverMax.FLAG.value),
    FieldOption("refuse", "Refuse it", OverMax.REFUSE.value),
)
FIELDS: tuple[Field, ...] = (
    DurationsField("durations", "Presets", "What the form offers, as in 1 hour, 8 hours, 7 days."),
    DurationField("max_duration", "The longest", "As in 30 days. Left empty: no limit."),
    ChoiceField("over_max", "A request for longer than that", options=OVER_MAX),
    CheckboxField("indefinite", "No end", sentence="May be asked for without an end"),
    DurationField("request_expiry", "A request that nobody decides expires after", optional=False),
    DurationField("remind_after", "Approvers are reminded after", optional=False),
    DurationField(
        "remind_wait",
        "Whoever asks can have them reminded after",
        "Counted from when they were asked, or reminded last.",
        optional=False,
    ),
    DurationField("expiry_warning", "A warning before a request expires", optional=False),
    DurationsField("expiry_notices", "Notices before the end", "As in 1 day, 1 hour. Left empty: none."),
    DurationField(
        "grace",
        "Grace for an extension",
        "How long an access may outlast its end while more time is asked for. Left empty: not at all.",
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
