from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.spec import StageSpec
from models.policy import Company, StageHistory, TallyStatus, decide, escalation_wait, open_stage, tally
from tests.models.policy_questions import ADI, ANA, BEN, COMPANY, EVERYBODY, MAX, OLA, SAM, ask, stage

PEOPLE = [person.id for person in EVERYBODY]
TWO_OF_THREE = StageSpec(name="Check", approvers=("U0SAM", "U0MAX", "U0OLE"), rule=2)


def test_a_stage_that_opens_asks_whom_the_plan_named() -> None:
    question = ask(stage=[stage("manager"), stage("@oncall", "owners")])
    for planned in decide(question, COMPANY).stages:
        assert open_stage(planned.spec, planned.position, question, COMPANY) == planned


def test_who_decided_in_an_earlier_stage_is_not_asked_again() -> None:
    opened = open_stage(StageSpec(approvers=("U0SAM", "U0MAX")), 1, ask(), COMPANY, StageHistory(("U0SAM",)))
    assert opened.ids == ("U0MAX",)
    assert opened.left_out == ("Sam has already decided",)


def test_owners_stand_in_where_an_earlier_stage_used_everyone_up() -> None:
    opened = open_stage(StageSpec(approvers=("U0SAM",)), 1, ask(), COMPANY, StageHistory(("U0SAM",)))
    assert (opened.ids, opened.fallback) == (("U0OLA",), True)


def test_whoever_left_the_company_since_is_not_asked() -> None:
    without_sam = Company([person for person in EVERYBODY if person is not SAM], admins=["U0ADI"])
    spec = StageSpec(approvers=("U0SAM", "U0MAX"))
    assert open_stage(spec, 0, ask(), without_sam).ids == ("U0MAX",)


def test_decisions_of_this_stage_count_towards_its_number() -> None:
    opened = open_stage(TWO_OF_THREE, 0, ask(), COMPANY, StageHistory(("U0SAM",), decided_here=1))
    assert (opened.ids, opened.needed, opened.fallback) == (("U0MAX", "U0OLE"), 2, False)


def test_a_stage_out_of_reach_is_not_filled_up_with_others() -> None:
    opened = open_stage(TWO_OF_THREE, 0, ask(), COMPANY, StageHistory(("U0SAM", "U0MAX"), decided_here=2))
    decisions = [("U0SAM", False), ("U0MAX", False)]
    assert opened.ids == ("U0OLE",)
    assert tally(opened.rule, ("U0SAM", "U0MAX", *opened.ids), decisions).status is TallyStatus.REJECTED


def test_a_stage_for_all_that_everyone_has_decided_asks_no_stand_ins() -> None:
    both = StageSpec(approvers=("U0SAM", "U0MAX"), rule="all")
    opened = open_stage(both, 0, ask(), COMPANY, StageHistory(("U0SAM", "U0MAX"), decided_here=2))
    assert (opened.ids, opened.needed) == ((), 2)


def test_the_alternates_are_asked_too_once_its_time_has_passed() -> None:
    spec = StageSpec(approvers=("U0SAM",), alternates=("U0OLE", "@oncall", "U0ANA"))
    opened, late = (
        open_stage(spec, 0, ask(), COMPANY, StageHistory(escalated=escalated)) for escalated in (False, True)
    )
    assert (opened.ids, [one.person_id for one in opened.alternates]) == (("U0SAM",), ["U0OLE", "U0OLA"])
    assert (late.ids, late.alternates, late.needed) == (("U0SAM", "U0OLE", "U0OLA"), (), 1)
    assert [one.because for one in late.approvers[1:]] == [
        "alternate, named in this stage",
        "alternate, in @oncall",
    ]
    assert late.remark == "No decision in time; alternates were asked."
    assert late.because.text.endswith(late.remark)


def test_where_no_alternate_can_be_asked_nobody_stands_in_silently() -> None:
    spec = StageSpec(approvers=("U0SAM",), alternates=("U0DEB", "U0ANA"))
    late = open_stage(spec, 0, ask(), COMPANY, StageHistory(escalated=True))
    assert late.ids == ("U0SAM",)
    assert late.remark == (
        "No decision in time; none of its alternates can be asked (Deb is deactivated, Ana is the requester)."
    )


def test_alternates_are_the_first_to_stand_in_where_nobody_of_the_stage_can_be_asked() -> None:
    spec = StageSpec(approvers=("U0DEB",), alternates=("U0SAM",))
    opened = open_stage(spec, 0, ask(), COMPANY)
    assert (opened.ids, opened.fallback, opened.alternates) == (("U0SAM",), True, ())
    assert opened.remark == (
        "None of its approvers can be asked (Deb is deactivated), so its alternates are asked."
    )
    assert open_stage(spec, 0, ask(), COMPANY, StageHistory(escalated=True)) == opened


def test_owners_and_admins_stand_in_after_the_alternates() -> None:
    spec = StageSpec(approvers=("@empty",), alternates=("U0SAM",), rule=2)
    opened = open_stage(spec, 0, ask(), COMPANY)
    assert opened.ids == ("U0SAM", "U0OLA")
    assert opened.remark.endswith("so its alternates and the owners of GitHub are asked.")


def test_an_alternate_who_has_decided_is_still_one_who_was_asked() -> None:
    spec = StageSpec(approvers=("U0SAM", "U0MAX", "U0OLA"), rule="all", alternates=("U0OLE",))
    course = StageHistory(("U0OLE",), decided_here=1, escalated=True, alternates=("U0OLE",))
    late = open_stage(spec, 0, ask(), COMPANY, course)
    assert (late.needed, late.remark) == (3, "No decision in time; alternates were asked.")


@given(st.sets(st.sampled_from(PEOPLE)), st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1))
def test_escalation_never_asks_the_requester_nor_anybody_twice(named: set[str], others: list[str]) -> None:
    spec = StageSpec(approvers=tuple(sorted(named - {*others})) or ("owners",), alternates=tuple(others))
    question = ask(beneficiary=BEN)
    late = open_stage(spec, 0, question, COMPANY, StageHistory(escalated=True))
    assert not {ANA.id, BEN.id} & set(late.ids)
    assert len(set(late.ids)) == len(late.ids)


def test_a_stage_escalates_before_the_request_expires() -> None:
    spec = StageSpec(approvers=("owners",), alternates=("admins",), escalate_after="4h")
    assert escalation_wait(spec, timedelta(hours=48)) == timedelta(hours=4)
    assert escalation_wait(spec, timedelta(hours=3)) == timedelta(hours=1.5)
    without = StageSpec(approvers=("owners",), alternates=("admins",))
    assert escalation_wait(without, timedelta(hours=48)) == timedelta(hours=24)
    assert escalation_wait(StageSpec(approvers=("owners",)), timedelta(hours=48)) is None


def test_a_stage_keeps_its_people_when_its_condition_no_longer_holds() -> None:
    night = StageSpec(approvers=("U0SAM",), when={"hours": "22:00-06:00"})
    opened = open_stage(night, 0, ask(), COMPANY)
    assert opened.ids == ("U0SAM",)
    assert opened.because.text == "Required when the request was sent."


def test_with_nobody_left_the_stage_has_no_people_and_says_why() -> None:
    alone = Company([ANA, OLA, MAX, ADI], admins=["U0ANA"])
    opened = open_stage(
        StageSpec(name="Check", approvers=("manager",)), 1, ask(), alone, StageHistory(("U0MAX", "U0OLA"))
    )
    assert opened.approvers == ()
    assert opened.because.text == (
        "Nobody can decide stage “Check” of GitHub: none of its approvers, owners or workspace "
        "admins can be asked (Max has already decided, Ola has already decided, Ana is the requester)."
    )
    assert tally(opened.rule, opened.ids, [("U0MAX", True)]).status is TallyStatus.OPEN
