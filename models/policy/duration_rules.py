"""Whether access may be had for that long: the maximum, and what holds for access without an end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.catalogue.spec import AccessPolicy, OverMax
from models.durations import LONGEST, duration_words

_TIME_TO_FILL_IN = timedelta(minutes=10)
"""A start this far in the past was the present when somebody opened the form."""


@dataclass(frozen=True, slots=True)
class DurationCheck:
    """The result of a check. `message` says what is wrong, or that it is flagged; else it is empty."""

    ok: bool
    over_max: bool = False
    message: str = ""


def check_duration(
    policy: AccessPolicy,
    duration: timedelta | None,
    start: datetime | None,
    end: datetime | None,
    at: datetime,
    *,
    temporary: bool = False,
    emergency: bool = False,
) -> DurationCheck:
    """Check a duration that somebody requests, or that an approver gives.

    The one place of the maximum; forms only say it beforehand.

    Args:
        policy: of the access that it is about.
        duration: counted from the moment the access is active.
        start: when it is to begin, if not at once.
        end: an explicit end, instead of a duration. Neither: without an end.
        at: now. All times are aware.
        temporary: whether the beneficiary is a guest or a contractor, whose access always has an end.
        emergency: whether it begins at once, and so keeps to the app's maximum for emergencies.
    """
    if problem := _contradiction(duration, start, end, at):
        return DurationCheck(ok=False, message=problem)
    requested = end - max(start or at, at) if end else duration
    if emergency:
        problem = emergency_duration_problem(policy, requested, starts_later=start is not None)
        return DurationCheck(ok=not problem, message=problem or "")
    if requested is None:
        problem = _no_end_problem(policy, temporary=temporary)
        return DurationCheck(ok=not problem, message=problem or "")
    return _check_maximum(policy, requested)


def emergency_duration_problem(
    policy: AccessPolicy, requested: timedelta | None, *, starts_later: bool
) -> str | None:
    """Why access is not given at once for that long; None: it is. `over_max` makes no difference here."""
    if policy.emergency is None:
        return f"{policy.title} doesn't allow emergency access."
    if starts_later:
        return "Emergency access starts immediately. Leave the start out."
    if requested is None or requested > policy.emergency.max:
        longest = duration_words(policy.emergency.max)
        return f"Emergency access to {policy.app_name} is for up to {longest}. Choose less."
    return None


def _contradiction(
    duration: timedelta | None, start: datetime | None, end: datetime | None, at: datetime
) -> str | None:
    checks = (
        (duration is not None and end is not None, "Choose a duration or an end, not both."),
        (start is not None and start < at - _TIME_TO_FILL_IN, "The start has passed. Choose a later one."),
        (
            start is not None and start > at + LONGEST,
            "The start is too far away. Choose one within ten years.",
        ),
        (duration is not None and duration <= timedelta(), "Choose a duration above zero."),
        (end is not None and end <= at, "The end has passed. Choose a later one."),
        (
            end is not None and start is not None and end <= start,
            "The end comes before the start. Choose a later end.",
        ),
    )
    return next((sentence for wrong, sentence in checks if wrong), None)


def _no_end_problem(policy: AccessPolicy, *, temporary: bool) -> str | None:
    if temporary:
        return "Guests and contractors need an end date. Choose how long."
    if not policy.indefinite:
        return f"{policy.app_name} needs an end date. Choose how long."
    return None


def _check_maximum(policy: AccessPolicy, requested: timedelta) -> DurationCheck:
    if requested > LONGEST:
        return DurationCheck(ok=False, message="The limit is ten years. Choose less.")
    longest = policy.max_duration
    if longest is None or requested <= longest:
        return DurationCheck(ok=True)
    sentence = f"The limit for {policy.app_name} is {duration_words(longest)}."
    if policy.over_max is OverMax.REFUSE:
        return DurationCheck(ok=False, over_max=True, message=f"{sentence} Choose less.")
    message = f"{sentence} You can still send this; approvers will see a warning."
    return DurationCheck(ok=True, over_max=True, message=message)
