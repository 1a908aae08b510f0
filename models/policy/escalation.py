"""When the alternates of a stage are asked too."""

from datetime import timedelta

from models.catalogue.spec import StageSpec


def escalation_wait(spec: StageSpec, left: timedelta) -> timedelta | None:
    """How long after its opening a stage escalates, with so much time left until the request expires.

    What the stage says; half of the time that is left where it says nothing, or something that would be too
    late. None where it has no alternates.
    """
    if not spec.alternates:
        return None
    after = spec.escalate_after
    return after if after is not None and after < left else left / 2
