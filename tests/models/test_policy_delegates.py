"""Who decides in place of whom: passed on, standing in, quiet."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.spec import StageSpec
from models.policy import (
    Company,
    Delegate,
    PlannedStage,
    ReassignedVote,
    StageHistory,
    TallyStatus,
    open_stage,
    tally,
)
from tests.models.policy_questions import ANA, EVERYBODY, MAX, ONCALL, ask

MARCH = date(2031, 3, 3)
PEOPLE = [person.id for person in EVERYBODY]


def company(**away: str) -> Company:
    """The company, in which these are away: OLA="U0OLE" has Ole stand in for Ola."""
    absences = {f"U0{name}": Delegate(other, MARCH) for name, other in away.items()}
    return Company(EVERYBODY, [ONCALL], admins=["U0ADI"], away=absences)


def opened(who: Company, *approvers: str, course: StageHistory | None = None, **more: Any) -> PlannedStage:
    spec = StageSpec(name="Check", approvers=approvers, **more)
    return open_stage(spec, 0, ask(owners=["U0OLA"]), who, course or StageHistory())


def asked(stage: PlannedStage) -> list[str]:
    return [one.person_id for one in stage.asked]


class TestStandIns:
    def test_who_is_away_has_somebody_asked_for_them_and_can_decide_all_the_same(self) -> None:
        stage = opened(company(OLA="U0OLE"), "U0OLA", rule="all")
        assert asked(stage) == ["U0OLE"]
        assert stage.ids == ("U0OLE", "U0OLA")
        assert (stage.voters, stage.needed) == (("U0OLA",), 1)
        assert stage.approvers[0].because == (
            "for Ola, out of office until 3 March 2031 (named in this stage)"
        )

    def test_a_stand_in_with_a_vote_of_their_own_gives_only_that(self) -> None:
        stage = opened(company(OLA="U0OLE"), "U0OLA", "U0OLE", rule="all")
        assert asked(stage) == ["U0OLA", "U0OLE"]
        assert stage.approvers[0].because == (
            "named in this stage; out of office, but the delegate Ole is already asked"
        )

    def test_one_person_stands_in_for_one_at_a_time(self) -> None:
        stage = opened(company(OLA="U0OLE", SAM="U0OLE"), "U0OLA", "U0SAM")
        assert asked(stage) == ["U0OLE", "U0SAM"]

    def test_a_stand_in_who_is_away_too_is_not_followed(self) -> None:
        stage = opened(company(OLA="U0OLE", OLE="U0SAM"), "U0OLA")
        assert asked(stage) == ["U0OLA"]
        assert "the delegate Ole is out of office too" in stage.approvers[0].because

    def test_once_the_stand_in_has_decided_the_one_who_is_away_has_no_vote_left(self) -> None:
        course = StageHistory(decided=("U0OLE",), decided_here=1, approved_here=1, represented=("U0OLA",))
        stage = opened(company(OLA="U0OLE"), "U0OLA", "U0SAM", rule=2, course=course)
        assert stage.ids == ("U0SAM",)
        assert "Ola has a delegate who has decided" in stage.left_out


class TestPassedOn:
    def test_who_got_it_decides_and_who_passed_it_on_does_not(self) -> None:
        course = StageHistory(reassignments=(ReassignedVote("U0SAM", "U0OLE", "U0SAM", "Ask Ole"),))
        stage = opened(company(), "U0SAM", "U0MAX", rule="all", course=course)
        assert (stage.ids, stage.needed) == (("U0MAX", "U0OLE"), 2)
        assert stage.approvers[-1].because == "reassigned by Sam: Ask Ole"

    def test_it_can_be_passed_on_further_and_comes_back_from_who_cannot_decide(self) -> None:
        further = StageHistory(
            reassignments=(
                ReassignedVote("U0SAM", "U0OLE", "U0SAM"),
                ReassignedVote("U0OLE", "U0MAX", "U0OLE"),
            )
        )
        assert opened(company(), "U0SAM", course=further).ids == ("U0MAX",)
        gone = StageHistory(reassignments=(*further.reassignments, ReassignedVote("U0MAX", "U0DEB", "U0MAX")))
        assert opened(company(), "U0SAM", course=gone).ids == ("U0MAX",)
        nobody = StageHistory(reassignments=(ReassignedVote("U0SAM", "U0DEB", "U0SAM"),))
        assert opened(company(), "U0SAM", course=nobody).ids == ("U0SAM",)

    def test_it_stays_passed_on_when_the_one_before_leaves(self) -> None:
        course = StageHistory(reassignments=(ReassignedVote("U0DEB", "U0OLE", "U0ADI"),))
        assert opened(company(), "U0DEB", course=course).ids == ("U0OLE",)

    def test_who_got_it_and_is_away_has_somebody_stand_in(self) -> None:
        course = StageHistory(reassignments=(ReassignedVote("U0SAM", "U0OLE", "U0SAM"),))
        assert asked(opened(company(OLE="U0MAX"), "U0SAM", course=course)) == ["U0MAX"]


class TestQuiet:
    def test_the_quiet_may_decide_and_are_not_asked(self) -> None:
        stage = opened(company(), "U0SAM", quiet=("U0MAX",))
        assert (stage.ids, asked(stage)) == (("U0SAM", "U0MAX"), ["U0SAM"])
        assert opened(company(), "@oncall", quiet=("U0SAM",)).quiet_voters == {"U0SAM"}

    def test_all_does_without_them_unless_they_decide(self) -> None:
        seats, quiet = ("U0SAM", "U0MAX"), ("U0MAX",)
        assert tally("all", seats, [("U0SAM", True)], quiet).status is TallyStatus.APPROVED
        assert tally("all", seats, [("U0MAX", True)], quiet).status is TallyStatus.OPEN
        assert tally("all", seats, [("U0MAX", False)], quiet).status is TallyStatus.REJECTED

    def test_a_number_can_be_met_by_them_and_nobody_waits_for_them(self) -> None:
        seats, quiet = ("U0SAM", "U0MAX", "U0OLE"), ("U0MAX",)
        assert tally(2, seats, [("U0MAX", True), ("U0SAM", True)], quiet).status is TallyStatus.APPROVED
        assert tally(2, seats, [("U0SAM", True)], quiet).waiting == ("U0OLE",)

    def test_where_there_are_only_quiet_ones_they_are_asked_and_the_reason_says_so(self) -> None:
        stage = opened(company(), "U0SAM", quiet=("U0SAM", "U0MAX"))
        assert asked(stage) == ["U0SAM", "U0MAX"]
        assert stage.because.text.endswith("as there are too few others.")

    def test_they_are_asked_once_the_others_cannot_make_up_the_number(self) -> None:
        rejected = StageHistory(decided=("U0SAM",), decided_here=1)
        stage = opened(company(), "U0SAM", "U0OLE", quiet=("U0MAX",), rule=2, course=rejected)
        assert asked(stage) == ["U0OLE", "U0MAX"]


some = st.sampled_from(PEOPLE)
refs = st.one_of(some, st.sampled_from(["owners", "admins", "manager", "@oncall"]))


stages = st.builds(
    StageSpec.model_construct,
    name=st.just("Check"),
    approvers=st.lists(refs, min_size=1, max_size=4, unique=True).map(tuple),
    quiet=st.lists(refs, max_size=2, unique=True).map(tuple),
    rule=st.one_of(st.sampled_from(["any", "all"]), st.integers(1, 3)),
)
courses = st.builds(
    lambda decided, stood_in, passed: StageHistory(
        tuple(decided), len(decided), represented=tuple(stood_in), reassignments=tuple(passed)
    ),
    st.lists(some, max_size=2, unique=True),
    st.lists(some, max_size=1),
    st.lists(st.builds(ReassignedVote, st.one_of(st.just(""), some), some, some), max_size=4),
)


@given(stages, courses, st.dictionaries(some, some, max_size=5), st.booleans())
def test_whoever_decides_instead_nobody_decides_on_their_own_and_no_vote_counts_twice(
    spec: StageSpec, course: StageHistory, away: dict[str, str], self_approve: bool
) -> None:
    absences = {one: Delegate(other, MARCH) for one, other in away.items()}
    who = Company(EVERYBODY, [ONCALL], admins=["U0ADI"], away=absences)
    question = ask(beneficiary=MAX, owners=["U0OLA", "U0ANA"], self_approve=self_approve)
    stage = open_stage(spec, 0, question, who, course)
    people = [one.person_id for one in stage.approvers]
    assert len(people) == len(set(people))
    assert not set(people) & course.already_voted.keys()
    assert not set(stage.voters) & course.already_voted.keys()
    if not self_approve:
        assert not set(people) & {ANA.id, MAX.id}
    for one in stage.approvers:
        person = who.person(one.person_id)
        assert person is not None
        assert not person.barred
        assert not person.guest
        if one.on_behalf_of or one.because.startswith("passed on"):
            assert one.person_id not in (ANA.id, MAX.id)
    asked_seats = [one.votes_for for one in stage.asked]
    assert len(asked_seats) == len(set(asked_seats))
