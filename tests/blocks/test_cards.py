from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.cards import draw
from blocks.kit.text import cut
from models.catalogue.spec.enums import RequestKind
from models.queries.stories import RequestStory
from models.tables.cards import CardKind
from models.tables.grants import Cause, Direction, TaskState
from models.tables.requests import Term
from models.tables.states import GrantState, RequestState, StageState
from tests.blocks.slack_validation import buttons_in, check_labels, check_message, drawn
from tests.blocks.stories import (
    ADA,
    ALAN,
    EIGHT_HOURS,
    GRACE,
    NAMES,
    NOON,
    OTTO,
    ROOT,
    comment,
    decision,
    grant,
    grant_story,
    request,
    snapshot,
    stage,
    story,
    task_story,
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
    assert "\nGives: Read and write on all repositories\n" in said


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
    remark = "It was not decided in time, so its alternates are asked too."
    later = story(stage(0, "any", [GRACE, OTTO], remark=remark, escalated_at=NOON))
    for viewer in (ADA, GRACE):
        said = drawn(CardKind.REQUEST if viewer == ADA else CardKind.APPROVAL, later, viewer)[0]
        assert "<@UOTTO>" in said
        assert f": {remark}" in said


NO_ALTERNATE = "It was not decided in time, but none of its alternates can be asked (Ada asks for it)."


def test_an_admin_reads_what_is_overdue_for_whom_it_waits_and_what_to_do() -> None:
    late = story(stage(0, "any", [GRACE], remark=NO_ALTERNATE, escalated_at=NOON))
    said, buttons, text = drawn(CardKind.OVERDUE, late, ROOT)
    assert text == "Nobody has decided on GitHub · Engineering team for Ada, and nobody else can be asked"
    assert f"*Nobody has decided* on *GitHub · Engineering team* for <@{ADA}>" in said
    assert f"Waiting for <@{GRACE}> · expires <!date" in said
    assert NO_ALTERNATE in said
    assert "press *Reassign* to choose another approver. It can be you." in said
    assert buttons == ["Reassign", "Details"]


def test_where_nothing_can_be_passed_on_the_overdue_card_offers_it_not() -> None:
    shot = snapshot(reassign="nobody")
    late = story(stage(0, "any", [GRACE], remark=NO_ALTERNATE, escalated_at=NOON), shot=shot)
    said, buttons, _ = drawn(CardKind.OVERDUE, late, ROOT)
    assert "Decisions on GitHub can't be reassigned, so ask them yourself." in said
    assert buttons == ["Details"]


def test_an_overdue_card_says_how_it_stands_once_it_is_decided() -> None:
    over = story(stage(0, "any", [GRACE], escalated_at=NOON), state=RequestState.REJECTED, closed_by=GRACE)
    said, buttons, text = drawn(CardKind.OVERDUE, over, ROOT)
    assert f"*Rejected* by <@{GRACE}>" in said
    assert (buttons, text) == (["Details"], "GitHub · Engineering team: Rejected by Grace")


def test_where_nobody_can_decide_the_admin_reads_why_and_can_name_somebody() -> None:
    why = "Nobody can decide stage “Owner” of GitHub: no one it names can be asked."
    said, buttons, _ = drawn(CardKind.APPROVAL, story(stage(0, "any", [], stuck=why)), ROOT)
    assert f":warning: {why}" in said
    assert "Reassign" in buttons


def test_who_stands_in_from_the_start_and_why_stands_on_the_card() -> None:
    remark = "Nobody it names can be asked (Bo is deactivated), so the owners of GitHub are asked."
    assert f"\n{remark}" in drawn(CardKind.APPROVAL, story(stage(0, "any", [GRACE], remark=remark)), GRACE)[0]


def test_when_they_were_reminded_stands_on_the_card_while_it_is_pending() -> None:
    assert "· reminded <!date" in drawn(CardKind.REQUEST, story(reminded_at=NOON), ADA)[0]
    over = story(reminded_at=NOON, state=RequestState.EXPIRED)
    assert "reminded" not in drawn(CardKind.REQUEST, over, ADA)[0]


def test_a_reminder_of_what_one_has_decided_says_so() -> None:
    waits = story(stage(0, "2", [GRACE, ALAN], decision(GRACE)))
    said, buttons, _ = drawn(CardKind.REMINDER, waits, GRACE)
    assert "your decision is no longer needed" in said
    assert buttons == ["Details"]


def test_who_has_access_reads_until_when_and_how_to_use_it() -> None:
    said, buttons, text = drawn(CardKind.ACCESS, grant_story(), ADA)
    assert text == "You have access to GitHub · Engineering team"
    assert said.startswith(":white_check_mark: You have access to *GitHub · Engineering team* until *<!date")
    assert "https://github.com/example" in said
    assert "Sign in with SSO." in said
    assert buttons == ["Extend", "Give back", "Details"]


@pytest.mark.parametrize("kind", [CardKind.ACCESS, CardKind.NOTICE])
@pytest.mark.parametrize("state", [one for one in GrantState if one is not GrantState.ACTIVE])
def test_an_access_that_is_over_has_no_buttons(kind: CardKind, state: GrantState) -> None:
    for failing in Direction:
        over = grant_story(state=state, failing=failing, over_at=NOON, cause=Cause.ADMIN, caused_by=ROOT)
        said, buttons, text = drawn(kind, over, ADA)
        assert state.label in said
        assert state.label in text
        assert buttons == []


def test_more_time_is_asked_for_once() -> None:
    waiting = request(snapshot(), kind=RequestKind.EXTEND, id=13)
    for kind, rest in ((CardKind.ACCESS, ["Give back", "Details"]), (CardKind.NOTICE, ["I'm done"])):
        said, buttons, _ = drawn(kind, grant_story(extension=waiting), ADA)
        assert "Extension requested (AR-13, pending)" in said
        assert buttons == rest


def test_an_access_without_an_end_offers_no_extension() -> None:
    said, buttons, _ = drawn(CardKind.ACCESS, grant_story(ends_at=None, length=None), ADA)
    assert "with *no end*" in said
    assert buttons == ["Give back", "Details"]


def test_a_notice_asks_whether_more_time_is_needed() -> None:
    said, buttons, text = drawn(CardKind.NOTICE, grant_story(), ADA)
    assert text == "Your access to GitHub · Engineering team ends soon"
    assert "ends *<!date" in said
    assert buttons == ["Extend", "I'm done"]


@pytest.mark.parametrize(
    ("cause", "by", "why"),
    [
        (None, None, "(time's up)"),
        (Cause.REQUESTER, ADA, "(you gave it back)"),
        (Cause.REQUESTER, OTTO, "(<@UOTTO> gave it back)"),
        (Cause.ADMIN, ROOT, "(by <@UROOT>)"),
        (Cause.OFFBOARDING, "keyturn", "deactivated"),
    ],
)
def test_who_lost_access_reads_why(cause: Cause | None, by: str | None, why: str) -> None:
    state = GrantState.REVOKED if cause else GrantState.ENDED
    over = grant_story(state=state, cause=cause, caused_by=by, over_at=NOON)
    assert why in drawn(CardKind.OVER, over, ADA)[0]


def test_an_owner_reads_who_needs_what_where() -> None:
    said, buttons, text = drawn(CardKind.TASK, task_story(), GRACE)
    assert text == "Assign GitHub · Engineering team to Ada"
    assert "https://github.com/example" in said
    assert "*Assign GitHub · Engineering team to <@UADA>* (ada@example.com) for *8 hours*" in said
    assert "> INC-42: db is down" in said
    assert buttons == ["Mark done", "I can't", "Details"]
    assert drawn(CardKind.TASK, task_story(), ROOT)[1] == ["Details"]


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize(
    ("state", "said"),
    [
        (TaskState.DONE, "*Done* by you"),
        (TaskState.REFUSED, "“No licence left”"),
        (TaskState.VOID, "*Nothing left to do*"),
    ],
)
def test_a_closed_task_says_how_it_ended(state: TaskState, said: str, direction: Direction) -> None:
    closed = task_story(
        state=state, done_by=GRACE, closed_at=NOON, note="No licence left", direction=direction
    )
    words, buttons, _ = drawn(CardKind.TASK, closed, GRACE)
    assert said in words
    assert buttons == ["Details"]


@pytest.mark.parametrize(
    ("failing", "buttons"),
    [(Direction.GIVE, ["Retry", "Cancel", "Details"]), (Direction.TAKE, ["Retry", "Details"])],
)
def test_an_admin_reads_what_failed_and_can_retry(failing: Direction, buttons: list[str]) -> None:
    failed = grant_story(
        state=GrantState.FAILED, failing=failing, error="plan_upgrade_required", connector={"type": "x"}
    )
    said, there, text = drawn(CardKind.FAILURE, failed, ROOT)
    assert "> plan_upgrade_required" in said
    assert ("may still be there" in said) == (failing is Direction.TAKE)
    assert there == buttons
    assert "couldn't be" in text
    assert drawn(CardKind.FAILURE, failed, OTTO)[1] == ["Details"]


def test_a_failure_that_was_mended_says_so() -> None:
    said, buttons, _ = drawn(CardKind.FAILURE, grant_story(), ROOT)
    assert "*Active*, after a failure" in said
    assert buttons == ["Details"]


def test_every_button_names_what_it_is_about() -> None:
    for kind, about, ref in (
        (CardKind.APPROVAL, story(), "AR-12"),
        (CardKind.ACCESS, grant_story(), "GR-7"),
        (CardKind.TASK, task_story(), "TK-3"),
    ):
        viewer = ADA if kind is CardKind.ACCESS else GRACE
        rows = [one for one in draw(kind, about, viewer)["blocks"] if one["type"] == "actions"]
        elements = [element for row in rows for element in row["elements"]]
        values = {element.get("value") or element["options"][0]["value"] for element in elements}
        assert values == {ref}


HOSTILE = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        [
            "<!channel>",
            "<@U0BOSS>",
            "<https://evil.example|github.com>",
            "\u202egnirts\u2066",
            "*_~`",
            "{0}{x}",
        ]
    ),
    st.sampled_from(["&", "<", "\n", "> ", "<!here> ", "é", "👩‍👩‍👧‍👦"]).map(lambda unit: unit * 5000),
)
PEOPLE = [f"U{number:03}" for number in range(100)]


def visible(text: str, limit: int) -> str:
    """As long as the catalogue lets a name be."""
    return text[:limit].replace("\n", " ").strip() or "x"


@st.composite
def hostile_stories(draw_one: st.DrawFn) -> RequestStory:
    """A request of which everything that people wrote is meant badly, with very many people in it."""
    word = draw_one(HOSTILE)
    people = PEOPLE[: draw_one(st.sampled_from([1, 3, 100]))]
    decided = draw_one(st.integers(0, len(people)))
    decisions = [
        decision(one, comment=word[:2000], approve=draw_one(st.booleans()), term=Term(end=NOON))
        for one in people[:decided]
    ]
    rule = draw_one(st.sampled_from(["any", "all", str(len(people))]))
    stages = [stage(0, rule, people, *decisions, name=visible(word, 75), because=word)]
    stages += [stage(n, "any", [], name=visible(word, 75), state=StageState.WAITING) for n in range(1, 10)]
    described = {"key": "a", "name": "<" * 75, "privileged": True, "description": "&" * 500}
    hostile = story(
        *stages,
        shot=snapshot(name="&" * 75, icon=":key:", access=[described]),
        app_name=visible(word, 75), access_name=visible(word, 75), reason=word[:2000], over_max=True,
        comments=[comment(one, word[:2000]) for one in people[:30]],
        state=draw_one(st.sampled_from(RequestState)), closed_by=people[0], closing_note=word[:2000],
        kind=draw_one(st.sampled_from(RequestKind)), beneficiary_id=draw_one(st.sampled_from([ADA, OTTO])),
        grant=draw_one(st.one_of(st.none(), st.sampled_from(GrantState).map(lambda state: grant(
            state=state, error=word, over_at=NOON, caused_by=ROOT)))),
        names=dict.fromkeys([*NAMES, *PEOPLE], visible(word, 200)),
    )  # fmt: skip
    return replace(hostile, positions=dict.fromkeys([ADA, OTTO], visible(word, 400)))


OF_REQUESTS = (
    CardKind.APPROVAL, CardKind.REQUEST, CardKind.REMINDER, CardKind.NUDGE, CardKind.WARNING,
    CardKind.OVERDUE,
)  # fmt: skip


@given(hostile_stories(), st.sampled_from([ADA, "U000", OTTO]))
def test_slack_takes_every_request_card_whatever_people_wrote(about: RequestStory, viewer: str) -> None:
    for kind in OF_REQUESTS:
        check_message(draw(kind, about, viewer))


@given(HOSTILE, st.sampled_from(GrantState), st.sampled_from(Direction), st.sampled_from(Cause))
def test_slack_takes_every_grant_card_whatever_people_wrote(
    word: str, state: GrantState, failing: Direction, cause: Cause
) -> None:
    about = grant_story(
        snapshot(instructions="&" * 2500, link="https://example.com/" + "&" * 2000),
        state=state, failing=failing, cause=cause, caused_by=ROOT, error=word, over_at=NOON,
        app_name=visible(word, 75), access_name=visible(word, 75), reason=word[:2000],
        names=dict.fromkeys(NAMES, visible(word, 200)),
    )  # fmt: skip
    for kind in (CardKind.ACCESS, CardKind.NOTICE, CardKind.OVER, CardKind.FAILURE):
        check_message(draw(kind, about, ADA))
    for task_state in TaskState:
        done = task_story(about, state=task_state, note=word[:2000], done_by=GRACE, direction=failing)
        check_message(draw(CardKind.TASK, done, GRACE))


def test_an_access_that_has_an_end_now_says_so_to_its_holder_and_to_an_owner() -> None:
    said, buttons, text = drawn(CardKind.LIMITED, grant_story(), ADA)
    assert text == "Your access to GitHub · Engineering team now has an end"
    assert "Access of guests and contractors always has an end." in said
    assert buttons == ["Extend", "Details"]
    said, buttons, text = drawn(CardKind.LIMITED, grant_story(), GRACE)
    assert (text, buttons) == ("Ada's access to GitHub · Engineering team now has an end", ["Details"])
    over = grant_story(state=GrantState.ENDED, over_at=NOON)
    assert drawn(CardKind.LIMITED, over, ADA)[1:] == (
        ["Details"],
        "Your access to GitHub · Engineering team is over: Ended",
    )


@pytest.mark.parametrize("state", list(RequestState))
def test_every_button_of_a_requests_card_says_what_it_is_about(state: RequestState) -> None:
    about = story(state=state, closed_by=GRACE, grant=grant() if state is RequestState.APPROVED else None)
    for kind in OF_REQUESTS:
        for viewer in (ADA, GRACE, ROOT):
            check_labels(draw(kind, about, viewer), "AR-12, GitHub · Engineering team for Ada")
    stuck = story(stage(0, "any", [], stuck="Nobody can decide."))
    check_labels(draw(CardKind.APPROVAL, stuck, ROOT), "AR-12, GitHub · Engineering team for Ada")


@pytest.mark.parametrize("state", list(GrantState))
def test_every_button_of_a_grants_card_says_what_it_is_about(state: GrantState) -> None:
    about = grant_story(state=state, failing=Direction.GIVE)
    kinds = (CardKind.ACCESS, CardKind.NOTICE, CardKind.OVER, CardKind.FAILURE, CardKind.LIMITED)
    for viewer in (ADA, GRACE, ROOT):
        for kind in kinds:
            check_labels(draw(kind, about, viewer), "GR-7, GitHub · Engineering team for Ada")
        for task_state in TaskState:
            task = task_story(state=task_state, done_by=GRACE)
            check_labels(draw(CardKind.TASK, task, viewer), "TK-3, GitHub · Engineering team for Ada")


def test_a_label_for_screen_readers_is_plain_text_and_fits() -> None:
    about = story(shot=snapshot(name="R&D <x>"), app_name="R&D <x>", access_name="y" * 75)
    message = draw(CardKind.APPROVAL, about, GRACE)
    (label, *_) = [element["accessibility_label"] for element in buttons_in(message)]
    assert label.startswith("Approve AR-12, R&D <x> · yyy")
    assert len(label) == 75
