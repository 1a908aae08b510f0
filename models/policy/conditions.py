"""Whether a condition holds, and what of the question makes it hold."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from models.catalogue.spec import Weekday, When
from models.catalogue.spec.condition_words import (
    DAYS,
    KINDS,
    condition,
    emergency,
    hours,
    longer_than,
    on_behalf,
    privileged,
)
from models.catalogue.spec.conditions import minutes_of
from models.policy.decision import Reason
from models.policy.facts import PersonFacts, Question, Who


def applies(
    when: When | None, question: Question, who: Who, *, rule: str = "condition", both: bool = False
) -> Reason | None:
    """The reason why a condition holds, under the name of `rule`; None if it does not hold.

    What it says of a person is looked at for the requester and for the beneficiary: it holds if it holds for
    one of them or, with `both`, only if for each. So a refusal cannot be got round by asking on behalf of
    somebody, and an automatic approval cannot be got that way.
    """
    if when is None:
        return Reason(rule, "It always applies.")
    people = [who.person(person_id) or PersonFacts(person_id, person_id) for person_id in question.people]
    found = [_holds(when, _Case(question, person, who, when.time_zone)) for person in people]
    held = [text for text in found if text is not None]
    if not held or (both and len(held) < len(found)):
        return None
    return Reason(rule, f"It applies because {held[0]}.")


def names_emergency(when: When | None) -> bool:
    """Whether a condition asks for an emergency: by `emergency = true`, also inside `any` or `all`."""
    if when is None:
        return False
    return when.emergency is True or any(map(names_emergency, (*(when.any_of or ()), *(when.all_of or ()))))


@dataclass(frozen=True, slots=True)
class _Case:
    """The question, seen from one of its people."""

    question: Question
    person: PersonFacts
    who: Who
    time_zone: str


def _holds(when: When, case: _Case) -> str | None:
    """What makes it hold, in words; None if it does not."""
    case = _Case(case.question, case.person, case.who, when.time_zone)
    said = []
    for name, wanted in when.parts().items():
        text = _CHECKS[name](wanted, case)
        if text is None:
            return None
        said.append(text)
    return " and ".join(said)


def _risk(wanted: Any, case: _Case) -> str | None:
    risk = case.question.policy.risk
    return f"the risk is {risk}" if risk in wanted else None


def _kind(wanted: Any, case: _Case) -> str | None:
    kind = case.question.policy.kind
    return f"it is a {kind}" if kind in wanted else None


def _privileged(wanted: Any, case: _Case) -> str | None:
    return privileged(wanted) if case.question.policy.privileged is wanted else None


def _duration_over(wanted: Any, case: _Case) -> str | None:
    asked = case.question.duration
    if asked is None:
        return "it has no end"
    return longer_than(wanted) if asked > wanted else None


def _requester_group(wanted: Any, case: _Case) -> str | None:
    for ref in wanted:
        group = case.who.group(ref)
        if group and case.person.id in group.members:
            return f"{case.person.name} is in @{group.handle}"
    return None


def _department(wanted: Any, case: _Case) -> str | None:
    return (
        f"{case.person.name} is in {case.person.department}" if _in(case.person.department, wanted) else None
    )


def _title(wanted: Any, case: _Case) -> str | None:
    return f"{case.person.name}’s title is {case.person.title}" if _in(case.person.title, wanted) else None


def _in(value: str, wanted: Any) -> bool:
    return value.strip().casefold() in {one.casefold() for one in wanted}


def _guest(wanted: Any, case: _Case) -> str | None:
    said = "is a guest" if wanted else "is not a guest"
    return f"{case.person.name} {said}" if case.person.guest is wanted else None


def _contractor(wanted: Any, case: _Case) -> str | None:
    said = "is a contractor" if wanted else "is not a contractor"
    return f"{case.person.name} {said}" if case.person.contractor is wanted else None


def _request(wanted: Any, case: _Case) -> str | None:
    return KINDS[case.question.kind] if case.question.kind in wanted else None


def _emergency(wanted: Any, case: _Case) -> str | None:
    return emergency(wanted) if case.question.emergency is wanted else None


def _on_behalf(wanted: Any, case: _Case) -> str | None:
    return on_behalf(wanted) if case.question.on_behalf is wanted else None


def _weekday(wanted: Any, case: _Case) -> str | None:
    today = list(Weekday)[case.question.at.astimezone(ZoneInfo(case.time_zone)).weekday()]
    return f"it is {DAYS[today]}" if today in wanted else None


def _hours(wanted: Any, case: _Case) -> str | None:
    start, end = minutes_of(wanted)
    local = case.question.at.astimezone(ZoneInfo(case.time_zone))
    now = local.hour * 60 + local.minute
    inside = start <= now < end if start < end else (now >= start or now < end)
    return f"{hours(wanted)} ({case.time_zone})" if inside else None


def _any(wanted: Any, case: _Case) -> str | None:
    return next((text for one in wanted if (text := _holds(one, case)) is not None), None)


def _all(wanted: Any, case: _Case) -> str | None:
    said = [_holds(one, case) for one in wanted]
    held = [text for text in said if text is not None]
    return " and ".join(held) if len(held) == len(said) else None


def _not(wanted: Any, case: _Case) -> str | None:
    return f"it is not so that {condition(wanted)}" if _holds(wanted, case) is None else None


_CHECKS: dict[str, Callable[[Any, _Case], str | None]] = {
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
