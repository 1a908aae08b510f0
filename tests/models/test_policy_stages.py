from models.catalogue.spec import StageSpec
from models.policy import Company, Course, TallyStatus, decide, open_stage, tally
from tests.models.asking import ADI, ANA, COMPANY, EVERYBODY, MAX, OLA, SAM, ask, stage

TWO_OF_THREE = StageSpec(name="Check", approvers=("U0SAM", "U0MAX", "U0OLE"), rule=2)


def test_a_stage_that_opens_asks_whom_the_plan_named() -> None:
    question = ask(stage=[stage("manager"), stage("@oncall", "owners")])
    for planned in decide(question, COMPANY).stages:
        assert open_stage(planned.spec, planned.position, question, COMPANY) == planned


def test_who_decided_in_an_earlier_stage_is_not_asked_again() -> None:
    opened = open_stage(StageSpec(approvers=("U0SAM", "U0MAX")), 1, ask(), COMPANY, Course(("U0SAM",)))
    assert opened.ids == ("U0MAX",)
    assert opened.left_out == ("Sam has decided already",)


def test_owners_stand_in_where_an_earlier_stage_used_everyone_up() -> None:
    opened = open_stage(StageSpec(approvers=("U0SAM",)), 1, ask(), COMPANY, Course(("U0SAM",)))
    assert (opened.ids, opened.fallback) == (("U0OLA",), True)


def test_whoever_left_the_company_since_is_not_asked() -> None:
    without_sam = Company([person for person in EVERYBODY if person is not SAM], admins=["U0ADI"])
    spec = StageSpec(approvers=("U0SAM", "U0MAX"))
    assert open_stage(spec, 0, ask(), without_sam).ids == ("U0MAX",)


def test_decisions_of_this_stage_count_towards_its_number() -> None:
    opened = open_stage(TWO_OF_THREE, 0, ask(), COMPANY, Course(("U0SAM",), decided_here=1))
    assert (opened.ids, opened.needed, opened.fallback) == (("U0MAX", "U0OLE"), 2, False)


def test_a_stage_out_of_reach_is_not_filled_up_with_others() -> None:
    opened = open_stage(TWO_OF_THREE, 0, ask(), COMPANY, Course(("U0SAM", "U0MAX"), decided_here=2))
    decisions = [("U0SAM", False), ("U0MAX", False)]
    assert opened.ids == ("U0OLE",)
    assert tally(opened.rule, ("U0SAM", "U0MAX", *opened.ids), decisions).status is TallyStatus.REJECTED


def test_a_stage_for_all_that_everyone_has_decided_asks_no_stand_ins() -> None:
    both = StageSpec(approvers=("U0SAM", "U0MAX"), rule="all")
    opened = open_stage(both, 0, ask(), COMPANY, Course(("U0SAM", "U0MAX"), decided_here=2))
    assert (opened.ids, opened.needed) == ((), 2)


def test_a_stage_keeps_its_people_when_its_condition_no_longer_holds() -> None:
    night = StageSpec(approvers=("U0SAM",), when={"hours": "22:00-06:00"})
    opened = open_stage(night, 0, ask(), COMPANY)
    assert opened.ids == ("U0SAM",)
    assert opened.because.text == "It applied when the request was sent."


def test_with_nobody_left_the_stage_has_no_people_and_says_why() -> None:
    alone = Company([ANA, OLA, MAX, ADI], admins=["U0ANA"])
    opened = open_stage(
        StageSpec(name="Check", approvers=("manager",)), 1, ask(), alone, Course(("U0MAX", "U0OLA"))
    )
    assert opened.approvers == ()
    assert opened.because.text == (
        "Nobody can decide stage “Check” of GitHub: no one it names, no owner and no workspace admin can be "
        "asked (Max has decided already, Ola has decided already, Ana asks for it)."
    )
    assert tally(opened.rule, opened.ids, [("U0MAX", True)]).status is TallyStatus.OPEN
