"""Access at once: what the rules say of it, who is told, and who may look at it afterwards."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.spec import AppSpec, RequestKind
from models.policy import Company, Question, Verdict, applies, check_duration, decide, emergency_follow_up
from tests.models.policy_questions import (
    ADI,
    ANA,
    BEN,
    COMPANY,
    EVERYBODY,
    GUS,
    NOW,
    OLA,
    ONCALL,
    SAM,
    ask,
    stage,
)
from tests.models.specs import whens

HOUR = timedelta(hours=1)
ALLOWED = {"max": "4h"}


def emergency(person: Any = ANA, **fields: Any) -> Question:
    """Someone requests GitHub in an emergency, which it allows for 4 hours."""
    usual: dict[str, Any] = {"duration": HOUR, "emergency_spec": ALLOWED} | fields
    spec, length = usual.pop("emergency_spec"), usual.pop("duration")
    beneficiary, at = usual.pop("beneficiary", None), usual.pop("at", NOW)
    question = ask(person, beneficiary=beneficiary, duration=length, at=at, emergency=True, **usual)
    return replace(question, app=AppSpec.model_validate(question.app.stored() | {"emergency": spec}))


def test_an_emergency_that_the_app_allows_needs_nobody_and_says_by_which_rule() -> None:
    decision = decide(emergency(stage=[stage("manager"), stage("owners")]), COMPANY)
    assert (decision.verdict, decision.stages) == (Verdict.AUTO, ())
    assert [(one.rule, one.text) for one in decision.because] == [
        (
            "emergency access of GitHub",
            "Emergency access: granted immediately for up to 4 hours, reviewed afterwards.",
        )
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"emergency_spec": None}, "GitHub · Engineering team doesn't allow emergency access."),
        ({"duration": 5 * HOUR}, "Emergency access to GitHub is for up to 4 hours. Choose less."),
        ({"duration": None}, "Emergency access to GitHub is for up to 4 hours. Choose less."),
        (
            {"access": [{"key": "engineering", "name": "Engineering team", "emergency": False}]},
            "GitHub · Engineering team doesn't allow emergency access. Request it without the emergency.",
        ),
        ({"person": GUS}, "Guests can't request GitHub."),
        ({"enabled": False}, "GitHub · Engineering team can't be requested right now."),
        ({"deny": [{"name": "No", "why": "Not on Mondays."}]}, "Not on Mondays."),
        (
            {"require": [{"name": "Sales", "when": {"department": ["IT"]}}]},
            "GitHub can be requested only when the department is IT.",
        ),
    ],
)
def test_it_is_refused_with_a_reason(changes: dict[str, Any], said: str) -> None:
    decision = decide(emergency(changes.pop("person", ANA), **changes), COMPANY)
    assert decision.verdict is Verdict.DENY
    assert said in decision.because[0].text


def test_more_time_and_a_later_start_are_no_emergencies() -> None:
    assert decide(replace(emergency(), kind=RequestKind.EXTEND), COMPANY).verdict is Verdict.DENY
    later = replace(emergency(), starts_at=NOW + HOUR)
    assert decide(later, COMPANY).because[0].text.startswith("Emergency access starts immediately.")


def test_only_the_stages_that_name_emergencies_are_asked_before() -> None:
    stages = [
        stage("manager", name="Manager"),
        stage("owners", name="Risky", when={"risk": ["low"]}),
        stage("owners", name="Never", when={"not": {"emergency": False}}),
        stage("U0SAM", name="Duty", when={"any": [{"emergency": True}, {"risk": ["high"]}]}),
        stage("U0OLE", name="High", when={"emergency": True, "risk": ["high"]}),
    ]
    decision = decide(emergency(stage=stages), COMPANY)
    assert (decision.verdict, [one.name for one in decision.stages]) == (Verdict.ASK, ["Duty"])
    assert decision.stages[0].because.text == "Required because it is an emergency."


def test_the_people_who_would_have_decided_the_owners_and_the_admins_are_told() -> None:
    told = emergency_follow_up(emergency(stage=[stage("manager"), stage("@oncall")]), COMPANY).notified
    assert told == ("U0MAX", "U0SAM", "U0OLA", "U0ADI")


@pytest.mark.parametrize(
    ("reviewers", "person", "found"),
    [
        (["owners"], ANA, ("U0OLA",)),
        (["owners"], OLA, ("U0ADI",)),
        (["@oncall"], ANA, ("U0SAM", "U0OLA")),
        (["@oncall", "U0ANA"], SAM, ("U0OLA", "U0ANA")),
        (["@nosuch"], ADI, ()),
    ],
)
def test_its_user_never_reviews_it_and_the_admins_stand_in(
    reviewers: list[str], person: Any, found: tuple[str, ...]
) -> None:
    question = emergency(person, emergency_spec=ALLOWED | {"reviewers": reviewers}, self_approve=True)
    assert emergency_follow_up(question, COMPANY).reviewers == found


PEOPLE = st.sampled_from([one.id for one in EVERYBODY] + ["owners", "admins", "manager", "@oncall"])


@given(
    st.sampled_from([ANA, BEN, OLA, ADI, SAM]),
    st.sampled_from([ANA, BEN, OLA, ADI, SAM]),
    st.lists(PEOPLE, min_size=1, max_size=4, unique=True),
    st.lists(st.sampled_from([one.id for one in EVERYBODY]), max_size=3, unique=True),
    st.booleans(),
)
def test_neither_who_asked_nor_who_had_it_may_review_it_whatever_is_configured(
    requester: Any, beneficiary: Any, reviewers: list[str], admins: list[str], self_approve: bool
) -> None:
    question = emergency(
        requester,
        beneficiary=beneficiary,
        emergency_spec=ALLOWED | {"reviewers": reviewers},
        self_approve=self_approve,
        stage=[stage(*reviewers)],
    )
    after = emergency_follow_up(question, Company(EVERYBODY, [ONCALL], admins))
    assert not {requester.id, beneficiary.id} & {*after.reviewers, *after.notified}


@given(whens, st.integers(1, 10))
def test_a_rule_that_denies_wins_over_an_emergency_and_none_is_ever_longer_than_allowed(
    when: dict[str, Any], hours: int
) -> None:
    question = emergency(duration=hours * HOUR, deny=[{"name": "Never", "when": when}])
    decision = decide(question, COMPANY)
    denied = applies(question.app.deny[0].when, question, COMPANY) is not None
    assert (decision.verdict is Verdict.DENY) is (denied or hours > 4)


def test_the_length_keeps_to_the_maximum_for_emergencies_whatever_the_app_flags() -> None:
    policy = emergency(max_duration="30d").policy
    assert check_duration(policy, 4 * HOUR, None, None, NOW, emergency=True).ok
    too_long = check_duration(policy, 5 * HOUR, None, None, NOW, emergency=True)
    assert (too_long.ok, too_long.message) == (
        False,
        "Emergency access to GitHub is for up to 4 hours. Choose less.",
    )
    assert not check_duration(policy, None, None, NOW + 5 * HOUR, NOW, emergency=True).ok
    assert not check_duration(policy, None, None, None, NOW, emergency=True).ok
    assert not check_duration(policy, HOUR, NOW + HOUR, None, NOW, emergency=True).ok
    assert not check_duration(ask().policy, HOUR, None, None, NOW, emergency=True).ok
