"""Separation of duties, as the policy decides it: who has one thing is kept from another."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.spec.conflicts import ConflictAction, ConflictSpec
from models.catalogue.spec.references import access_ref
from models.policy import Holding, HoldingState, PolicyDecision, Question, Verdict, decide, find_conflicts
from tests.models.policy_questions import ADI, ANA, COMPANY, MAX, OLA, ask, stage

ENTER = Holding("payments/enter", "Payments, Enter", at=datetime(2030, 6, 4, tzinfo=UTC))
THIS = "github/engineering"
EXTRA = stage("admins", name="Auditors")
ACTIONS = st.sampled_from(ConflictAction)


def conflict(*, action: str = "block", **fields: Any) -> ConflictSpec:
    """Entering payments does not go with the engineering team, unless said otherwise."""
    usual: dict[str, Any] = {
        "key": "pay", "name": "Pay and build", "why": "One person could hide a payment.",
        "these": ["payments/enter"], "those": [THIS], "action": action,
    }  # fmt: skip
    return ConflictSpec.model_validate(usual | ({"stage": EXTRA} if action == "stage" else {}) | fields)


def asks(*conflicts: ConflictSpec, holdings: tuple[Holding, ...] = (ENTER,), **fields: Any) -> Question:
    """Ana, who can enter payments until June, asks for the engineering team."""
    return replace(ask(**fields), holdings=holdings, conflicts=conflicts)


def decided(
    *conflicts: ConflictSpec, holdings: tuple[Holding, ...] = (ENTER,), **fields: Any
) -> PolicyDecision:
    return decide(asks(*conflicts, holdings=holdings, **fields), COMPANY)


def test_who_has_one_side_is_refused_the_other_and_told_what_and_why() -> None:
    decision = decided(conflict())

    assert decision.verdict is Verdict.DENY
    (reason,) = decision.because
    assert reason.rule == "conflict “Pay and build”"
    assert reason.text == (
        "GitHub · Engineering team and Payments, Enter can't be held together (rule “Pay and build”). "
        "Ana has Payments, Enter (until 4 June 2030). One person could hide a payment."
    )


def test_who_has_nothing_of_it_is_asked_for_as_ever() -> None:
    assert decided(conflict(), holdings=()) == decided()
    assert decided(conflict(), holdings=(Holding("payments/view", "Payments, View"),)) == decided()


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (HoldingState.HAS, " Ana has Payments, Enter."),
        (HoldingState.SCHEDULED, " Ana has Payments, Enter (starting soon)."),
        (HoldingState.COMING, " Ana has Payments, Enter (being set up)."),
        (HoldingState.GOING, " Ana has Payments, Enter (being revoked)."),
        (HoldingState.PENDING, " Ana has an open request for Payments, Enter."),
        (HoldingState.SAME_TIME, ""),
    ],
)
def test_whatever_way_it_is_there_it_counts_and_is_said(how: HoldingState, said: str) -> None:
    decision = decided(conflict(), holdings=(Holding("payments/enter", "Payments, Enter", how),))

    assert decision.verdict is Verdict.DENY
    rule = "GitHub · Engineering team and Payments, Enter can't be held together (rule “Pay and build”)."
    assert decision.because[0].text == f"{rule}{said} One person could hide a payment."


def test_an_app_with_a_star_means_every_access_of_it() -> None:
    decision = decided(conflict(these=["erp/*"]), holdings=(Holding("erp/anything", "ERP, Anything"),))

    assert decision.verdict is Verdict.DENY


def test_a_flag_changes_nothing_but_what_the_approvers_read() -> None:
    decision, usual = decided(conflict(action="flag")), decided()

    assert decision.stages == usual.stages
    assert [clash.spec.key for clash in decision.conflicts] == ["pay"]
    assert decision.because[-1].text.startswith(
        "GitHub · Engineering team and Payments, Enter should not be held together"
    )


def test_a_stage_of_a_conflict_comes_after_the_others_with_other_people() -> None:
    decision = decided(conflict(action="stage"), stage=[stage(OLA.id, name="Owner")])

    assert [(one.name, one.ids) for one in decision.stages] == [("Owner", (OLA.id,)), ("Auditors", (ADI.id,))]
    assert "need one more approval to be held together" in decision.stages[1].because.text
    assert decision.stages[1].because.rule == "stage “Auditors”"


def test_two_conflicts_with_the_same_stage_ask_it_once() -> None:
    both = conflict(action="stage"), conflict(action="stage", key="two", name="Another")

    decision = decided(*both, stage=[stage(OLA.id, name="Owner")])

    assert [one.name for one in decision.stages] == ["Owner", "Auditors"]
    assert "“Pay and build”" in decision.stages[1].because.text
    assert "“Another”" in decision.stages[1].because.text


@pytest.mark.parametrize("action", ["flag", "stage"])
def test_no_rule_approves_by_itself_what_people_have_to_see(action: str) -> None:
    easy: dict[str, Any] = {"auto_approve": [{"name": "Everybody"}]}

    assert decided(**easy).verdict is Verdict.AUTO
    assert decided(conflict(action=action), **easy).verdict is Verdict.ASK


def test_what_counts_is_what_the_one_has_who_would_get_it() -> None:
    question = replace(ask(MAX, beneficiary=ANA), holdings=(ENTER,), conflicts=(conflict(),))

    assert (
        decide(question, COMPANY)
        .because[0]
        .text.startswith("GitHub · Engineering team and Payments, Enter can't be held together")
    )


def test_one_way_keeps_only_those_from_whoever_has_these() -> None:
    forth = conflict(one_way=True)
    back = conflict(one_way=True, these=[THIS], those=["payments/enter"])

    assert decided(forth).verdict is Verdict.DENY
    assert decided(back) == decided()


@given(*[st.sampled_from(["a/x", "a/y", "b/x", "b/y", "c/x"])] * 2, st.booleans())
def test_a_conflict_without_a_direction_is_the_same_from_both_sides(
    held: str, wanted: str, every: bool
) -> None:
    both = conflict(these=["a/*" if every else "a/x"], those=["b/x", "b/y"])
    one_way = both.model_copy(update={"one_way": True})

    assert both.forbids(held, wanted) == both.forbids(wanted, held)
    assert both.forbids(held, wanted) == (one_way.forbids(held, wanted) or one_way.forbids(wanted, held))
    assert not (one_way.forbids(held, wanted) and one_way.forbids(wanted, held))


@given(st.lists(ACTIONS, max_size=4), st.booleans(), st.booleans())
def test_a_refusal_wins_over_every_other_rule(actions: list[ConflictAction], deny: bool, auto: bool) -> None:
    conflicts = tuple(conflict(action=action, key=f"k{at}") for at, action in enumerate(actions))
    rules: dict[str, Any] = {
        "deny": [{"name": "Never"}] if deny else [],
        "auto_approve": [{"name": "Everybody"}] if auto else [],
    }

    decision = decided(*conflicts, **rules)

    blocks = actions.count(ConflictAction.BLOCK)
    assert (decision.verdict is Verdict.DENY) == bool(deny or blocks)
    assert (decision.verdict is Verdict.AUTO) == bool(auto and not deny and not actions)
    assert len(decision.conflicts) == len(actions)
    assert all(reason.rule and reason.text for reason in decision.because)
    if decision.verdict is Verdict.DENY:
        assert len(decision.because) == deny + blocks


@given(st.permutations(["a/x", "b/x", "c/x", THIS]), ACTIONS)
def test_nothing_conflicts_with_itself(refs: list[str], action: ConflictAction) -> None:
    every = conflict(action=action, these=refs[:2], those=refs[2:])
    question = asks(every, holdings=(Holding(THIS, "GitHub, Engineering"),))

    assert access_ref(question.app.key, question.access.key) == question.ref == THIS
    assert find_conflicts(THIS, "GitHub", question.holdings, question.conflicts) == ()
