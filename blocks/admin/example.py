"""The form for one example of an app's policy: who asks for what, and what has to come of it."""

from collections.abc import Sequence

from blocks.admin.example_fields import HowLong, OneAccess, Who
from blocks.admin.field import Field, Known
from blocks.admin.fields import Choice, Option, Text, Tick
from blocks.admin.form import form, with_entry
from blocks.admin.ids import Place, Screen, number
from blocks.admin.list_fields import Lines
from blocks.admin.overlay import Problems, draw, overlay, validated
from blocks.answers import Values
from blocks.kit import Block, View
from models.catalogue import listed
from models.catalogue.listed import Spot
from models.catalogue.spec import AppSpec, Asker, ExampleSpec, Expect, RequestKind, Someone

_ASKERS = (
    Option("themself", "They ask themselves", Asker.THEMSELF.value),
    Option("manager", "Their manager asks for them", Asker.MANAGER.value),
    Option("colleague", "A colleague asks for them", Asker.COLLEAGUE.value),
)
_KINDS = (
    Option("request", "A new request", RequestKind.NEW.value),
    Option("re-raise", "Asked for again", RequestKind.RERAISE.value),
    Option("extend", "An extension", RequestKind.EXTEND.value),
)
_EXPECTED = (
    Option("ask", "It is asked for", Expect.ASK.value),
    Option("auto", "It is approved without asking", Expect.AUTO.value),
    Option("deny", "It is refused", Expect.DENY.value),
    Option("nobody", "Nobody can be asked", Expect.NOBODY.value),
)
_BLANK = ExampleSpec.model_construct(who=Someone(), access="", duration=None, expect=Expect.ASK)
_TO_BEGIN_WITH = {"who": {}, "duration": "forever", "expect": "ask"}


def build(app: AppSpec, place: Place, known: Known, above: Sequence[Block] = ()) -> View:
    """The form for the example at `place`, or for a new one. Raises NotFound where there is none any more."""
    example = listed.found(app, _spot(app, place)) if place.part else _BLANK
    title = "Example" if place.part else "Add an example"
    return form(Screen.EXAMPLE, title, draw(_fields(app), example, known), place, above=above)


def parse(app: AppSpec, place: Place, values: Values) -> AppSpec:
    """The app with an example as it was filled in. `place.part` is its place from 0 on; empty adds one.

    Raises Problems, or NotFound where there is no such example any more.
    """
    spot, fields = _spot(app, place), _fields(app)
    example = listed.found(app, spot) if place.part else _BLANK
    data = overlay(fields, example, values, example.stored() if place.part else _TO_BEGIN_WITH)
    if not data.get("access"):
        raise Problems({"access": "Choose an access."})
    path = listed.path(app, spot)
    return validated(with_entry(app.stored(), path, data), fields, path)


def _spot(app: AppSpec, place: Place) -> Spot:
    return Spot("example", number(place.part) if place.part else len(app.example))


def _fields(app: AppSpec) -> tuple[Field, ...]:
    return (
        Who("who", "Who it is for"),
        OneAccess("access", "Access", accesses=app.access),
        HowLong("duration", "How long", "As in 8 hours. Left empty: without an end."),
        Choice("expect", "What has to come of it", options=_EXPECTED),
        Lines("stages", "In these stages", "Their names, one in each line. Left empty: whichever."),
        Text("because", "Why it has to be so", "Who is stopped by it reads this.", limit=500, multiline=True),
        Choice("asked_by", "Who asks", options=_ASKERS),
        Choice("request", "What kind of request", options=_KINDS),
        Tick("emergency", "Emergency", sentence="It is an emergency"),
        Text(
            "at",
            "When it is asked",
            "As in sat 22:30 Europe/Berlin. Left empty: Monday noon, UTC.",
            inherits=True,
        ),
    )
