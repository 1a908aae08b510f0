"""Verbs, played without a database: what each collects, and what is left of one that is dropped."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.catalogue.spec import AppSpec
from models.errors import (
    AlreadyDecided,
    Closed,
    Invalid,
    NotAllowed,
    NotAnApprover,
    NotFound,
    OwnRequest,
    Refusal,
)
from models.lifecycle import due
from models.lifecycle.grant import give, revoke
from models.lifecycle.request import cancel, change_duration, comment, decide, submit
from models.lifecycle.request.plan import Draft
from models.registry.by_reference import lock_grant
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.base import GROUPS
from models.tables.cards import CardKind
from models.tables.grants import Cause, Grant
from models.tables.people import Person
from models.tables.requests import Asked, Decision, Request, Stage, Term
from models.tables.states import GrantState, RequestState, StageState
from tests.models.company import ADA, ALAN, GITHUB, GRACE, ROOT, found
from tests.models.verbs_in_memory import NOON, actions, all_in, case_of, only, play, rows_in
from tests.rows import new_row

HOUR = timedelta(hours=1)
EIGHT_HOURS = Term(length=8 * HOUR)
MANY = [f"UDECIDER{number}" for number in range(6)]
PEOPLE = [ADA, GRACE, ALAN, ROOT, "UNOBODY"]


def company(**app: Any) -> Case:
    """Ada, Grace, Alan and Root, and GitHub with these changes."""
    case = case_of()
    play(found, case, AppSpec.model_validate(GITHUB.stored() | app))
    return case


def asked(**app: Any) -> Case:
    """Ada has asked for the engineering team (AR-1)."""
    case = company(**app)
    play(submit.submit, case, Draft(ADA, ADA, "github", ("engineering",), EIGHT_HOURS, "INC-42"))
    return case


def held(**app: Any) -> Case:
    """It was approved, and is there (GR-1)."""
    case = asked(**app)
    play(decide.approve, case, "AR-1", GRACE)
    play(begins, case, "GR-1")
    return case


def begins(out: Outcome, ref: str) -> None:
    """The connector has given it."""
    grant = lock_grant(out.case, ref)
    if grant.state is not GrantState.GRANTING:
        raise Closed(f"{ref} is {grant.state.label.lower()}.")
    give.mark_active(out, grant)


def test_an_approval_closes_the_request_and_has_the_access_given() -> None:
    case = asked()
    out = play(decide.approve, case, "AR-1", GRACE, comment="Fine")
    request, grant = only(case, Request), only(case, Grant)
    assert (request.state, request.closed_by, request.closed_at) == (RequestState.APPROVED, GRACE, NOON)
    assert (grant.state, grant.ref, request.grant_id) == (GrantState.GRANTING, "GR-1", 1)
    assert only(case, Decision).comment == "Fine"
    assert actions(out) == ["decision.approve", "request.approved", "grant.granting"]
    assert list(out.jobs) == ["settle:manual:github/engineering"]
    assert {"AR-1", "GR-1", ADA} <= out.touched


def test_a_rejection_closes_the_request_with_its_comment_and_gives_nothing() -> None:
    case = asked()
    out = play(decide.reject, case, "AR-1", ALAN, comment="Not during the freeze")
    request = only(case, Request)
    assert (request.state, request.closing_note) == (RequestState.REJECTED, "Not during the freeze")
    assert only(case, Stage).state is StageState.REJECTED
    assert actions(out) == ["decision.reject", "request.rejected"]
    assert (all_in(case, Grant), out.jobs) == ([], {})


def test_who_asked_takes_it_back_and_nobody_else_does() -> None:
    case = asked()
    with pytest.raises(NotAllowed, match="Only the requester"):
        play(cancel.withdraw, case, "AR-1", ROOT)
    out = play(cancel.withdraw, case, "AR-1", ADA)
    assert only(case, Request).state is RequestState.WITHDRAWN
    assert only(case, Stage).state is StageState.CLOSED
    assert actions(out) == ["request.withdrawn"]
    with pytest.raises(Closed, match="already withdrawn by Ada"):
        play(decide.approve, case, "AR-1", GRACE)


def test_the_next_stage_asks_its_people_once_the_one_before_has_approved() -> None:
    security = {"name": "Security", "approvers": [ROOT]}
    case = asked(stage=[*(one.stored() for one in GITHUB.stage), security])
    out = play(decide.approve, case, "AR-1", GRACE)
    assert (only(case, Request).state, only(case, Request).position) == (RequestState.PENDING, 1)
    assert [one.state for one in all_in(case, Stage)] == [StageState.APPROVED, StageState.OPEN]
    assert {one.person_id for one in all_in(case, Asked) if one.position == 1} == {ROOT}
    assert actions(out) == ["decision.approve", "stage.opened"]
    assert (CardKind.APPROVAL, "AR-1", ROOT) in out.cards
    with pytest.raises(AlreadyDecided, match="You have already decided on AR-1"):
        play(decide.reject, case, "AR-1", GRACE)
    out = play(decide.approve, case, "AR-1", ROOT)
    assert actions(out) == ["decision.approve", "request.approved", "grant.granting"]


def test_what_nobody_decided_expires_by_itself() -> None:
    case = asked()
    case.now = only(case, Request).expires_at
    out = play(due._expire, case, only(case, Request))
    request = only(case, Request)
    assert (request.state, request.closed_by) == (RequestState.EXPIRED, SYSTEM)
    assert [one.state for one in all_in(case, Stage)] == [StageState.CLOSED]
    assert (actions(out), all_in(case, Grant)) == (["request.expired"], [])


def test_a_duration_counts_from_the_moment_that_it_is_there() -> None:
    case = asked()
    play(decide.approve, case, "AR-1", GRACE)
    case.now += HOUR
    out = play(begins, case, "GR-1")
    grant = only(case, Grant)
    assert (grant.state, grant.active_at) == (GrantState.ACTIVE, NOON + HOUR)
    assert grant.ends_at == grant.due_at == NOON + 9 * HOUR
    assert actions(out) == ["grant.active"]
    assert list(out.cards) == [(CardKind.ACCESS, "GR-1", ADA)]


def test_more_time_moves_the_end_of_the_same_grant() -> None:
    case = held()
    out = play(submit.extend, case, "GR-1", ADA, EIGHT_HOURS, "Not done yet")
    assert actions(out) == ["request.pending", "stage.opened"]
    out = play(decide.approve, case, "AR-2", ALAN)
    assert only(case, Grant).ends_at == NOON + 16 * HOUR
    assert actions(out) == ["decision.approve", "request.approved", "grant.extended"]


def test_what_is_taken_away_takes_the_request_for_more_time_with_it() -> None:
    case = held()
    play(submit.extend, case, "GR-1", ADA, EIGHT_HOURS, "Not done yet")
    with pytest.raises(NotAllowed, match="Only an owner of GitHub or an admin"):
        play(revoke.revoke, case, "GR-1", ADA)
    out = play(revoke.revoke, case, "GR-1", ROOT, "Incident")
    grant, more = only(case, Grant), all_in(case, Request)[1]
    assert (grant.state, grant.cause, grant.caused_by) == (GrantState.REVOKING, Cause.ADMIN, ROOT)
    assert (more.state, more.closed_by) == (RequestState.CANCELLED, ROOT)
    assert actions(out) == ["grant.revoking", "request.cancelled"]
    with pytest.raises(Closed, match="already being revoked"):
        play(revoke.give_back, case, "GR-1", ADA)


@pytest.mark.parametrize(
    ("verb", "args", "refusal"),
    [
        (decide.approve, ("AR-1", ADA), OwnRequest),
        (decide.reject, ("AR-1", ROOT), NotAnApprover),
        (decide.approve, ("AR-2", GRACE), NotFound),
        (decide.approve, ("AR-x", GRACE), NotFound),
        (cancel.cancel, ("AR-1", GRACE), NotAllowed),
        (change_duration.shorten, ("AR-1", ADA, EIGHT_HOURS), Invalid),
        (submit.extend, ("GR-1", ADA, EIGHT_HOURS, ""), NotFound),
        (revoke.revoke, ("GR-1", ROOT), NotFound),
    ],
)
def test_a_verb_that_refuses_has_collected_nothing(
    verb: Callable[..., object], args: tuple[Any, ...], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):  # `play` looks at what it collected
        play(verb, asked(), *args)


def decided(rule: str | int, votes: list[bool], of: int) -> RequestState:
    """What a stage of so many approvers comes to, by the rule alone."""
    approvals, rejections = votes.count(True), votes.count(False)
    if rule == "any":
        first = next(iter(votes), None)
        return {True: RequestState.APPROVED, False: RequestState.REJECTED, None: RequestState.PENDING}[first]
    needed = of if rule == "all" else int(rule)
    if approvals >= needed:
        return RequestState.APPROVED
    return RequestState.REJECTED if of - rejections < needed else RequestState.PENDING


@given(st.data(), st.integers(2, len(MANY)))
def test_a_stage_is_decided_by_the_votes_that_settle_it_and_no_others(data: st.DataObject, of: int) -> None:
    rule = data.draw(st.sampled_from(["any", "all", *range(2, of + 1)]))
    case = company(owners=MANY[:of], stage=[{"name": "Owner", "approvers": ["owners"], "rule": rule}])
    for one in MANY[:of]:
        case.put(Person, one, new_row(Person, id=one, name=one))
    play(submit.submit, case, Draft(ADA, ADA, "github", ("engineering",), EIGHT_HOURS, "INC-42"))
    votes: list[bool] = []
    for by in data.draw(st.permutations(MANY[:of])):
        approve = data.draw(st.booleans())
        verb = decide.approve if approve else decide.reject
        if decided(rule, votes, of) is not RequestState.PENDING:
            with pytest.raises(Closed):
                play(verb, case, "AR-1", by)
            continue
        play(verb, case, "AR-1", by)
        votes.append(approve)
        assert only(case, Request).state is decided(rule, votes, of)
    assert len(all_in(case, Decision)) == len(votes)
    assert len(all_in(case, Grant)) == (only(case, Request).state is RequestState.APPROVED)


@given(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.sampled_from([decide.approve, decide.reject]))
def test_nobody_decides_on_what_they_ask_for_or_get(
    requester: str, beneficiary: str, verb: Callable[..., object]
) -> None:
    case = company(on_behalf="anyone", stage=[{"name": "All", "approvers": [ADA, GRACE, ALAN, ROOT]}])
    try:
        play(submit.submit, case, Draft(requester, beneficiary, "github", ("engineering",), EIGHT_HOURS, "x"))
    except NotAllowed:
        assume(False)
    for by in (requester, beneficiary):
        with pytest.raises(OwnRequest):
            play(verb, case, "AR-1", by)
    assert only(case, Request).state is RequestState.PENDING


NUMBER = st.integers(1, 3)
WHO = st.sampled_from(PEOPLE)
LENGTHS = st.integers(1, 12).map(lambda hours: Term(length=hours * HOUR))
Step = tuple[Callable[..., object], tuple[Any, ...]]


def on(kind: str) -> st.SearchStrategy[str]:
    return NUMBER.map(lambda number: f"{kind}-{number}")


def verb(what: Callable[..., object], *args: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(what), st.tuples(*args))


STEPS: st.SearchStrategy[Step] = st.one_of(
    verb(
        submit.submit,
        st.builds(
            lambda who, access, term: Draft(who, who, "github", (access,), term, "INC-42"),
            WHO, st.sampled_from(["engineering", "design"]), LENGTHS,
        ),
    ),
    verb(decide.approve, on("AR"), WHO),
    verb(decide.reject, on("AR"), WHO),
    verb(cancel.withdraw, on("AR"), WHO),
    verb(cancel.cancel, on("AR"), WHO),
    verb(comment.comment, on("AR"), WHO, st.sampled_from(["Which one?", " "])),
    verb(begins, on("GR")),
    verb(submit.extend, on("GR"), WHO, LENGTHS, st.just("Not done yet")),
    verb(change_duration.shorten, st.one_of(on("AR"), on("GR")), WHO, LENGTHS),
    verb(revoke.give_back, on("GR"), WHO),
    verb(revoke.revoke, on("GR"), WHO),
)  # fmt: skip


def groups_in(case: Case) -> dict[tuple[Any, Any], list[Any]]:
    """Every group, for every key that a row has there."""
    rows = rows_in(case)
    keys = ((of, of.key_of(row)) for (table, _), row in rows.items() for of in GROUPS.get(table, ()))
    return {(of, key): case.all(of, key) for of, key in keys}


@given(st.lists(st.tuples(STEPS, st.booleans(), st.integers(0, 3)), max_size=25))
def test_what_is_refused_or_dropped_leaves_the_case_as_it_was(steps: list[tuple[Step, bool, int]]) -> None:
    case = held()
    play(submit.submit, case, Draft(ADA, ADA, "github", ("design",), EIGHT_HOURS, "INC-43"))
    for (verb, args), kept, hours in steps:
        case.now += hours * HOUR
        rows, groups, numbers = rows_in(case), groups_in(case), dict(case.numbers)
        done = played(verb, case, args)
        if done is not None and kept:
            continue
        if done is not None:
            done.drop()
        assert rows_in(case) == rows
        assert {(of, key): case.all(of, key) for of, key in groups} == groups
        assert case.numbers == numbers


def played(verb: Callable[..., object], case: Case, args: tuple[Any, ...]) -> Outcome | None:
    """What came of it; None where it was refused."""
    try:
        return play(verb, case, *args)
    except Refusal:
        return None
