"""The requester's card, from the submission to the end of the access."""

from datetime import timedelta

import pytest

from models.catalogue.spec.enums import RequestKind
from models.tables.cards import CardKind
from models.tables.grants import Direction
from models.tables.requests import Term
from models.tables.states import GrantState, RequestState, StageState
from tests.blocks.slack_validation import drawn
from tests.blocks.stories import (
    ADA,
    ALAN,
    EIGHT_HOURS,
    GRACE,
    NOON,
    OTTO,
    decision,
    grant,
    stage,
    story,
)


@pytest.mark.parametrize("state", [RequestState.PENDING, RequestState.APPROVED])
def test_who_was_given_another_time_can_use_less_of_it_or_give_it_back(state: RequestState) -> None:
    short = Term(length=timedelta(hours=4))
    decided = stage(0, "2", [GRACE, ALAN], decision(GRACE, term=short))
    pending = state is RequestState.PENDING
    changed = story(decided, state=state, grant=None if pending else grant(), term=short, asked=EIGHT_HOURS)
    mine = ["Remind", "Withdraw", "Use less", "Comment"] if pending else ["Use less", "Give back"]
    assert drawn(CardKind.REQUEST, changed, ADA)[1] == [*mine, "Details"]
    assert "Use less" not in drawn(CardKind.APPROVAL, changed, GRACE)[1]
    usual = story(state=state, grant=None if pending else grant())
    assert "Use less" not in drawn(CardKind.REQUEST, usual, ADA)[1]


def test_what_the_requester_shortened_is_shown_as_theirs() -> None:
    decided = stage(0, "2", [GRACE, ALAN], decision(GRACE, term=Term(length=timedelta(hours=4))))
    shortened = story(decided, term=Term(length=timedelta(hours=1)), asked=EIGHT_HOURS)
    for kind, viewer in ((CardKind.APPROVAL, ALAN), (CardKind.REQUEST, ADA)):
        assert "8 hours → *1 hour*, changed by <@UADA>" in drawn(kind, shortened, viewer)[0]


def test_the_requester_reads_who_is_waited_for_and_can_withdraw() -> None:
    said, buttons, text = drawn(CardKind.REQUEST, story(), ADA)
    assert said.startswith("*You requested GitHub · Engineering team* for *8 hours*\n> INC-42: db is down\n")
    assert "Waiting for <@UGRACE> or <@UALAN> · expires <!date" in said
    assert buttons == ["Remind", "Withdraw", "Comment", "Details"]
    assert text == "GitHub · Engineering team: Pending"


def test_the_requester_reads_by_whom_and_why_it_was_rejected() -> None:
    decided = stage(
        0, "any", [GRACE], decision(GRACE, approve=False, comment="Not now"), state=StageState.REJECTED
    )
    rejected = story(decided, state=RequestState.REJECTED, closed_by=GRACE, closing_note="Not now")
    said, buttons, text = drawn(CardKind.REQUEST, rejected, ADA)
    assert said.startswith(
        ":x: *Rejected* by <@UGRACE> · GitHub · Engineering team · 8 hours · “Not now”\n"
        "> INC-42: db is down\n"
    )
    assert said.count("Not now") == 1
    assert buttons == ["Request again", "Details"]
    assert text == "GitHub · Engineering team: Rejected by Grace"


@pytest.mark.parametrize("state", [one for one in RequestState if one is not RequestState.PENDING])
def test_what_came_to_nothing_can_be_asked_for_again_from_its_card(state: RequestState) -> None:
    there = drawn(CardKind.REQUEST, story(state=state, closed_by=GRACE), ADA)[1]
    assert ("Request again" in there) == (state not in (RequestState.APPROVED, RequestState.CANCELLED))
    assert "Request again" not in drawn(CardKind.REQUEST, story(state=state, closed_by=GRACE), OTTO)[1]
    more = story(state=state, closed_by=GRACE, kind=RequestKind.EXTEND, grant=grant())
    assert "Request again" not in drawn(CardKind.REQUEST, more, ADA)[1]


@pytest.mark.parametrize("state", list(GrantState))
def test_the_requester_reads_what_became_of_the_access(state: GrantState) -> None:
    holding = grant(state=state, starts_at=NOON, error="No licence", failing=Direction.GIVE, over_at=NOON)
    approved = story(
        stage(0, "any", [GRACE], decision(GRACE), state=StageState.APPROVED),
        state=RequestState.APPROVED, closed_by=GRACE, grant=holding,
    )  # fmt: skip
    said = drawn(CardKind.REQUEST, approved, ADA)[0]
    assert "GitHub · Engineering team" in said
    assert "approved by <@UGRACE>" in said
    assert f"*{state.label}*" in said.splitlines()[0]
    failed = "Couldn't be set up yet: “No licence”. <@UROOT> has been told."
    assert (failed in said) == (state is GrantState.FAILED)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (
            "The other side does not answer: usergroups.users.list: HTTP 503 internal_error.",
            ": Slack isn't answering",
        ),
        ("The target system did not answer within 100 seconds.", ": Slack isn't answering"),
        ("KeyError: 'members'", ""),
        ("Slack refused it: plan_upgrade_required", ""),
        ("The group S0LS00009 is gone", ""),
        ("No seat is left.", ": No seat is left"),
    ],
)
def test_the_requester_reads_what_failed_without_a_raw_error(error: str, cause: str) -> None:
    broken = grant(
        state=GrantState.FAILED, failing=Direction.GIVE, error=error, connector={"type": "slack_usergroup"}
    )
    said = drawn(CardKind.REQUEST, story(state=RequestState.APPROVED, closed_by=GRACE, grant=broken), ADA)[0]
    assert f"\nCouldn't be set up yet{cause}. <@UROOT> has been told.\n" in said


def test_an_approval_by_a_rule_quotes_the_rule() -> None:
    by_rule = story(
        stage(0, "any", [], state=StageState.CLOSED),
        state=RequestState.APPROVED, closed_by="keyturn", closing_note="Low risk and under a day.",
    )  # fmt: skip
    said = drawn(CardKind.REQUEST, by_rule, ADA)[0]
    assert "*Approved* by Keyturn" in said
    assert "“Low risk and under a day.”" in said


def test_when_they_were_reminded_stands_on_the_card_while_it_is_pending() -> None:
    assert "· reminded <!date" in drawn(CardKind.REQUEST, story(reminded_at=NOON), ADA)[0]
    over = story(reminded_at=NOON, state=RequestState.EXPIRED)
    assert "reminded" not in drawn(CardKind.REQUEST, over, ADA)[0]
