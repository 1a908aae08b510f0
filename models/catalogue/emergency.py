"""What an app says of emergencies: how long access may be had at once, and who looks at it afterwards."""

from models.catalogue.approvers import Role
from models.catalogue.fields import Approvers, Duration, Spec
from models.durations import parse


class EmergencySpec(Spec):
    """Access at once, without approval, for a short time. Where an app has none of this, there is none.

    Those who would have decided, the owners and the workspace admins are told at once, and somebody else
    than the one who used it has to review it. Of the stages, only those whose `when` names
    `emergency = true` (by itself, or inside `any` or `all`) are asked before; rules that deny or require
    hold as always.
    """

    max: Duration
    """The longest. It is never more, whatever `over_max` says."""
    review_within: Duration = parse("24h")
    """After so long the reviewers are reminded; then again, each time after twice as long, up to a week."""
    reviewers: Approvers = (Role.OWNERS.value,)
    """Who reviews it. Where nobody of them is left who may, the workspace admins do."""
