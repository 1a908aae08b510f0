from dataclasses import replace
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.spec import AppSpec, RequestKind
from models.policy import Company, PersonFacts, PolicyDecision, Question, Verdict, applies, decide
from tests.models.policy_questions import (
    ADI,
    ANA,
    BEN,
    COMPANY,
    DEB,
    EVERYBODY,
    GUS,
    MAX,
    OLA,
    ONCALL,
    ROB,
    STU,
    ask,
    stage,
)
from tests.models.specs import whens


def asked(question: Question, who: Company = COMPANY) -> list[tuple[str, ...]]:
    """Who is asked, stage by stage."""
    decision = decide(question, who)
    assert decision.verdict is Verdict.ASK, decision
    return [planned.ids for planned in decision.stages]


def told(question: Question, who: Company = COMPANY) -> tuple[Verdict, list[str]]:
    decision = decide(question, who)
    return decision.verdict, [reason.text for reason in decision.because]


class TestStages:
    def test_the_stages_are_asked_in_order_with_the_reason_for_each_person(self) -> None:
        decision = decide(ask(stage=[stage("manager", name="Manager"), stage("owners", "@oncall")]), COMPANY)
        first, second = decision.stages
        assert [(c.person_id, c.because) for c in first.approvers] == [("U0MAX", "manager of Ana")]
        assert [(c.person_id, c.because) for c in second.approvers] == [
            ("U0OLA", "owner of GitHub and in @oncall"),
            ("U0SAM", "in @oncall"),
        ]
        assert [reason.rule for reason in decision.because] == ["stage “Manager”", "stage “Check”"]
        assert [(planned.position, planned.name) for planned in decision.stages] == [
            (0, "Manager"),
            (1, "Check"),
        ]

    def test_people_are_named_by_id_and_by_address(self) -> None:
        assert asked(ask(stage=[stage("U0SAM", "OLE@example.com", "admins")])) == [
            ("U0SAM", "U0OLE", "U0ADI")
        ]

    def test_a_stage_is_asked_only_when_its_condition_holds(self) -> None:
        stages = [stage("manager"), stage("U0SAM", name="Security", when={"risk": ["high"]})]
        assert asked(ask(stage=stages)) == [("U0MAX",)]
        decision = decide(ask(stage=stages, risk="high"), COMPANY)
        assert decision.because[1].text == "Required because the risk is high."

    def test_without_stages_the_owners_are_asked(self) -> None:
        assert asked(ask()) == [("U0OLA",)]
        assert told(ask())[1] == ["GitHub has no stages, so its owners decide."]

    def test_where_no_stage_applies_the_owners_are_asked(self) -> None:
        question = ask(stage=[stage("U0SAM", when={"risk": ["high"]})])
        assert asked(question) == [("U0OLA",)]
        assert told(question)[1] == ["No stage of GitHub applies, so its owners decide."]

    def test_the_number_needed_is_said(self) -> None:
        stages = [stage("U0SAM", "U0MAX", "U0OLE", rule=rule) for rule in ("any", 2)]
        assert [planned.needed for planned in decide(ask(stage=stages), COMPANY).stages] == [1, 2]
        (only,) = decide(ask(stage=[stage("U0SAM", "U0MAX", rule="all")]), COMPANY).stages
        assert only.needed == 2


class TestWhoIsNeverAsked:
    def test_neither_requester_nor_beneficiary(self) -> None:
        everyone = [stage("U0ANA", "U0BEN", "U0SAM")]
        assert asked(ask(ANA, beneficiary=BEN, stage=everyone)) == [("U0SAM",)]

    def test_unless_the_app_allows_it(self) -> None:
        assert asked(ask(self_approve=True, stage=[stage("U0ANA", "U0SAM")])) == [("U0ANA", "U0SAM")]

    def test_no_guests_bots_strangers_or_deactivated_people(self) -> None:
        decision = decide(ask(stage=[stage("@oncall")]), COMPANY)
        assert decision.stages[0].ids == ("U0SAM", "U0OLA")
        assert decision.stages[0].left_out == (
            "Gus is a guest",
            "Deb is deactivated",
            "Rob is a bot",
            "Stu is not part of this company",
        )


class TestNobodyLeft:
    def test_the_owners_stand_in_and_the_reason_says_so(self) -> None:
        decision = decide(ask(BEN, stage=[stage("manager", name="Manager")]), COMPANY)
        (planned,) = decision.stages
        assert (planned.ids, planned.fallback) == (("U0OLA",), True)
        assert planned.because.text.endswith(
            "None of its approvers can be asked (Ben has no manager), so the owners of GitHub are asked."
        )

    @pytest.mark.parametrize("approver", ["@nosuch", "S0NIL", "U0NOBODY", "no@example.com", "U0DEB"])
    def test_whatever_the_cause(self, approver: str) -> None:
        assert asked(ask(stage=[stage(approver)])) == [("U0OLA",)]

    def test_then_the_workspace_admins(self) -> None:
        question = ask(OLA, stage=[stage("manager")])
        assert asked(question) == [("U0ADI",)]
        assert "so the workspace admins are asked." in told(question)[1][0]

    def test_and_if_none_is_left_it_says_so_and_approves_nothing(self) -> None:
        decision = decide(ask(OLA, stage=[stage("manager", name="Manager")]), Company(EVERYBODY, [ONCALL]))
        assert (decision.verdict, decision.stages) == (Verdict.NOBODY, ())
        assert decision.because[0].text == (
            "Nobody can decide stage “Manager” of GitHub: none of its approvers, owners or workspace "
            "admins can be asked (Ola has no manager, Ola is the requester)."
        )

    def test_a_long_list_of_causes_is_cut(self) -> None:
        question = ask(stage=[stage(*(f"U0NO{number}" for number in range(9)))])
        assert "(U0NO0 is not known, " in told(question)[1][0]
        assert "U0NO5 is not known, 3 more)" in told(question)[1][0]

    def test_a_number_that_too_few_can_reach_is_filled_up_with_owners_then_admins(self) -> None:
        question = ask(stage=[stage("manager", "U0DEB", rule=2)])
        assert asked(question) == [("U0MAX", "U0OLA")]
        assert "Too few of its approvers can be asked (Deb is deactivated)" in told(question)[1][0]
        assert asked(ask(stage=[stage("manager", "@empty", rule=3)])) == [("U0MAX", "U0OLA", "U0ADI")]
        outcome, texts = told(ask(stage=[stage("manager", "@empty", rule=4)]))
        assert outcome is Verdict.NOBODY
        assert texts[0].startswith("Too few people can decide stage “Check” of GitHub: it needs 4")

    def test_all_are_all_of_those_who_can_be_asked(self) -> None:
        (planned,) = decide(ask(stage=[stage("U0SAM", "U0DEB", rule="all")]), COMPANY).stages
        assert (planned.ids, planned.needed, planned.fallback) == (("U0SAM",), 1, False)


class TestOnePersonInOneStage:
    def test_a_second_stage_with_the_same_single_person_asks_the_owners_too(self) -> None:
        question = ask(stage=[stage("U0SAM"), stage("U0SAM", name="Again")])
        assert asked(question) == [("U0SAM",), ("U0SAM", "U0OLA")]
        assert (
            "each person counts in one stage only, so the owners of GitHub are asked too"
            in told(question)[1][1]
        )

    def test_enough_different_people_need_no_stand_ins(self) -> None:
        stages = [stage("U0SAM", "U0MAX"), stage("U0SAM")]
        assert asked(ask(stage=stages)) == [("U0SAM", "U0MAX"), ("U0SAM",)]

    def test_everyone_of_a_stage_for_all_is_used_up(self) -> None:
        stages = [stage("U0SAM", "U0MAX", rule="all"), stage("U0SAM", name="Again")]
        assert asked(ask(stage=stages)) == [("U0SAM", "U0MAX"), ("U0OLA",)]

    def test_where_even_owners_and_admins_are_too_few_it_says_so(self) -> None:
        stages = [stage("owners"), stage("owners", name="Two"), stage("owners", name="Three")]
        outcome, texts = told(ask(stage=stages))
        assert outcome is Verdict.NOBODY
        assert texts == [
            "Too few people can decide stage “Three” of GitHub, as each person counts in one stage only."
        ]


class TestRefusals:
    @pytest.mark.parametrize(
        ("person", "text"),
        [
            (DEB, "Deb is deactivated."),
            (ROB, "Rob is a bot."),
            (STU, "Stu is not part of this company."),
            (GUS, "Guests can't request GitHub."),
            (PersonFacts("U0NEW", "?"), "Keyturn doesn't know U0NEW."),
        ],
    )
    def test_access_is_closed_to_whoever_is_not_of_the_house(self, person: PersonFacts, text: str) -> None:
        assert told(ask(person)) == (Verdict.DENY, [text])
        assert told(ask(ANA, beneficiary=person)) == (Verdict.DENY, [text])

    def test_guests_may_ask_where_the_app_lets_them(self) -> None:
        assert asked(ask(GUS, guests=True)) == [("U0OLA",)]

    def test_what_is_switched_off_cannot_be_asked_for_but_extended(self) -> None:
        question = ask(enabled=False)
        assert told(question) == (
            Verdict.DENY,
            ["GitHub · Engineering team can't be requested right now."],
        )
        assert asked(replace(question, kind=RequestKind.EXTEND)) == [("U0OLA",)]

    def test_a_rule_refuses_in_its_own_words_or_in_those_of_its_condition(self) -> None:
        interns = {"name": "Interns", "when": {"title": ["Intern"]}}
        assert told(ask(BEN, deny=[interns])) == (
            Verdict.DENY,
            ["GitHub can't be requested when the title is Intern."],
        )
        assert told(ask(BEN, deny=[interns | {"why": "Ask your mentor."}]))[1] == ["Ask your mentor."]
        assert decide(ask(BEN, deny=[interns]), COMPANY).because[0].rule == "rule “Interns”"
        assert told(ask(BEN, deny=[{"name": "Closed"}]))[1] == ["GitHub can't be requested."]

    def test_a_refusal_cannot_be_got_round_by_asking_through_somebody(self) -> None:
        interns = {"name": "Interns", "when": {"title": ["Intern"]}}
        assert told(ask(ANA, beneficiary=BEN, deny=[interns]))[0] is Verdict.DENY

    def test_all_refusals_are_said_at_once(self) -> None:
        rules = [{"name": "One", "why": "First."}, {"name": "Two", "why": "Second."}]
        assert told(ask(deny=rules))[1] == ["First.", "Second."]


class TestRequirement:
    FINANCE: ClassVar = {"name": "Finance", "when": {"department": ["Finance"]}}

    def test_who_does_not_meet_it_is_refused_with_what_it_wants(self) -> None:
        decision = decide(ask(require=[self.FINANCE]), COMPANY)
        assert decision.verdict is Verdict.DENY
        assert decision.because[0].rule == "rule “Finance”"
        assert decision.because[0].text.startswith("GitHub can be requested only when ")

    def test_a_user_group_that_is_named_by_its_id_is_called_by_its_handle(self) -> None:
        for when in ({"requester_group": ["S0ONC"]}, {"any": [{"requester_group": ["S0ONC"]}]}):
            (text,) = told(ask(require=[{"name": "On call", "when": when}]))[1]
            assert "the requester is in @oncall" in text

    def test_its_own_words_are_what_people_read(self) -> None:
        rule = self.FINANCE | {"why": "Only Finance has it."}
        assert told(ask(require=[rule])) == (Verdict.DENY, ["Only Finance has it."])

    def test_who_meets_it_is_asked_for_as_ever(self) -> None:
        assert asked(ask(BEN, require=[self.FINANCE])) == asked(ask(BEN))

    def test_requester_and_beneficiary_both_have_to_meet_it(self) -> None:
        assert told(ask(BEN, beneficiary=ANA, require=[self.FINANCE]))[0] is Verdict.DENY
        assert told(ask(ANA, beneficiary=BEN, require=[self.FINANCE]))[0] is Verdict.DENY

    def test_it_wins_over_an_automatic_approval(self) -> None:
        assert told(ask(require=[self.FINANCE], auto_approve=[SALES]))[0] is Verdict.DENY

    def test_an_access_adds_its_own_to_those_of_the_app(self) -> None:
        own = {"key": "engineering", "name": "Engineering team", "require": [self.FINANCE]}
        assert told(ask(require=[SALES], access=[own])) == told(ask(require=[SALES, self.FINANCE]))


SALES = {"name": "Sales", "when": {"department": ["Sales"]}}


class TestAutomaticApproval:
    def test_a_rule_approves_and_says_why(self) -> None:
        decision = decide(ask(auto_approve=[SALES]), COMPANY)
        assert decision.verdict is Verdict.AUTO
        assert decision.because[0].rule == "rule “Sales”"
        assert decision.because[0].text == ("No approval needed because Ana is in Sales.")

    def test_it_does_not_reach_others_through_somebody(self) -> None:
        assert told(ask(ANA, beneficiary=BEN, auto_approve=[SALES]))[0] is Verdict.ASK

    def test_a_refusal_wins(self) -> None:
        assert told(ask(auto_approve=[SALES], deny=[{"name": "No"}]))[0] is Verdict.DENY


def _people(ids: list[str]) -> st.SearchStrategy[list[PersonFacts]]:
    def person(person_id: str) -> st.SearchStrategy[PersonFacts]:
        rarely = st.sampled_from([False] * 7 + [True])
        return st.builds(
            PersonFacts,
            id=st.just(person_id),
            name=st.just(person_id),
            email=st.just(f"{person_id.lower()}@example.com"),
            active=rarely.map(lambda value: not value),
            guest=rarely,
            stranger=rarely,
            bot=rarely,
            manager_id=st.sampled_from([None, *ids]),
        )

    return st.tuples(*map(person, ids)).map(list)


IDS = [f"U0P{number}" for number in range(6)]
entry_approvers = st.sampled_from([*IDS, "u0p1@example.com", "manager", "owners", "admins", "@group"])
entry_stages = st.builds(
    lambda approvers, rule, when: {"approvers": approvers, "rule": rule} | when,
    st.lists(entry_approvers, min_size=1, max_size=3, unique=True),
    st.sampled_from(["any", "all", 1]),
    st.one_of(st.just({}), whens.map(lambda when: {"when": when})),
)


@st.composite
def questions(draw: st.DrawFn) -> tuple[Question, Company]:
    people = draw(_people(IDS))
    some = st.lists(st.sampled_from(IDS), max_size=3, unique=True)
    group = replace(ONCALL, handle="group", members=tuple(draw(some)))
    who = Company(people, [group], draw(some))
    fields: dict[str, Any] = {
        "owners": draw(some),
        "stage": draw(st.lists(entry_stages, max_size=3)),
        "self_approve": draw(st.sampled_from([False, False, True])),
        "auto_approve": [{"name": "Auto", "when": when} for when in draw(st.lists(whens, max_size=1))],
    }
    fields["on_behalf"] = draw(st.sampled_from(["nobody", "admins", "managers", "anyone"]))
    requester, beneficiary = draw(st.sampled_from(people)), draw(st.sampled_from(people))
    return ask(requester, beneficiary=beneficiary, **fields), who


@given(questions())
def test_every_decision_has_reasons_and_only_asking_has_people(asking: tuple[Question, Company]) -> None:
    question, who = asking
    decision = decide(question, who)
    assert decision.because
    assert all(reason.rule and reason.text.endswith(".") for reason in decision.because)
    assert bool(decision.stages) is (decision.verdict is Verdict.ASK)
    assert all(planned.approvers for planned in decision.stages)
    assert decision.verdict is not Verdict.AUTO or question.policy.auto_approve


@given(questions())
def test_nobody_is_asked_who_must_not_decide(asking: tuple[Question, Company]) -> None:
    question, who = asking
    for planned in decide(question, who).stages:
        assert len(set(planned.ids)) == len(planned.ids)
        assert 1 <= planned.needed <= len(planned.ids)
        for person_id in planned.ids:
            person = who.person(person_id)
            assert person is not None
            assert person.active
            assert not any((person.bot, person.guest, person.stranger))
            assert question.policy.self_approve or person_id not in question.people


@given(questions())
def test_every_request_that_is_asked_for_can_be_approved_by_different_people(
    asking: tuple[Question, Company],
) -> None:
    assert _approvable(decide(*asking), frozenset(), 0)


def _approvable(decision: PolicyDecision, spent: frozenset[str], at: int) -> bool:
    """Whether some choice of deciders takes the request through all stages from `at` on."""
    if at == len(decision.stages):
        return True
    planned = decision.stages[at]
    free = [person_id for person_id in planned.ids if person_id not in spent]
    if planned.rule == "all":
        return bool(free) and _approvable(decision, spent.union(free), at + 1)
    return any(_approvable(decision, spent | {person_id}, at + 1) for person_id in free)


def test_the_admins_are_people_too() -> None:
    assert asked(
        ask(ADI, owners=[], stage=[stage("admins")]), Company([ADI, MAX], admins=["U0ADI", "U0MAX"])
    ) == [("U0MAX",)]


@given(questions(), whens)
def test_a_requirement_refuses_exactly_those_who_do_not_meet_it(
    asking: tuple[Question, Company], when: dict[str, Any]
) -> None:
    question, who = asking
    rule = {"name": "Required", "why": "It has to be.", "when": when}
    strict = replace(question, app=AppSpec.model_validate(question.app.stored() | {"require": [rule]}))
    if applies(strict.app.require[0].when, strict, who, both=True):
        assert decide(strict, who) == decide(question, who)
    else:
        assert decide(strict, who).verdict is Verdict.DENY


@given(questions(), whens)
def test_a_deny_rule_that_applies_wins_over_everything_else(
    asking: tuple[Question, Company], when: dict[str, Any]
) -> None:
    question, who = asking
    rule = {"name": "Never", "when": when}
    strict = replace(question, app=AppSpec.model_validate(question.app.stored() | {"deny": [rule]}))
    decision = decide(strict, who)
    if applies(strict.app.deny[0].when, strict, who):
        assert decision.verdict is Verdict.DENY
    else:
        assert decision == decide(question, who)


@given(questions())
def test_every_reason_names_a_rule_that_can_be_looked_up(asking: tuple[Question, Company]) -> None:
    question, who = asking
    policy = question.policy
    stages = {f"stage “{stage.name}”" for stage in policy.stages} | {"stage “Owners”"}
    rules = {f"rule “{rule.name}”" for rule in (*policy.deny, *policy.require, *policy.auto_approve)}
    built_in = {"people", "guests", "may be requested", "on behalf"}
    assert {reason.rule for reason in decide(question, who).because} <= stages | rules | built_in
