from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from models.catalogue.spec import RequestKind, When
from models.catalogue.spec.condition_words import describe_condition
from models.policy import Question, applies
from tests.models.policy_questions import ANA, BEN, COMPANY, GUS, NOW, SAM, ask
from tests.models.specs import conditions

GROUP_ACCESS = {"key": "engineering", "name": "Engineering team", "kind": "group", "privileged": True}
NIGHT = datetime.fromisoformat("2030-05-11T00:30:00+02:00")  # Saturday in Berlin, Friday in UTC


def said(when: dict[str, Any], question: Question) -> str | None:
    reason = applies(When.model_validate(when), question, COMPANY)
    return reason.text if reason else None


@pytest.mark.parametrize(
    ("when", "text"),
    [
        ({"risk": ["high", "critical"]}, "Required because the risk is high."),
        ({"kind": ["group"]}, "Required because this access is a group."),
        ({"privileged": True}, "Required because this access is privileged."),
        ({"duration_over": "4h"}, "Required because the request is for longer than 4 hours."),
        ({"department": ["sales", "Legal"]}, "Required because Ana is in Sales."),
        ({"title": ["SELLER"]}, "Required because Ana’s title is Seller."),
        ({"guest": False}, "Required because Ana is not a guest."),
        ({"request": ["request"]}, "Required because it is a new request."),
        ({"emergency": False}, "Required because it is not an emergency."),
        ({"weekday": ["mon"]}, "Required because it is Monday."),
        ({"hours": "09:00-18:00"}, "Required because it is between 09:00 and 18:00 (UTC)."),
        (
            {"risk": ["high"], "privileged": True},
            "Required because the risk is high and this access is privileged.",
        ),
        ({"any": [{"risk": ["low"]}, {"privileged": True}]}, "Required because this access is privileged."),
        (
            {"all": [{"risk": ["high"]}, {"kind": ["group"]}]},
            "Required because the risk is high and this access is a group.",
        ),
        ({"not": {"risk": ["low"]}}, "Required because it is not the case that the risk is low."),
    ],
)
def test_a_condition_that_holds_says_why(when: dict[str, Any], text: str) -> None:
    assert said(when, ask(risk="high", access=[GROUP_ACCESS])) == text


@pytest.mark.parametrize(
    "when",
    [
        {"risk": ["low"]},
        {"kind": ["role", "resource"]},
        {"privileged": False},
        {"duration_over": "8h"},
        {"requester_group": ["@oncall", "@nosuch"]},
        {"department": ["Legal"]},
        {"title": ["Boss"]},
        {"guest": True},
        {"request": ["extend"]},
        {"emergency": True},
        {"weekday": ["tue", "sun"]},
        {"hours": "12:01-24:00"},
        {"risk": ["high"], "privileged": False},
        {"any": [{"risk": ["low"]}, {"privileged": False}]},
        {"all": [{"risk": ["high"]}, {"kind": ["role"]}]},
        {"not": {"risk": ["high"]}},
    ],
)
def test_a_condition_that_does_not_hold_gives_no_reason(when: dict[str, Any]) -> None:
    assert said(when, ask(risk="high", access=[GROUP_ACCESS])) is None


def test_no_end_is_longer_than_anything() -> None:
    assert said({"duration_over": "3650d"}, ask(duration=None)) == (
        "Required because the request has no end."
    )


def test_groups_are_found_by_handle_and_by_id() -> None:
    for ref in ("@oncall", "S0ONC"):
        assert said({"requester_group": [ref]}, ask(SAM)) == "Required because Sam is in @oncall."


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"weekday": ["sat"], "time_zone": "Europe/Berlin"}, True),
        ({"weekday": ["sat"]}, False),
        ({"weekday": ["fri"]}, True),
        ({"hours": "22:00-06:00", "time_zone": "Europe/Berlin"}, True),
        ({"hours": "00:30-00:31", "time_zone": "Europe/Berlin"}, True),
        ({"hours": "00:00-00:30", "time_zone": "Europe/Berlin"}, False),
        ({"hours": "22:30-24:00"}, True),
        ({"hours": "00:00-24:00"}, True),
        ({"hours": "09:00-09:00"}, True),
        ({"any": [{"weekday": ["sat"], "time_zone": "Europe/Berlin"}]}, True),
    ],
)
def test_days_and_hours_are_those_of_the_time_zone(when: dict[str, Any], holds: bool) -> None:
    assert (said(when, ask(at=NIGHT)) is not None) is holds


def test_a_condition_on_a_person_holds_for_requester_or_beneficiary() -> None:
    interns = When(title=("Intern",))
    for question in (ask(BEN), ask(BEN, beneficiary=ANA), ask(ANA, beneficiary=BEN)):
        assert applies(interns, question, COMPANY)
    assert not applies(interns, ask(ANA), COMPANY)


def test_it_can_be_asked_to_hold_for_both() -> None:
    interns = When(title=("Intern",))
    assert applies(interns, ask(BEN), COMPANY, both=True)
    assert not applies(interns, ask(ANA, beneficiary=BEN), COMPANY, both=True)
    assert not applies(When(guest=False), ask(ANA, beneficiary=GUS), COMPANY, both=True)


def test_without_a_condition_it_always_applies() -> None:
    reason = applies(None, ask(), COMPANY, rule="rule “Everyone”")
    assert reason is not None
    assert (reason.rule, reason.text) == ("rule “Everyone”", "Required.")
    assert describe_condition(None) == "always"


@given(conditions)
def test_not_turns_every_condition_round(when: When) -> None:
    question = ask(risk="high")
    opposite = When.model_validate({"not": {"any": [when.stored()]}})
    assert bool(applies(when, question, COMPANY)) is not bool(applies(opposite, question, COMPANY))


@given(conditions)
def test_every_condition_can_be_said(when: When) -> None:
    assert describe_condition(when)
    for kind in RequestKind:
        reason = applies(when, replace(ask(), kind=kind, duration=timedelta(days=9)), COMPANY)
        assert reason is None or reason.text.startswith("Required because ")


def test_the_moment_that_counts_is_the_one_of_asking() -> None:
    assert said({"weekday": ["tue"]}, ask(at=NOW + timedelta(days=1))) == ("Required because it is Tuesday.")


def test_a_time_zone_holds_for_what_is_nested_in_it_too() -> None:
    nested = {
        "any": [{"hours": "09:00-18:00"}, {"weekday": ["sat"], "time_zone": "UTC"}],
        "time_zone": "Asia/Tokyo",
    }
    when = When.model_validate(nested)
    assert when.any_of is not None
    assert [one.time_zone for one in when.any_of] == ["Asia/Tokyo", "UTC"]
    assert When.model_validate(when.stored()) == when


def test_a_time_zone_without_days_and_hours_says_nothing_and_is_left_out() -> None:
    assert When.model_validate({"guest": True, "time_zone": "Asia/Tokyo"}).stored() == {"guest": True}
