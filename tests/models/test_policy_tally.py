from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.spec.enums import OnReject
from models.policy import TallyStatus, tally

VETO = OnReject.VETO
APPROVED, REJECTED, OPEN = TallyStatus.APPROVED, TallyStatus.REJECTED, TallyStatus.OPEN
THREE = ("ana", "bo", "cy")

rules = st.one_of(st.sampled_from(["any", "all"]), st.integers(1, 4))
people = st.lists(st.sampled_from("abcde"), min_size=1, max_size=4, unique=True)
on_rejects = st.sampled_from(OnReject)
others = st.sets(st.sampled_from("abcde"), max_size=2)
decisions = st.lists(st.tuples(st.sampled_from("abcdefg"), st.booleans()), max_size=5)


def test_any_takes_the_first_decision() -> None:
    assert tally("any", THREE, [("bo", True), ("ana", False)]).status is APPROVED
    assert tally("any", THREE, [("bo", False), ("ana", True)]).status is REJECTED


def test_all_is_rejected_by_one_and_approved_by_everyone() -> None:
    assert tally("all", THREE, [("ana", True), ("bo", True)]).status is OPEN
    assert tally("all", THREE, [("ana", True), ("bo", False)]).status is REJECTED
    assert tally("all", THREE, [(person, True) for person in THREE]).status is APPROVED


def test_a_number_is_approved_whatever_the_rejections_and_rejected_once_out_of_reach() -> None:
    assert tally(2, THREE, [("ana", False), ("bo", True), ("cy", True)]).status is APPROVED
    assert tally(2, THREE, [("ana", False)]).status is OPEN
    assert tally(2, THREE, [("ana", False), ("bo", False)]).status is REJECTED


def test_under_a_veto_one_rejection_ends_it_however_many_approve() -> None:
    assert tally(2, THREE, [("ana", False)], on_reject=VETO).status is REJECTED
    assert tally(1, THREE, [("ana", True), ("bo", True)], on_reject=VETO).status is APPROVED


def test_under_all_an_alternate_takes_the_place_of_somebody_who_is_missing() -> None:
    asked, alternates = (*THREE, "dee"), ("dee",)
    assert tally("all", asked, [("ana", True), ("bo", True)], alternates=alternates).still_needed == 1
    approved = [(person, True) for person in ("ana", "bo", "dee")]
    assert tally("all", asked, approved, alternates=alternates).status is APPROVED
    assert tally("all", asked, [("dee", False)], alternates=alternates).status is REJECTED


def test_a_tally_says_what_is_missing_and_for_whom_it_waits() -> None:
    counted = tally(2, THREE, [("bo", True)])
    assert (counted.approvals, counted.rejections, counted.still_needed) == (1, 0, 1)
    assert counted.waiting == ("ana", "cy")
    assert tally("any", THREE, [("bo", True)]).waiting == ()


def test_who_was_not_asked_does_not_count_and_nobody_counts_twice() -> None:
    assert tally("any", THREE, [("eve", True)]).status is OPEN
    assert tally(2, THREE, [("ana", True), ("ana", True)]).status is OPEN
    assert tally("all", THREE, [("ana", True), ("ana", False)]).approvals == 1


@given(rules, decisions)
def test_a_stage_that_asks_nobody_is_never_approved(rule: str | int, made: list[tuple[str, bool]]) -> None:
    assert tally(rule, (), made).status is OPEN


@given(rules, people, decisions, st.sampled_from("abcde"), on_rejects, others)
def test_one_more_approval_never_turns_approved_into_rejected(
    rule: str | int,
    asked: list[str],
    made: list[tuple[str, bool]],
    approver: str,
    on_reject: OnReject,
    others: set[str],
) -> None:
    before, after = (
        tally(rule, asked, some, on_reject=on_reject, alternates=others)
        for some in (made, [*made, (approver, True)])
    )
    if before.status is not OPEN:
        assert after.status is before.status
    assert after.approvals >= before.approvals
    assert after.status is not REJECTED or before.status is REJECTED


@given(st.one_of(st.just("all"), st.integers(1, 4)), people, on_rejects, others, st.data())
def test_the_order_of_decisions_does_not_matter_for_all_and_numbers(
    rule: str | int, asked: list[str], on_reject: OnReject, others: set[str], data: st.DataObject
) -> None:
    made = data.draw(st.lists(st.tuples(st.sampled_from(asked), st.booleans()), unique_by=lambda one: one[0]))
    orders = permutations(made)
    found = {tally(rule, asked, order, on_reject=on_reject, alternates=others).status for order in orders}
    assert len(found) == 1


@given(people, on_rejects, others, st.data())
def test_the_order_of_approvals_does_not_matter_under_any_rule(
    asked: list[str], on_reject: OnReject, others: set[str], data: st.DataObject
) -> None:
    rule, approvers = data.draw(rules), data.draw(st.lists(st.sampled_from(asked), unique=True))
    orders = [[(person, True) for person in order] for order in permutations(approvers)]
    found = {tally(rule, asked, order, on_reject=on_reject, alternates=others).status for order in orders}
    assert len(found) == 1


@given(st.integers(1, 4), people, on_rejects, st.data())
def test_a_number_is_rejected_as_soon_as_it_is_out_of_reach_and_no_sooner(
    number: int, asked: list[str], on_reject: OnReject, data: st.DataObject
) -> None:
    made = data.draw(st.lists(st.tuples(st.sampled_from(asked), st.booleans()), unique_by=lambda one: one[0]))
    rejections = sum(not approves for _, approves in made)
    out_of_reach = rejections > 0 and (on_reject is VETO or len(asked) - rejections < number)
    assert (tally(number, asked, made, on_reject=on_reject).status is REJECTED) is out_of_reach


@given(st.one_of(st.just("all"), st.integers(1, 4)), people, st.data())
def test_a_closed_stage_stays_closed_the_same_way(
    rule: str | int, asked: list[str], data: st.DataObject
) -> None:
    made = data.draw(st.lists(st.tuples(st.sampled_from(asked), st.booleans()), unique_by=lambda one: one[0]))
    states = [tally(rule, asked, made[:end]).status for end in range(len(made) + 1)]
    closed = [state for state in states if state is not OPEN]
    assert len(set(closed)) <= 1
    assert states == [OPEN] * (len(states) - len(closed)) + closed


@given(rules, people, decisions)
def test_a_tally_adds_up(rule: str | int, asked: list[str], made: list[tuple[str, bool]]) -> None:
    counted = tally(rule, asked, made)
    assert counted.approvals + counted.rejections <= len(asked)
    assert (counted.still_needed == 0) is (counted.status is APPROVED)
    assert not counted.waiting or counted.status is OPEN
