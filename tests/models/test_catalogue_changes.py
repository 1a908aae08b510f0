from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.file.read import diff
from models.catalogue.spec import AppSpec
from tests.models.specs import app, apps


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What is said when GitHub goes from these fields to those."""
    return [str(change) for change in diff([app(**before)], [app(**after)])]


@given(apps, apps)
def test_every_difference_is_said_and_nothing_else(old: AppSpec, other: AppSpec) -> None:
    new = other.model_copy(update={"key": old.key})
    assert bool(diff([old], [new])) is (old != new)
    assert diff([old], [AppSpec.model_validate(old.stored())]) == []


@given(st.lists(st.sampled_from("abcd"), unique=True), st.lists(st.sampled_from("abcd"), unique=True))
def test_stages_and_accesses_may_come_go_and_change_places(old: list[str], new: list[str]) -> None:
    def made(letters: list[str]) -> dict[str, Any]:
        return {
            "stage": [{"name": letter, "approvers": ["owners"]} for letter in letters],
            "access": [{"key": letter, "name": letter} for letter in letters],
        }

    assert bool(changes(made(old), made(new))) is (old != new)


def test_apps_come_and_go_by_name() -> None:
    salesforce = app(key="salesforce", name="Salesforce")
    assert [str(change) for change in diff([app()], [salesforce])] == [
        "GitHub is removed",
        "new app Salesforce",
    ]
    assert [change.app for change in diff([app()], [salesforce])] == ["github", "salesforce"]


def test_another_order_of_the_apps_is_a_difference_too() -> None:
    other = app(key="other")
    assert [str(change) for change in diff([app(), other], [other, app()])] == [
        "the order of apps is changed"
    ]


ENGINEERING = {"key": "engineering", "name": "Engineering team", "kind": "group"}
STAGE = {"name": "Owner", "approvers": ["owners"]}


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"risk": "low"}, {"risk": "high"}, ["GitHub: risk low → high"]),
        ({"enabled": True}, {"enabled": False}, ["GitHub is switched off"]),
        ({"enabled": False}, {"enabled": True}, ["GitHub is switched on"]),
        ({}, {"name": "GitHub Cloud"}, ["GitHub is now called GitHub Cloud"]),
        ({}, {"max_duration": "30d"}, ["GitHub: longest no limit → 30 days"]),
        ({"durations": ["1h"]}, {"durations": ["1h", "2d"]}, ["GitHub: presets 1 hour → 1 hour, 2 days"]),
        ({}, {"description": "Code"}, ["GitHub: description nothing → “Code”"]),
        ({}, {"decision_comment": "on_reject"}, ["GitHub: comment with a decision optional → on reject"]),
        ({}, {"reassign": "anyone"}, ["GitHub: approvers may reassign to eligible → anyone"]),
        (
            {"stage": [STAGE]},
            {"stage": [STAGE | {"quiet": ["@leads"]}]},
            ["GitHub: stage “Owner”: quiet approvers: @leads is added"],
        ),
        (
            {"stage": [STAGE]},
            {"stage": [STAGE | {"channel": "C0123", "channel_over": 0}]},
            [
                "GitHub: stage “Owner”: channel nothing → C0123",
                "GitHub: stage “Owner”: in the channel for more approvers than 20 → 0",
            ],
        ),
        (
            {},
            {"stage": [STAGE | {"quiet": ["admins"], "channel": "C0123"}]},
            ["GitHub: new stage “Owner” (any of owners, quietly admins, in C0123 for more than 20 people)"],
        ),
        ({}, {"self_approve": True}, ["GitHub: self-approval no → yes"]),
        ({}, {"remind_wait": "1h"}, ["GitHub: time between reminders by the requester 4 hours → 1 hour"]),
        ({}, {"expiry_warning": "1h"}, ["GitHub: warning before requests expire 4 hours → 1 hour"]),
        (
            {"stage": [STAGE]},
            {"stage": [STAGE | {"on_reject": "veto", "alternates": ["admins"], "escalate_after": "4h"}]},
            [
                "GitHub: stage “Owner”: one rejection counts → ends it",
                "GitHub: stage “Owner”: alternates: admins is added",
                "GitHub: stage “Owner”: alternates are asked after half of the time that is left → 4 hours",
            ],
        ),
        (
            {},
            {"stage": [STAGE | {"rule": 2, "on_reject": "veto", "alternates": ["admins"]}]},
            ["GitHub: new stage “Owner” (2 of owners, one rejection ends it, alternates: admins)"],
        ),
        (
            {},
            {"emergency": {"max": "4h", "reviewers": ["@security"]}},
            ["GitHub: emergency access none → up to 4 hours, reviewed by @security, reminded after 1 day"],
        ),
        (
            {"access": [ENGINEERING]},
            {"access": [ENGINEERING | {"emergency": False}]},
            ["GitHub: Engineering team: emergency access yes → no"],
        ),
        (
            {"owners": ["U0AAA"]},
            {"owners": ["U0BBB"]},
            ["GitHub: owners: U0BBB is added", "GitHub: owners: U0AAA is removed"],
        ),
        (
            {"owners": ["U0AAA", "U0BBB"]},
            {"owners": ["U0BBB", "U0AAA"]},
            ["GitHub: order of owners is changed"],
        ),
        (
            {"access": [ENGINEERING]},
            {"access": [ENGINEERING | {"risk": "high"}]},
            ["GitHub: Engineering team: risk as set for the app → high"],
        ),
        (
            {"access": [ENGINEERING]},
            {"access": [ENGINEERING | {"connector": {"type": "slack_usergroup", "usergroup": "S0123"}}]},
            ["GitHub: Engineering team: connector manual → slack_usergroup usergroup S0123"],
        ),
        ({"access": []}, {"access": [ENGINEERING]}, ["GitHub: new access “Engineering team”"]),
        ({"access": [ENGINEERING]}, {"access": []}, ["GitHub: Engineering team is removed"]),
        (
            {"access": [ENGINEERING]},
            {"access": [ENGINEERING | {"stage": [STAGE]}]},
            ["GitHub: Engineering team: stage as set for the app → “Owner” (any of owners)"],
        ),
        ({}, {"stage": [STAGE]}, ["GitHub: new stage “Owner” (any of owners)"]),
        ({"stage": [STAGE]}, {"stage": [STAGE | {"rule": "all"}]}, ["GitHub: stage “Owner”: rule any → all"]),
        (
            {"stage": [STAGE]},
            {"stage": [STAGE | {"when": {"risk": ["high", "critical"], "privileged": True}}]},
            [
                (
                    "GitHub: stage “Owner”: applies always → the risk is high or critical, "
                    "and this access is privileged"
                )
            ],
        ),
        ({}, {"deny": [{"name": "Interns"}]}, ["GitHub: new refusal “Interns”"]),
    ],
)
def test_a_change_reads_like_a_sentence(
    before: dict[str, Any], after: dict[str, Any], said: list[str]
) -> None:
    assert changes(before, after) == said


def test_long_values_are_cut() -> None:
    (said,) = changes({}, {"description": "x" * 500})
    assert len(said) < 200
