"""Evaluate the conditions of rules and stages against a request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from models.catalogue.spec import Weekday, When
from models.catalogue.spec.condition_words import (
    DAYS,
    REQUEST_KINDS,
    describe_condition,
    describe_duration_over,
    describe_emergency,
    describe_hours,
    describe_on_behalf,
    describe_privileged,
)
from models.catalogue.spec.conditions import minutes_of
from models.policy.decision import Reason
from models.policy.facts import PeopleDirectory, PersonFacts, Question


def applies(
    when: When | None,
    question: Question,
    directory: PeopleDirectory,
    *,
    rule: str = "condition",
    effect: str = "Required",
    both: bool = False,
) -> Reason | None:
    """The reason why a condition holds, under the name of `rule`; None if it does not hold.

    The sentence is "`effect` because Ada is in @oncall.".

    What it says of a person is evaluated for the requester and for the beneficiary: it holds if it holds for
    one of them or, with `both`, only if for each. So nobody gets round a rule that denies, nor into one that
    approves, by requesting for someone else.
    """
    if when is None:
        return Reason(rule, f"{effect}.")
    people = [
        directory.person(person_id) or PersonFacts(person_id, person_id) for person_id in question.people
    ]
    results = [_holds(when, _Subject(question, person, directory, when.time_zone)) for person in people]
    reasons = [text for text in results if text is not None]
    if not reasons or (both and len(reasons) < len(results)):
        return None
    return Reason(rule, f"{effect} because {reasons[0]}.")


def with_handles(when: When, directory: PeopleDirectory) -> When:
    """The condition with the handles of its user groups instead of their ids, where they are known."""

    def handle(ref: str) -> str:
        group = directory.group(ref)
        return f"@{group.handle}" if group else ref

    def nested(inner: Sequence[When] | None) -> tuple[When, ...] | None:
        return None if inner is None else tuple(with_handles(each, directory) for each in inner)

    groups = when.requester_group
    return when.model_copy(
        update={
            "requester_group": None if groups is None else tuple(map(handle, groups)),
            "any_of": nested(when.any_of),
            "all_of": nested(when.all_of),
            "not_": when.not_ and with_handles(when.not_, directory),
        }
    )


def names_emergency(when: When | None) -> bool:
    """Whether a condition requires an emergency: by `emergency = true`, also inside `any` or `all`."""
    if when is None:
        return False
    nested = (*(when.any_of or ()), *(when.all_of or ()))  # under `not` it excludes emergencies
    return when.emergency is True or any(map(names_emergency, nested))


@dataclass(frozen=True, slots=True)
class _Subject:
    """The request with one of its people, requester or beneficiary, whom the condition is about."""

    question: Question
    person: PersonFacts
    directory: PeopleDirectory
    time_zone: str


def _holds(when: When, subject: _Subject) -> str | None:
    """Why it holds, to follow "because"; None if it does not."""
    subject = _Subject(subject.question, subject.person, subject.directory, when.time_zone)
    texts = []
    for name, wanted in when.parts().items():
        text = _CHECKS[name](wanted, subject)
        if text is None:
            return None
        texts.append(text)
    return " and ".join(texts)


def _risk(wanted: Any, subject: _Subject) -> str | None:
    risk = subject.question.policy.risk
    return f"the risk is {risk}" if risk in wanted else None


def _kind(wanted: Any, subject: _Subject) -> str | None:
    kind = subject.question.policy.kind
    return f"this access is a {kind}" if kind in wanted else None


def _privileged(wanted: Any, subject: _Subject) -> str | None:
    return describe_privileged(wanted) if subject.question.policy.privileged is wanted else None


def _duration_over(wanted: Any, subject: _Subject) -> str | None:
    duration = subject.question.duration
    if duration is None:
        return "the request has no end"
    return describe_duration_over(wanted) if duration > wanted else None


def _requester_group(wanted: Any, subject: _Subject) -> str | None:
    for ref in wanted:
        group = subject.directory.group(ref)
        if group and subject.person.id in group.members:
            return f"{subject.person.name} is in @{group.handle}"
    return None


def _department(wanted: Any, subject: _Subject) -> str | None:
    return (
        f"{subject.person.name} is in {subject.person.department}"
        if _in(subject.person.department, wanted)
        else None
    )


def _title(wanted: Any, subject: _Subject) -> str | None:
    return (
        f"{subject.person.name}’s title is {subject.person.title}"
        if _in(subject.person.title, wanted)
        else None
    )


def _in(value: str, wanted: Any) -> bool:
    return value.strip().casefold() in {text.casefold() for text in wanted}


def _guest(wanted: Any, subject: _Subject) -> str | None:
    words = "is a guest" if wanted else "is not a guest"
    return f"{subject.person.name} {words}" if subject.person.guest is wanted else None


def _contractor(wanted: Any, subject: _Subject) -> str | None:
    words = "is a contractor" if wanted else "is not a contractor"
    return f"{subject.person.name} {words}" if subject.person.contractor is wanted else None


def _request(wanted: Any, subject: _Subject) -> str | None:
    return REQUEST_KINDS[subject.question.kind] if subject.question.kind in wanted else None


def _emergency(wanted: Any, subject: _Subject) -> str | None:
    return describe_emergency(wanted) if subject.question.emergency is wanted else None


def _on_behalf(wanted: Any, subject: _Subject) -> str | None:
    return describe_on_behalf(wanted) if subject.question.on_behalf is wanted else None


def _weekday(wanted: Any, subject: _Subject) -> str | None:
    today = list(Weekday)[subject.question.at.astimezone(ZoneInfo(subject.time_zone)).weekday()]
    return f"it is {DAYS[today]}" if today in wanted else None


def _hours(wanted: Any, subject: _Subject) -> str | None:
    start, end = minutes_of(wanted)
    local = subject.question.at.astimezone(ZoneInfo(subject.time_zone))
    now = local.hour * 60 + local.minute
    inside = start <= now < end if start < end else (now >= start or now < end)
    return f"{describe_hours(wanted)} ({subject.time_zone})" if inside else None


def _any(wanted: Any, subject: _Subject) -> str | None:
    return next((text for when in wanted if (text := _holds(when, subject)) is not None), None)


def _all(wanted: Any, subject: _Subject) -> str | None:
    results = [_holds(when, subject) for when in wanted]
    texts = [text for text in results if text is not None]
    return " and ".join(texts) if len(texts) == len(results) else None


def _not(wanted: Any, subject: _Subject) -> str | None:
    if _holds(wanted, subject) is not None:
        return None
    return f"it is not the case that {describe_condition(with_handles(wanted, subject.directory))}"


_CHECKS: dict[str, Callable[[Any, _Subject], str | None]] = {
    "risk": _risk,
    "kind": _kind,
    "privileged": _privileged,
    "duration_over": _duration_over,
    "requester_group": _requester_group,
    "department": _department,
    "title": _title,
    "guest": _guest,
    "contractor": _contractor,
    "request": _request,
    "emergency": _emergency,
    "on_behalf": _on_behalf,
    "weekday": _weekday,
    "hours": _hours,
    "any_of": _any,
    "all_of": _all,
    "not_": _not,
}
