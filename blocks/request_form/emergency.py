"""What the form has for emergencies: the box to tick, and the lengths that it leaves."""

from collections.abc import Sequence
from datetime import timedelta

from blocks import kit
from blocks.answers import Values, all_picked
from blocks.elements import checkboxes
from blocks.kit import Block
from blocks.request_form.ids import RequestAction, RequestBlock
from blocks.term_form import Offer
from models.catalogue.spec import AccessPolicy, AppSpec
from models.durations import spoken

TICKED = "yes"


def longest(policies: Sequence[AccessPolicy]) -> timedelta | None:
    """How long all of these may be had in an emergency; None where one of them may not."""
    specs = [policy.emergency for policy in policies]
    return None if None in specs else min((spec.max for spec in specs if spec), default=None)


def field(app: AppSpec, policies: Sequence[AccessPolicy], *, ticked: bool) -> Block | None:
    """The box to tick, where everything that is chosen may be had at once (or where it is ticked already)."""
    most = longest(policies) or (app.emergency.max if app.emergency and ticked else None)
    if most is None:
        return None
    what = f"Access at once, for at most {spoken(most)}; reviewed afterwards."
    box = checkboxes(
        RequestAction.EMERGENCY,
        [kit.option("It is an emergency", TICKED, what)],
        initial=[TICKED] if ticked else (),
    )
    return kit.input_block("Emergency", box, block_id=RequestBlock.EMERGENCY, optional=True, dispatch=True)


def ticked(values: Values) -> bool:
    """Whether it is ticked."""
    return TICKED in all_picked(values, RequestBlock.EMERGENCY)


def offer(policies: Sequence[AccessPolicy]) -> Offer:
    """The lengths to choose from in an emergency, which begins at once and is short."""
    usual, most = Offer.of(policies), longest(policies)
    if most is None:
        return usual
    presets = tuple(preset for preset in usual.presets if preset <= most) or (most,)
    return Offer(presets, starts=False, dates=False, note=f"At most {spoken(most)} in an emergency.")
