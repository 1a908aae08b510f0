"""The form for how long an app's accesses last, and how long requests for them stay open."""

from collections.abc import Sequence

from blocks.admin.field import Field, Known
from blocks.admin.fields import Choice, Option, Tick
from blocks.admin.form import form
from blocks.admin.ids import Place, Screen
from blocks.admin.length_fields import Length, Lengths
from blocks.admin.overlay import draw, overlay, validated
from blocks.answers import Values
from blocks.kit import Block, View
from models.catalogue.spec import AppSpec, OverMax

OVER_MAX = (
    Option("flag", "Flag it to the approvers", OverMax.FLAG.value),
    Option("refuse", "Refuse it", OverMax.REFUSE.value),
)
FIELDS: tuple[Field, ...] = (
    Lengths("durations", "Presets", "What the form offers, as in 1 hour, 8 hours, 7 days."),
    Length("max_duration", "The longest", "As in 30 days. Left empty: no limit."),
    Choice("over_max", "A request for longer than that", options=OVER_MAX),
    Tick("indefinite", "No end", sentence="May be asked for without an end"),
    Length("request_expiry", "A request that nobody decides expires after", optional=False),
    Length("remind_after", "Approvers are reminded after", optional=False),
    Length(
        "remind_wait",
        "Whoever asks can have them reminded after",
        "Counted from when they were asked, or reminded last.",
        optional=False,
    ),
    Length("expiry_warning", "A warning before a request expires", optional=False),
    Lengths("expiry_notices", "Notices before the end", "As in 1 day, 1 hour. Left empty: none."),
    Length(
        "grace",
        "Grace for an extension",
        "How long an access may outlast its end while more time is asked for. Left empty: not at all.",
    ),
)


def build(app: AppSpec, place: Place, known: Known, above: Sequence[Block] = ()) -> View:
    """The form, filled in with what the app has."""
    return form(Screen.TIMES, "Durations", draw(FIELDS, app, known), place, above=above)


def parse(app: AppSpec, values: Values) -> AppSpec:
    """The app as it was filled in. Raises Problems."""
    return validated(overlay(FIELDS, app, values, app.stored()), FIELDS, otherwise="max_duration")
