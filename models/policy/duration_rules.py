"""Whether an access may be had for that long, and whether an approver may give longer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.catalogue.spec import AccessPolicy, OverMax, StageSpec
from models.durations import LONGEST, spoken
from models.policy.conditions import applies
from models.policy.decide import decide
from models.policy.decision import Outcome
from models.policy.facts import Question, Who

_FILLING_IN = timedelta(minutes=10)
"""A start this far in the past was the present when somebody filled in the form."""


@dataclass(frozen=True, slots=True)
class Length:
    """The verdict on a length. `message` says what is wrong, or that it is flagged; else it is empty."""

    ok: bool
    over_max: bool = False
    message: str = ""


def check_length(
    policy: AccessPolicy,
    length: timedelta | None,
    start: datetime | None,
    end: datetime | None,
    at: datetime,
    *,
    temporary: bool = False,
    emergency: bool = False,
) -> Length:
    """Look at a length that somebody asks for, or gives.

    Args:
        policy: of the access that it is about.
        length: counted from the moment the access is active.
        start: when it is to begin, if not at once.
        end: an explicit end, instead of a length. Neither: without an end.
        at: now. All times are aware.
        temporary: whether the one who would have it is a guest or a contractor, who always have an end.
        emergency: whether it begins at once, and so keeps to the app's maximum for emergencies.
    """
    if problem := _impossible(length, start, end, at):
        return Length(ok=False, message=problem)
    asked = end - max(start or at, at) if end else length
    if emergency:
        return _at_once(policy, start, asked)
    if asked is None:
        return _endless(policy, temporary=temporary)
    return _against_maximum(policy, asked)


def _impossible(
    length: timedelta | None, start: datetime | None, end: datetime | None, at: datetime
) -> str | None:
    checks = (
        (length is not None and end is not None, "Choose a length or an end, not both."),
        (start is not None and start < at - _FILLING_IN, "The start has passed. Choose a later one."),
        (
            start is not None and start > at + LONGEST,
            "The start is too far away. Choose one within ten years.",
        ),
        (length is not None and length <= timedelta(), "Choose a length above zero."),
        (end is not None and end <= at, "The end has passed. Choose a later one."),
        (
            end is not None and start is not None and end <= start,
            "The end comes before the start. Choose a later end.",
        ),
    )
    return next((sentence for wrong, sentence in checks if wrong), None)


def _at_once(policy: AccessPolicy, start: datetime | None, asked: timedelta | None) -> Length:
    if policy.emergency is None:
        return Length(ok=False, message=f"{policy.title} cannot be had at once in an emergency.")
    if start is not None:
        return Length(ok=False, message="In an emergency access begins at once. Leave the start out.")
    if asked is None or asked > policy.emergency.max:
        longest = f"In an emergency {policy.app_name} is given for at most {spoken(policy.emergency.max)}."
        return Length(ok=False, message=f"{longest} Choose less.")
    return Length(ok=True)


def _endless(policy: AccessPolicy, *, temporary: bool) -> Length:
    if temporary:
        return Length(
            ok=False, message="Guests and contractors have access for a limited time. Choose how long."
        )
    if not policy.indefinite:
        return Length(ok=False, message=f"{policy.app_name} is given for a limited time. Choose how long.")
    return Length(ok=True)


def _against_maximum(policy: AccessPolicy, asked: timedelta) -> Length:
    if asked > LONGEST:
        return Length(ok=False, message="The longest is ten years. Choose less.")
    longest = policy.max_duration
    if longest is None or asked <= longest:
        return Length(ok=True)
    said = f"The longest for {policy.app_name} is {spoken(longest)}."
    if policy.over_max is OverMax.REFUSE:
        return Length(ok=False, over_max=True, message=f"{said} Choose less.")
    return Length(ok=True, over_max=True, message=f"{said} You can send it, and the approvers will see that.")


def widened(asked: Question, given: Question, who: Who) -> str | None:
    """A sentence where a changed duration meets a rule or a stage that what was asked for did not meet.

    An approver cannot give what the policy would have refused, or has others decide on. None: nothing is in
    the way.
    """
    if refused := [text for text in _refusals(given, who) if text not in set(_refusals(asked, who))]:
        return f"{refused[0]} Choose less."
    passed = set(_stages(asked, who))
    for stage in _stages(given, who):
        if stage not in passed:
            long = spoken(given.duration) if given.duration else "No end"
            return f"{long} needs the stage “{stage.name}” too, which was not asked. Choose less."
    return None


def _refusals(question: Question, who: Who) -> list[str]:
    decision = decide(question, who)
    return [reason.text for reason in decision.because] if decision.outcome is Outcome.DENY else []


def _stages(question: Question, who: Who) -> Iterator[StageSpec]:
    return (stage for stage in question.policy.stages if applies(stage.when, question, who))
