import json
import tomllib
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.catalogue.lint.problems import explain_errors
from models.catalogue.spec import (
    AccessPolicy,
    ApproverRole,
    AppSpec,
    GroupRef,
    PersonRef,
    Risk,
    effective_policy,
    parse_approver,
)
from tests.models.specs import PRODUCT_EXAMPLE, app, apps


def refused(**changed: Any) -> list[str]:
    """What is said about GitHub with these fields."""
    data = {"key": "github", "name": "GitHub"} | changed
    with pytest.raises(ValidationError) as caught:
        AppSpec.model_validate(data)
    return [str(problem) for problem in explain_errors(caught.value, data)]


def test_the_documented_entry_is_understood() -> None:
    entry = AppSpec.model_validate(tomllib.loads(PRODUCT_EXAMPLE)["app"][0])
    assert entry.durations == (timedelta(hours=1), timedelta(hours=8), timedelta(days=7))
    assert entry.access[0].connector.params == {"usergroup": "S0123"}
    assert entry.stage[0].when is not None
    assert entry.stage[0].when.risk == (Risk.HIGH, Risk.CRITICAL)


def test_a_key_and_a_name_are_enough() -> None:
    entry = AppSpec(key="figma", name="Figma")
    assert entry.request_expiry == timedelta(hours=48)
    assert entry.expiry_notices == (timedelta(days=1), timedelta(hours=1))
    assert (entry.enabled, entry.self_approve, entry.guests, entry.indefinite) == (True, False, False, False)


@given(apps)
def test_an_entry_survives_storage(entry: AppSpec) -> None:
    assert AppSpec.model_validate(json.loads(json.dumps(entry.stored()))) == entry
    assert AppSpec.model_validate(entry.model_dump(mode="json")) == entry


@given(apps)
def test_equal_entries_have_one_hash(entry: AppSpec) -> None:
    assert hash(AppSpec.model_validate(entry.stored())) == hash(entry)


@given(apps)
def test_the_policy_that_a_request_keeps_survives_storage(entry: AppSpec) -> None:
    for access in entry.access:
        policy = effective_policy(entry, access)
        assert AccessPolicy.model_validate(json.loads(json.dumps(policy.stored()))) == policy
        assert policy.stages


def test_entries_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        app().name = "GitLab"  # type: ignore[misc]  # that it cannot is what is tested


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("key", "Git Hub", "key: “Git Hub” can't be a key. Use up to 40 small letters"),
        ("name", "", "name: is empty. Write something."),
        ("name", "a\nb", "name: contains a line break or a tab"),
        ("name", "Git\u202ehub", "name: contains an invisible character (U+202E)"),
        ("name", "x" * 76, "name: is longer than 75 characters"),
        ("name", 5, "name: is not text. Write it in quotes."),
        ("risk", "hihg", "risk: “hihg” is not known. Did you mean “high”?"),
        ("risk", 3, "risk: “3” is not known. It can be low, medium, high, critical."),
        ("enabled", "yes", "enabled: is not a switch. Write true or false."),
        ("owners", ["@oncall"], "owners 1: “@oncall” is not a person"),
        ("owners", "U0123", "owners: is not a list. Write it in [ ]."),
        ("owners", ["U0123", "U0123"], "owners: “U0123” is listed twice"),
        ("durations", ["8 hours"], "durations 1: “8 hours” is not a duration"),
        ("durations", ["1h", "60m"], "durations: “60m” is listed twice"),
        ("request_expiry", 48, 'request_expiry: is not a duration. Write it as text, for example "8h".'),
        ("reassign", "all", "reassign: “all” is not known. It can be eligible, anyone, nobody."),
        ("icon", "key.png", "icon: “key.png” is not an icon"),
        ("link", "javascript:alert(1)", "link: “javascript:alert(1)” is not a link"),
        ("emergency", {}, "emergency → max: is missing. Add it."),
        ("emergency", {"max": "4"}, "emergency → max: “4” is not a duration"),
        ("emergency", {"max": "4h", "reviewer": []}, "emergency → reviewer: is not known here. Did you mean"),
        (
            "emergency",
            {"max": "4h", "reviewers": ["boss"]},
            "emergency → reviewers 1: “boss” is not an approver.",
        ),
        ("descripton", "x", "descripton: is not known here. Did you mean “description”?"),
    ],
)
def test_a_wrong_field_is_answered_with_what_would_be_right(field: str, value: Any, said: str) -> None:
    assert refused(**{field: value})[0].startswith(said)


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ({"approvers": []}, "stage 1 → approvers: is empty. List at least one, or remove it."),
        ({}, "stage 1 → approvers: is missing."),
        ({"approvers": ["boss"]}, "stage 1 → approvers 1: “boss” is not an approver."),
        ({"approvers": ["owners"], "rule": "most"}, "stage 1 → rule: is not a rule."),
        ({"approvers": ["owners"], "rule": 0}, "stage 1 → rule: is not a rule."),
        ({"approvers": ["owners"], "rule": True}, "stage 1 → rule: is not a rule."),
        ({"approvers": ["U0123"], "rule": 2}, "stage 1 → rule: needs 2 approvals, but lists only 1"),
        ({"approvers": ["owners"], "quiet": ["boss"]}, "stage 1 → quiet 1: “boss” is not an approver."),
        ({"approvers": ["owners"], "channel": "#general"}, "stage 1 → channel: “#general” is not a channel."),
        ({"approvers": ["owners"], "channel_over": -1}, "stage 1 → channel_over: is not a number of people."),
        (
            {"approvers": ["owners"], "channel_over": True},
            "stage 1 → channel_over: is not a number of people.",
        ),
        ({"approvers": ["owners"], "on_reject": "stop"}, "stage 1 → on_reject: “stop” is not known."),
        (
            {"approvers": ["owners"], "alternates": ["boss"]},
            "stage 1 → alternates 1: “boss” is not an approver.",
        ),
        ({"approvers": ["owners"], "alternates": ["owners"]}, "stage 1 → alternates: “owners” is both"),
        ({"approvers": ["owners"], "escalate_after": "4h"}, "stage 1 → escalate_after: says when"),
        (
            {"approvers": ["owners"], "alternates": [], "escalate_after": "4h"},
            "stage 1 → escalate_after: says when alternates are asked, but there are none.",
        ),
        ({"approvers": ["owners"], "when": {}}, "stage 1 → when: has no condition in it."),
        ({"approvers": ["owners"], "when": {"risk": []}}, "stage 1 → when → risk: is empty."),
        ({"approvers": ["owners"], "when": {"hours": "9-17"}}, "stage 1 → when → hours: “9-17” is not"),
        (
            {"approvers": ["owners"], "when": {"weekday": ["mon"], "time_zone": "Mars"}},
            "stage 1 → when → time_zone: “Mars” is not a time zone",
        ),
        (
            {"approvers": ["owners"], "when": {"not": {"rsik": ["low"]}}},
            "stage 1 → when → not → rsik: is not known here. Did you mean “risk”?",
        ),
    ],
)
def test_a_wrong_stage_is_answered_with_what_would_be_right(stage: dict[str, Any], said: str) -> None:
    assert any(line.startswith(said) for line in refused(stage=[stage]))


@pytest.mark.parametrize("zone", ["", "/etc/passwd", "../UTC", "Europe", "UTC\0", "Nowhere/Land"])
def test_only_known_time_zones_are_taken(zone: str) -> None:
    stage = {"approvers": ["owners"], "when": {"weekday": ["mon"], "time_zone": zone}}
    assert "is not a time zone" in refused(stage=[stage])[0]


def test_a_number_from_a_form_may_come_as_text() -> None:
    assert app(stage=[{"approvers": ["@oncall"], "rule": "2"}]).stage[0].rule == 2


def test_conditions_can_be_nested_but_not_without_end() -> None:
    when: dict[str, Any] = {"risk": ["high"]}
    for _ in range(4):
        when = {"not": when}
    assert app(stage=[{"approvers": ["owners"], "when": when}]).stage[0].when is not None
    assert "nested more than 5 deep" in refused(stage=[{"approvers": ["owners"], "when": {"not": when}}])[0]


def test_alternates_that_would_be_asked_after_the_request_has_expired_are_refused() -> None:
    late = {"name": "Check", "approvers": ["owners"], "alternates": ["admins"], "escalate_after": "2d"}
    said = "“Check” asks its alternates after 2 days, but requests expire before that (after 2 days)."
    assert refused(stage=[late])[0].startswith(f"stage: {said}")
    access = {"key": "admin", "name": "Admin", "stage": [late]}
    assert refused(access=[access])[0].startswith(f"access: {said}")
    assert app(stage=[late], request_expiry="3d").stage[0].alternates == ("admins",)


def test_two_accesses_cannot_have_one_key() -> None:
    access = {"key": "admin", "name": "Admin"}
    assert refused(access=[access, access]) == ["access: the key “admin” is used twice. Make each unique."]


def test_a_preset_above_the_maximum_is_refused() -> None:
    assert "is 7 days, but the presets offer 30 days" in refused(durations=["30d"], max_duration="7d")[0]
    access = {"key": "admin", "name": "Admin", "durations": ["30d"]}
    assert "is 7 days, but the presets offer 30 days" in refused(access=[access], max_duration="7d")[0]


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), 2**63, [[[[[1]]]]]])
def test_a_connector_holds_only_what_the_file_can_hold(value: Any) -> None:
    access = {"key": "admin", "name": "Admin", "connector": {"type": "webhook", "extra": value}}
    assert refused(access=[access])


def test_a_connector_without_a_type_is_refused() -> None:
    access = {"key": "admin", "name": "Admin", "connector": {"usergroup": "S0123"}}
    assert refused(access=[access]) == ['access "admin" → connector → type: is missing. Add it.']


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("U0123", PersonRef(id="U0123")),
        ("W0123", PersonRef(id="W0123")),
        ("ana@example.com", PersonRef(email="ana@example.com")),
        ("S0123", GroupRef(id="S0123")),
        ("@on-call", GroupRef(handle="on-call")),
        ("manager", ApproverRole.MANAGER),
        ("owners", ApproverRole.OWNERS),
        ("admins", ApproverRole.ADMINS),
    ],
)
def test_approvers_are_people_groups_and_roles(text: str, ref: object) -> None:
    assert parse_approver(text) == ref
    assert str(ref) == text


@pytest.mark.parametrize(
    "text", ["", "Owners", "u0123", "@", "a@b", "U0123 ", "a b@example.com", "@a b", "a@b.c\0"]
)
def test_nobody_else_is_an_approver(text: str) -> None:
    with pytest.raises(ValueError, match="is not an approver"):
        parse_approver(text)


@given(st.text(max_size=60))
def test_reading_an_approver_never_fails_in_another_way(text: str) -> None:
    with suppress(ValueError):
        assert str(parse_approver(text)) == text


def test_risks_are_ordered() -> None:
    assert sorted(["critical", "low", "high", "medium"], key=Risk) == ["low", "medium", "high", "critical"]
    assert Risk.LOW < Risk.MEDIUM <= Risk.HIGH
    assert Risk.CRITICAL > Risk.HIGH >= Risk.HIGH


class TestEffectivePolicy:
    def test_the_access_has_what_the_app_has(self) -> None:
        policy = effective_policy(
            app(risk="high", instructions="Sign in", max_duration="30d"), app().access[0]
        )
        assert (policy.risk, policy.instructions, policy.max_duration) == (
            Risk.HIGH,
            "Sign in",
            timedelta(days=30),
        )
        assert policy.title == "GitHub · Engineering team"

    def test_what_the_access_says_itself_wins(self) -> None:
        stage = {"name": "Security", "approvers": ["@security"]}
        access = {
            "key": "admin", "name": "Admin", "risk": "critical", "indefinite": False, "instructions": "",
            "durations": ["1h"], "stage": [stage],
        }  # fmt: skip
        entry = app(indefinite=True, instructions="Sign in", access=[access])
        policy = effective_policy(entry, entry.access[0])
        assert (policy.risk, policy.indefinite, policy.instructions) == (Risk.CRITICAL, False, "")
        assert policy.durations == (timedelta(hours=1),)
        assert [stage.name for stage in policy.stages] == ["Security"]

    def test_presets_above_the_maximum_are_left_away(self) -> None:
        entry = app(max_duration="8h")
        assert effective_policy(entry, entry.access[0]).durations == (timedelta(hours=1), timedelta(hours=8))
        short = app(max_duration="30m")
        assert effective_policy(short, short.access[0]).durations == (timedelta(minutes=30),)

    def test_without_stages_the_owners_decide(self) -> None:
        for entry in (app(), app(access=[{"key": "a", "name": "A", "stage": []}])):
            (stage,) = effective_policy(entry, entry.access[0]).stages
            assert (stage.approvers, stage.rule) == (("owners",), "any")

    def test_rules_of_app_and_access_hold_together(self) -> None:
        access = {"key": "a", "name": "A", "deny": [{"name": "two"}]}
        entry = app(deny=[{"name": "one"}], access=[access])
        assert [rule.name for rule in effective_policy(entry, entry.access[0]).deny] == ["one", "two"]

    def test_an_access_of_an_app_that_is_switched_off_is_off(self) -> None:
        assert not effective_policy(app(enabled=False), app().access[0]).enabled


def test_an_emergency_cannot_last_longer_than_what_is_approved() -> None:
    (said,) = refused(max_duration="8h", emergency={"max": "1d"})
    assert said == "emergency: lasts 1 day, but the longest is 8 hours. Lower its “max”."


def test_an_access_keeps_to_its_own_maximum_in_an_emergency_and_may_switch_it_off() -> None:
    entry = app(
        emergency={"max": "4h"},
        access=[
            {"key": "read", "name": "Read"},
            {"key": "write", "name": "Write", "max_duration": "1h", "durations": ["1h"]},
            {"key": "admin", "name": "Admin", "emergency": False},
        ],
    )
    read, write, admin = (effective_policy(entry, access).emergency for access in entry.access)
    assert read is not None
    assert write is not None
    assert (read.max, write.max, admin) == (timedelta(hours=4), timedelta(hours=1), None)


def test_an_access_that_is_switched_off_itself_is_off() -> None:
    entry = app(access=[{"key": "a", "name": "A", "enabled": False}, {"key": "b", "name": "B"}])
    assert [effective_policy(entry, access).enabled for access in entry.access] == [False, True]
