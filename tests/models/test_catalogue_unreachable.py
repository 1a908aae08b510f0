"""What can never be met is found: by itself refused, with what the app is now said."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.app_edits import ItemRef
from models.catalogue.file import read
from models.catalogue.lint.satisfiability import can_fail, can_hold
from models.catalogue.lint.unreachable_rules import contradictions, reason_unreachable, remarks
from models.catalogue.spec import When
from tests.models import specs

NEVER: list[dict[str, Any]] = [
    {"guest": True, "not": {"guest": True}},
    {"risk": ["low"], "all": [{"risk": ["high", "critical"]}]},
    {"privileged": True, "any": [{"privileged": False}, {"all": [{"privileged": False}, {"guest": True}]}]},
    {"all": [{"duration_over": "8h"}, {"not": {"duration_over": "4h"}}]},
    {"all": [{"title": ["Intern"]}, {"title": ["Lead", "Head"]}]},
    {"title": ["Intern"], "not": {"title": ["intern", "lead"]}},
    {"weekday": ["sat"], "not": {"weekday": ["sat", "sun"]}},
    {"requester_group": ["@a", "@b"], "all": [{"not": {"requester_group": ["@b", "@a"]}}]},
    {"hours": "09:00-18:00", "not": {"hours": "09:00-18:00"}},
    {"not": {"any": [{"guest": True}, {"guest": False}]}},
    {"not": {"risk": ["low", "medium", "high", "critical"]}},
]
SOMETIMES: list[dict[str, Any]] = [
    {"guest": True},
    {"all": [{"duration_over": "4h"}, {"not": {"duration_over": "8h"}}]},
    {"all": [{"requester_group": ["@a"]}, {"requester_group": ["@b"]}]},
    {"title": ["Intern"], "not": {"title": ["Lead"]}},
    {"weekday": ["sat"], "all": [{"weekday": ["sun"], "time_zone": "Asia/Tokyo"}]},
    {"not": {"any": [{"title": ["Intern"]}, {"guest": True}]}},
    {"hours": "09:00-18:00", "not": {"hours": "09:00-12:00"}},
]


@pytest.mark.parametrize("when", NEVER)
def test_conditions_that_contradict_themselves_are_found_and_named_with_their_place(when: Any) -> None:
    assert not can_hold(When.model_validate(when))
    app = specs.app(deny=[{"name": "A"}, {"name": "B", "when": when}])
    (problem,) = contradictions(app)
    assert str(problem) == (
        'deny "B" → when: can never hold: its conditions contradict each other. Change one of them.'
    )


@pytest.mark.parametrize("when", SOMETIMES)
def test_conditions_that_can_hold_are_left_alone(when: Any) -> None:
    assert can_hold(When.model_validate(when))
    assert can_fail(When.model_validate(when))
    assert contradictions(specs.app(stage=[{"name": "A", "approvers": ["owners"], "when": when}])) == []


@given(specs.conditions)
def test_a_condition_or_its_opposite_can_hold(when: When) -> None:
    opposite = When.model_validate({"not": when.stored()})
    assert can_hold(when)
    assert can_fail(when) == can_hold(opposite)


@given(st.integers(1, 300))
def test_a_condition_of_very_many_parts_is_looked_at_in_short(many: int) -> None:
    inner = [{"any": [{"title": [f"a{n}"]}, {"title": [f"b{n}"]}]} for n in range(many)]
    assert isinstance(can_hold(When.model_validate({"all": inner})), bool)


STAGE = {"name": "Security", "approvers": ["owners"]}
PLAIN = {"key": "a", "name": "Plain"}
STRONG = {"key": "b", "name": "Strong", "privileged": True, "risk": "high"}


def why(name: str, when: dict[str, Any], **fields: Any) -> str | None:
    """What is said of a stage or rule with this condition."""
    entry = STAGE if name == "stage" else {"name": "Rule"}
    app = specs.app(**{"access": [PLAIN]} | fields | {name: [entry | {"when": when}]})
    return reason_unreachable(app, ItemRef(name, 0))


def test_what_no_access_is_makes_a_stage_that_is_never_asked() -> None:
    said = why("stage", {"privileged": True}, access=[PLAIN, PLAIN | {"key": "c"}])
    assert said == (
        "is never used: it requires that this access is privileged, "
        "and no access that goes through it matches."
    )
    assert why("stage", {"privileged": True}, access=[PLAIN, STRONG]) is None
    assert why("stage", {"privileged": True, "risk": ["low"]}, access=[PLAIN, STRONG]) == (
        "is never used: its conditions can't hold together."
    )
    assert why("stage", {"privileged": True}, access=[]) is None


def test_a_length_that_is_never_given_is_found_where_longer_is_refused() -> None:
    terms: dict[str, Any] = {"max_duration": "8h", "durations": ["1h"]}
    assert why("auto_approve", {"duration_over": "8h"}, **terms) is None
    said = (
        "never approves anything: it requires that the request is for longer than 8 hours, and GitHub can't"
    )
    assert str(why("auto_approve", {"duration_over": "8h"}, over_max="refuse", **terms)).startswith(said)
    assert why("auto_approve", {"duration_over": "8h"}, over_max="refuse", indefinite=True, **terms) is None
    assert why("auto_approve", {"duration_over": "7h"}, over_max="refuse", **terms) is None


def test_what_the_app_does_not_have_is_found() -> None:
    assert "nobody can request GitHub for someone else" in str(why("deny", {"on_behalf": True}))
    assert why("deny", {"on_behalf": True}, on_behalf="anyone") is None
    assert "no emergency access" in str(why("deny", {"emergency": True}))
    assert why("deny", {"emergency": True}, emergency={"max": "1h"}) is None
    assert str(why("require", {"kind": ["group"]})).startswith("denies every request: it requires that this")


def test_what_a_rule_without_conditions_leaves_nothing_to_is_found() -> None:
    app = specs.app(
        deny=[{"name": "Frozen"}],
        stage=[STAGE],
        auto_approve=[{"name": "Rule", "when": {"risk": ["low"]}}],
    )
    said = "the rule “Frozen” denies every request."
    assert reason_unreachable(app, ItemRef("stage", 0)) == f"is never used: {said}"
    assert reason_unreachable(app, ItemRef("auto_approve", 0)) == f"never approves anything: {said}"
    assert list(remarks(app)) == [
        f"GitHub: stage “Security” is never used: {said}",
        f"GitHub: rule “Rule” never approves anything: {said}",
    ]
    rules = [{"name": "All", "when": {"any": [{"guest": True}, {"guest": False}]}}, {"name": "Late"}]
    app = specs.app(auto_approve=rules, stage=[STAGE])
    assert reason_unreachable(app, ItemRef("auto_approve", 0)) is None
    assert reason_unreachable(app, ItemRef("auto_approve", 1)) == (
        "never approves anything: the rule “All” approves every request first."
    )


def test_a_rule_of_one_access_shadows_that_access_only() -> None:
    own = PLAIN | {"deny": [{"name": "No"}], "stage": [STAGE]}
    app = specs.app(access=[own, STRONG], stage=[STAGE])
    assert reason_unreachable(app, ItemRef("stage", 0)) is None
    assert "the rule “No” denies every request" in str(reason_unreachable(app, ItemRef("stage", 0, "a")))


def test_a_file_with_a_contradiction_is_refused_with_its_line_and_one_that_is_never_met_is_noted() -> None:
    text = """
[[app]]
key = "github"
name = "GitHub"
owners = ["U0OLA"]
access = [{ key = "a", name = "Plain" }]

  [[app.stage]]
  name = "Security"
  approvers = ["owners"]
  when = { privileged = true, risk = ["high"] }
"""
    (note,) = read.load(text, "x.toml").notes
    assert note.startswith("GitHub: stage “Security” is never used: it requires that the risk is high, and")
    wrong = text.replace('risk = ["high"]', "not = { privileged = true }")
    with pytest.raises(read.CatalogueError) as refused:
        read.load(wrong, "x.toml")
    (line,) = refused.value.lines
    assert line.startswith('x.toml, line 11: app "github" → stage "Security" → when: can never hold')
