"""Reminders and warnings about a request that nobody has decided."""

from models.tables.cards import CardKind
from models.tables.states import RequestState
from tests.blocks.slack_validation import drawn
from tests.blocks.stories import (
    ADA,
    ALAN,
    GRACE,
    NOON,
    ROOT,
    decision,
    snapshot,
    stage,
    story,
)
from tests.blocks.test_approval_card import DECIDING


def test_a_reminder_is_short_and_decides_like_the_card() -> None:
    said, buttons, text = drawn(CardKind.REMINDER, story(), GRACE)
    assert text == "Ada is still waiting for your decision on GitHub · Engineering team"
    assert "INC-42" not in said
    assert buttons == DECIDING[:-1]


def test_the_requester_reminds_by_name() -> None:
    said, buttons, text = drawn(CardKind.NUDGE, story(), GRACE)
    assert text == "Ada reminds you: GitHub · Engineering team needs your decision"
    assert "<@UADA> reminds you: *GitHub · Engineering team* needs your decision" in said
    assert buttons == DECIDING[:-1]


def test_the_warning_tells_an_approver_to_decide_and_the_requester_for_whom_it_waits() -> None:
    said, buttons, _ = drawn(CardKind.WARNING, story(), GRACE)
    assert "<@UADA>'s request for *GitHub · Engineering team* expires soon and needs your decision" in said
    assert buttons == DECIDING[:-1]
    said, buttons, text = drawn(CardKind.WARNING, story(), ADA)
    assert text == "Your request for GitHub · Engineering team expires soon"
    assert "unless it is decided by then. It's waiting for <@UGRACE> or <@UALAN>." in said
    assert buttons == ["Comment", "Details"]


def test_a_warning_that_is_over_says_how_it_ended() -> None:
    over = story(state=RequestState.EXPIRED)
    said, buttons, _ = drawn(CardKind.WARNING, over, ADA)
    assert ":hourglass: *Expired*: nobody decided by" in said
    assert buttons == ["Details"]
    assert "*Expired*" in drawn(CardKind.WARNING, over, GRACE)[0]


NO_ALTERNATE = "No decision in time; none of its alternates can be asked (Ada asks for it)."


def test_an_admin_reads_what_is_overdue_for_whom_it_waits_and_what_to_do() -> None:
    late = story(stage(0, "any", [GRACE], remark=NO_ALTERNATE, escalated_at=NOON))
    said, buttons, text = drawn(CardKind.OVERDUE, late, ROOT)
    assert text == "Nobody has decided on GitHub · Engineering team for Ada, and nobody else can be asked"
    assert f"*Nobody has decided* on *GitHub · Engineering team* for <@{ADA}>" in said
    assert f"Waiting for <@{GRACE}> · expires <!date" in said
    assert NO_ALTERNATE in said
    assert "press *Reassign* to choose another approver. It can be you." in said
    assert buttons == ["Reassign", "Comment", "Details"]


def test_where_nothing_can_be_passed_on_the_overdue_card_offers_it_not() -> None:
    shot = snapshot(reassign="nobody")
    late = story(stage(0, "any", [GRACE], remark=NO_ALTERNATE, escalated_at=NOON), shot=shot)
    said, buttons, _ = drawn(CardKind.OVERDUE, late, ROOT)
    assert "Decisions on GitHub can't be reassigned, so ask them yourself." in said
    assert buttons == ["Comment", "Details"]


def test_an_overdue_card_says_how_it_stands_once_it_is_decided() -> None:
    over = story(stage(0, "any", [GRACE], escalated_at=NOON), state=RequestState.REJECTED, closed_by=GRACE)
    said, buttons, text = drawn(CardKind.OVERDUE, over, ROOT)
    assert f"*Rejected* by <@{GRACE}>" in said
    assert (buttons, text) == (["Details"], "GitHub · Engineering team: Rejected by Grace")


def test_a_reminder_of_what_one_has_decided_says_so() -> None:
    waits = story(stage(0, "2", [GRACE, ALAN], decision(GRACE)))
    said, buttons, _ = drawn(CardKind.REMINDER, waits, GRACE)
    assert "your decision is no longer needed" in said
    assert buttons == ["Details"]
