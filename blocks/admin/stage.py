"""The form for one approval stage, of an app or of one of its accesses: who is asked, how many, and when."""

from collections.abc import Sequence
from dataclasses import replace

from blocks import kit
from blocks.admin.channel_field import ChannelField
from blocks.admin.condition_field import Condition, met_sometimes, too_long
from blocks.admin.field import Field, Known
from blocks.admin.fields import Choice, Option, Text
from blocks.admin.form import form, with_entry
from blocks.admin.ids import Do, Place, Screen, Shown, number
from blocks.admin.length_fields import Length
from blocks.admin.overlay import Problems, draw, overlay, validated
from blocks.admin.people_fields import Approvers
from blocks.admin.stage_fields import Count, Quorum
from blocks.answers import Values
from blocks.kit import Block, View
from models.catalogue import listed
from models.catalogue.fields import MOST_ASKED
from models.catalogue.listed import Spot
from models.catalogue.spec import AppSpec, OnReject, StageSpec

_WHO: tuple[Field, ...] = (
    Text("name", "Name", "As in Manager, or Security.", optional=False),
    Approvers("approvers", "People", others="More people, by e-mail address"),
    Quorum("rule", "How many must approve"),
)
FURTHER: tuple[Field, ...] = (
    Choice(
        "on_reject",
        "When one of them rejects",
        "Where a number of them must approve. Otherwise one rejection ends it anyway.",
        options=(
            Option("count", "It counts: rejected once too few are left", OnReject.COUNT.value),
            Option("veto", "The request is rejected at once", OnReject.VETO.value),
        ),
    ),
    Approvers(
        "alternates",
        "Alternates, asked when nobody has decided in time",
        others="More alternates, by e-mail address",
        groups="User groups as alternates",
        roles="Also as alternates",
    ),
    Length(
        "escalate_after",
        "The alternates are asked after",
        "As in 4 hours. Left empty: when half of the time is over.",
    ),
    Approvers(
        "quiet",
        "Quiet approvers, who may decide but get no message",
        others="More quiet approvers, by e-mail address",
        groups="User groups as quiet approvers",
        roles="Also as quiet approvers",
    ),
    ChannelField(
        "channel",
        "Channel for many",
        "There it is asked instead of in many messages. Invite Keyturn to it.",
    ),
    Count("channel_over", "In the channel when there are more than", most=MOST_ASKED),
)
"""What few stages have: shown where one of it is set, or once it was asked for."""
WHEN = Condition("when", "When it is asked", "Only when all of these hold. Leave alone what does not matter.")
FIELDS: tuple[Field, ...] = (*_WHO, *FURTHER, WHEN)
_BLANK = StageSpec.model_construct(name="", approvers=())


def build(app: AppSpec, place: Place, known: Known, above: Sequence[Block] = ()) -> View:
    """The form for the stage at `place`, or for a new one. Raises NotFound where there is none any more."""
    stage = listed.found(app, _spot(app, place)) if place.part else _BLANK
    title = "Approval stage" if place.part else "Add a stage"
    blocks = [
        *draw(_WHO, stage, known),
        *(draw(FURTHER, stage, known) if _shows_further(stage, place) else [_FURTHER_BUTTON]),
        *draw([replace(WHEN, more=Shown.CONDITIONS in place.more)], stage, known),
        *too_long(stage.when),
    ]
    return form(Screen.STAGE, title, blocks, place, above=above)


def parse(app: AppSpec, place: Place, values: Values) -> AppSpec:
    """The app with a stage as it was filled in. `place.part` is its place from 0 on; empty adds one.

    Raises Problems, or NotFound where there is no such stage any more.
    """
    spot = _spot(app, place)
    stage = listed.found(app, spot) if place.part else _BLANK
    data = overlay(FIELDS, stage, values, stage.stored() if place.part else {})
    if not data.get("approvers"):
        raise Problems({"approvers": "Say who decides: people, user groups, or one of the boxes below."})
    path = listed.path(app, spot)
    saved = validated(with_entry(app.stored(), path, data), FIELDS, path)
    return met_sometimes(saved, spot, None if stage is _BLANK else stage)


_FURTHER_BUTTON = kit.actions([kit.button("Alternates, quiet approvers, channel …", Do.FURTHER)])


def _shows_further(stage: StageSpec, place: Place) -> bool:
    set_ones = stage.model_fields_set & {field.name for field in FURTHER}
    return Shown.FURTHER in place.more or bool(set_ones)


def _spot(app: AppSpec, place: Place) -> Spot:
    at = number(place.part) if place.part else len(listed.every(app, "stage", place.access))
    return Spot("stage", at, place.access)
