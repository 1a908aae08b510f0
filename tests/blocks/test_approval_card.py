"""An approver's card: what it says, what it offers, and what is left of it once it is decided."""

from dataclasses import replace
from datetime import timedelta

import pytest

from blocks.cards import draw
from blocks.kit.text import cut
from models.catalogue.spec.enums import RequestKind
from models.tables.cards import CardKind
from models.tables.requests import Term
from models.tables.states import RequestState, StageState
from tests.blocks.slack_validation import drawn
from tests.blocks.stories import (
    ADA,
    ALAN,
    GRACE,
    NOON,
    OTTO,
    ROOT,
    comment,
    decision,
    grant,
    snapshot,
    stage,
    story,
)

DECIDING = ["Approve", "Reject", "Modify duration", "Comment", "Details", "Reassign"]


def test_an_approver_reads_who_wants_what_for_how_long_and_why() -> None:
    said, buttons, text = drawn(CardKind.APPROVAL, story(), GRACE)
    assert text == "Ada requests GitHub · Engineering team"
    assert said.startswith(
        "*<@UADA>* requests *GitHub · Engineering team* for *8 hours*\n> INC-42: db is down\n"
    )
    assert "High risk · you own GitHub · <@UALAN> can decide too · expires <!date" in said
    assert "|2030-05-08 12:00 UTC> · AR-12" in said
    assert buttons == DECIDING


def test_an_approver_reads_what_it_gives_and_who_they_are() -> None:
    described = snapshot(
        icon=":octopus:",
        access=[{"key": "a", "name": "Team", "description": "Read and write on all repositories"}],
    )
    about = replace(
        story(shot=described, beneficiary_id=OTTO), positions={ADA: "Engineer, R&D", OTTO: "Analyst"}
    )
    said = drawn(CardKind.APPROVAL, about, GRACE)[0]
    assert said.startswith(
        "*<@UADA>* (Engineer, R&amp;D) requests :octopus: *GitHub · Team* for *<@UOTTO>* (Analyst)"
        " for *8 hours*"
    )
    assert "\nGives: Read and write on all repositories · https://github.com/example\n" in said


@pytest.mark.parametrize(
    ("because", "words"),
    [
        ("manager of Ada Lindqvist", "you manage <@UADA>"),
        ("owner of GitHub", "you own GitHub"),
        ("in @oncall", "you're in @oncall"),
        ("named in this stage", "you're named as an approver"),
        ("workspace admin", "you're a workspace admin"),
        ("alternate, owner of GitHub", "you're an alternate"),
        ("owner of GitHub; away, but the stand-in Alan is away too", "you own GitHub"),
        (
            "named in this stage; out of office, but the delegate Ole is not known",
            "you're named as an approver",
        ),
        (
            "for Alan, who is away until 4 March 2030 (owner of GitHub)",
            "Alan is away until 4 March 2030, you're the delegate",
        ),
        ("some other reason", "some other reason"),
    ],
)
def test_why_somebody_is_asked_is_told_to_them(because: str, words: str) -> None:
    about = story(stage(0, "any", [GRACE], because=because))
    assert f"High risk · {words} · expires" in drawn(CardKind.APPROVAL, about, GRACE)[0]


@pytest.mark.parametrize(
    ("risk", "style"), [("low", "primary"), ("medium", "primary"), ("high", None), ("critical", None)]
)
def test_approve_is_green_only_where_the_risk_is_low_or_medium(risk: str, style: str | None) -> None:
    (row,) = [
        block
        for block in draw(CardKind.APPROVAL, story(shot=snapshot(risk=risk)), GRACE)["blocks"]
        if block["type"] == "actions"
    ]
    assert row["elements"][0].get("style") == style
    assert row["elements"][1]["style"] == "danger"


def test_a_long_reason_is_cut_and_the_rest_stands_in_details() -> None:
    exact, longer = "a" * 300, "b" * 301
    assert f"> {exact}\n" in drawn(CardKind.APPROVAL, story(reason=exact), GRACE)[0]
    said = drawn(CardKind.APPROVAL, story(reason=longer), GRACE)[0]
    assert f"> {'b' * 299}… (more in Details)" in said
    assert (
        "> line 7… (more in Details)"
        in drawn(CardKind.REQUEST, story(reason="\n".join(f"line {number}" for number in range(20))), ADA)[0]
    )


def test_a_decided_card_has_two_lines_the_status_first() -> None:
    reason = f"INC-42: {'x' * 200}"
    both = (decision(GRACE), decision(ALAN, comment="Fine by me"))
    decided = story(
        stage(0, "2", [GRACE, ALAN], *both, state=StageState.APPROVED),
        state=RequestState.APPROVED, closed_by=ALAN, reason=reason,
    )  # fmt: skip
    (block,) = draw(CardKind.APPROVAL, decided, GRACE)["blocks"]
    status, quoted = block["text"]["text"].splitlines()
    assert status == (
        ":white_check_mark: *Approved* by you and <@UALAN> · <@UADA> · GitHub · Engineering team · 8 hours"
        " · “Fine by me”"
    )
    assert quoted == f"> {cut(reason, 100)}"
    assert block["accessory"]["text"]["text"] == "Details"


def test_a_decided_card_on_behalf_names_both() -> None:
    expired = story(state=RequestState.EXPIRED, beneficiary_id=OTTO)
    (block,) = draw(CardKind.APPROVAL, expired, GRACE)["blocks"]
    assert block["text"]["text"].startswith(":hourglass: *Expired*: nobody decided by <!date")
    assert "> · <@UADA> for <@UOTTO> · GitHub · Engineering team · 8 hours\n" in block["text"]["text"]
    withdrawn = story(state=RequestState.WITHDRAWN, closed_by=ADA)
    (block,) = draw(CardKind.APPROVAL, withdrawn, GRACE)["blocks"]
    assert block["text"]["text"].startswith(
        ":leftwards_arrow_with_hook: *Withdrawn* by <@UADA> · GitHub · Engineering team"
    )


def test_an_emergency_is_never_called_approved() -> None:
    given_at_once = story(state=RequestState.APPROVED, emergency=True, closed_by="keyturn", grant=grant())
    for kind, viewer in ((CardKind.APPROVAL, GRACE), (CardKind.REQUEST, ADA)):
        said = drawn(kind, given_at_once, viewer)[0]
        assert "mergency access, not approved in advance" in said
        assert "pproved by" not in said


def test_who_has_decided_has_no_button_to_decide_again() -> None:
    waits = stage(0, "2", [GRACE, ALAN, OTTO], decision(GRACE, comment="Fine\nby me"))
    said, buttons, text = drawn(CardKind.APPROVAL, story(waits), GRACE)
    assert "✓ <@UGRACE> approved: “Fine by me”" in said
    assert "1 of 2 approvals, waiting for <@UALAN> or <@UOTTO>" in said
    assert buttons == ["Comment", "Details"]
    assert text.endswith("Pending")
    assert drawn(CardKind.APPROVAL, story(waits), ALAN)[1] == DECIDING


def test_an_approver_of_an_earlier_stage_sees_where_it_stands_now() -> None:
    first = stage(0, "any", [GRACE], decision(GRACE), state=StageState.APPROVED)
    second = stage(1, "all", [ALAN, OTTO], name="Security")
    said, buttons, _ = drawn(CardKind.APPROVAL, story(first, second, position=1), GRACE)
    assert "stage 2 of 2" in said
    assert "✓ <@UGRACE> approved in “Owner”" in said
    assert "0 of 2 approvals, waiting for <@UALAN> and <@UOTTO>" in said
    assert buttons == ["Comment", "Details"]


def test_a_stage_to_come_is_named() -> None:
    coming = stage(1, "any", [], name="Security", state=StageState.WAITING)
    assert "Then: Security" in drawn(CardKind.APPROVAL, story(stage(0, "any", [GRACE]), coming), GRACE)[0]


@pytest.mark.parametrize("kind", [CardKind.APPROVAL, CardKind.REMINDER])
@pytest.mark.parametrize("state", [one for one in RequestState if one is not RequestState.PENDING])
def test_a_closed_request_has_its_outcome_and_no_dead_button(kind: CardKind, state: RequestState) -> None:
    closed = stage(0, "any", [GRACE, ALAN], state=StageState.CLOSED)
    said, buttons, text = drawn(kind, story(closed, state=state, closed_by=ALAN, closed_at=NOON), GRACE)
    assert state.label in said
    assert state.label in text
    assert buttons == ["Details"]
    assert "INC-42" in said


def test_a_flag_shows_that_it_is_longer_than_usual() -> None:
    assert (
        ":stopwatch: *Over the maximum* of 30 days"
        in drawn(CardKind.APPROVAL, story(over_max=True), GRACE)[0]
    )


def test_a_changed_duration_is_shown_as_old_and_new_to_approver_and_requester() -> None:
    short = Term(length=timedelta(hours=4))
    decided = stage(0, "2", [GRACE, ALAN], decision(GRACE, term=short))
    changed = story(decided, term=short, asked=Term(length=timedelta(hours=8)))
    for kind, viewer in ((CardKind.APPROVAL, ALAN), (CardKind.REQUEST, ADA)):
        assert "8 hours → *4 hours*, changed by <@UGRACE>" in drawn(kind, changed, viewer)[0]


def test_an_extension_says_until_when_it_runs_now_and_then() -> None:
    more = story(kind=RequestKind.EXTEND, grant=grant())
    said, _, text = drawn(CardKind.APPROVAL, more, GRACE)
    now, then = NOON + timedelta(hours=8), NOON + timedelta(hours=16)
    assert said.startswith("*<@UADA>* wants to extend *GitHub · Engineering team* by *8 hours*\nEnds <!date")
    assert said.index(f"<!date^{int(now.timestamp())}^") < said.index(f"→ <!date^{int(then.timestamp())}^")
    assert text == "Ada wants to extend GitHub · Engineering team"


def test_the_last_three_comments_stand_on_a_pending_card() -> None:
    said = drawn(CardKind.APPROVAL, story(comments=[comment(ADA, f"word {n}") for n in range(5)]), GRACE)[0]
    assert "2 earlier" in said
    assert "<@UADA>: “word 4”" in said
    assert "word 1" not in said


def test_the_card_counts_what_is_needed_and_from_how_many() -> None:
    of_three = story(stage(0, "2", [GRACE, ALAN, OTTO]))
    said = drawn(CardKind.REQUEST, of_three, ADA)[0]
    assert "2 of 3 approvers" in drawn(CardKind.APPROVAL, of_three, GRACE)[0]
    assert "0 of 2 approvals, waiting for 2 of <@UGRACE>, <@UALAN> and <@UOTTO>" in said
    assert "one rejection" not in said


def test_a_veto_is_said_where_several_have_to_approve() -> None:
    spec = {"name": "Owner", "approvers": ["owners"], "rule": 2, "on_reject": "veto"}
    vetoed = story(stage(0, "2", [GRACE, ALAN, OTTO], decision(GRACE), spec=spec))
    said = drawn(CardKind.APPROVAL, vetoed, ALAN)[0]
    assert "2 of 3 approvers, 1 approved so far, one rejection rejects it" in said
    waits = drawn(CardKind.REQUEST, vetoed, ADA)[0]
    assert "1 of 2 approvals, waiting for <@UALAN> or <@UOTTO> (one rejection rejects it)" in waits


def test_who_was_asked_later_and_why_stands_on_the_card() -> None:
    remark = "No decision in time; alternates were asked."
    later = story(stage(0, "any", [GRACE, OTTO], remark=remark, escalated_at=NOON))
    for viewer in (ADA, GRACE):
        said = drawn(CardKind.REQUEST if viewer == ADA else CardKind.APPROVAL, later, viewer)[0]
        assert "<@UOTTO>" in said
        assert f": {remark}" in said


def test_where_nobody_can_decide_the_admin_reads_why_and_can_name_somebody() -> None:
    why = "Nobody can decide stage “Owner” of GitHub: no one it names can be asked."
    said, buttons, _ = drawn(CardKind.APPROVAL, story(stage(0, "any", [], stuck=why)), ROOT)
    assert f":warning: {why}" in said
    assert "Reassign" in buttons


def test_who_stands_in_from_the_start_and_why_stands_on_the_card() -> None:
    remark = "Nobody it names can be asked (Bo is deactivated), so the owners of GitHub are asked."
    assert f"\n{remark}" in drawn(CardKind.APPROVAL, story(stage(0, "any", [GRACE], remark=remark)), GRACE)[0]
