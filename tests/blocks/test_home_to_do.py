from datetime import timedelta
from typing import Any

import pytest

from blocks import home
from models.catalogue.spec.conflicts import ConflictSpec
from models.catalogue.spec.enums import RequestKind
from models.policy import Conflict, Holding
from models.queries.history import Concluded, History
from models.tables.grants import Direction
from models.tables.requests import Decision
from models.tables.states import GrantState, RequestState
from tests.blocks.home_content import (
    ONE,
    SHOT,
    drawn,
    job,
    read,
    task,
    to_decide,
    todo,
)
from tests.blocks.stories import ADA, ALAN, GRACE, NOON, ROOT, decision, grant, request, snapshot


def test_a_decision_that_waits_says_who_what_why_and_why_you() -> None:
    words, buttons = read(to_decide(created_at=NOON - timedelta(hours=3)), GRACE)
    title = f":warning: *<@{ADA}> · GitHub · Engineering team*"
    assert f"{title} · 8 hours · *high risk* · waiting 3 hours" in words
    assert "> INC-42: db is down" in words
    assert "You own GitHub · expires in 2 days (" in words
    assert buttons == ["Approve", "Reject", "Comment", "Details", "Reassign"]


def test_a_decision_says_on_its_row_what_needs_a_second_look() -> None:
    spec = ConflictSpec.model_validate({"key": "k", "name": "K", "these": ["a/b"], "those": ["c/d"]})
    conflict = Conflict(spec, Holding("aws/billing", "AWS · Billing"), "GitHub · Engineering team")
    low = snapshot(risk="low", icon=":octopus:", reassign="nobody")
    words, buttons = read(to_decide(low, over_max=True, conflicts=(conflict, conflict)), GRACE)
    assert "*low risk, conflict with AWS · Billing and 1 more, over the maximum*" in words
    assert buttons == ["Approve", "Reject", "Comment", "Details"]
    words, _ = read(to_decide(low, requester_id=ALAN, kind=RequestKind.EXTEND), GRACE)
    title = f"*<@{ALAN}> for <@{ADA}> · :octopus: extension of GitHub · Engineering team*"
    assert f"\n{title} · 8 hours more · low risk · " in f"\n{words}"


@pytest.mark.parametrize(("risk", "green"), [("low", True), ("high", False)])
def test_approve_is_green_only_where_it_is_routine(risk: str, green: bool) -> None:
    row = drawn(to_decide(snapshot(risk=risk)), GRACE)["blocks"][4]
    assert ("style" in row["elements"][0]) is green
    assert row["elements"][0]["accessibility_label"] == "Approve AR-12, GitHub · Engineering team"


def test_work_by_hand_says_what_to_do() -> None:
    words, buttons = read(todo(tasks=((task(), grant(SHOT)),)), GRACE)
    assert f"Provision *GitHub · Engineering team* for <@{ADA}> · new · TK-3" in words
    assert buttons == ["Mark done", "I can't", "Details"]
    words, _ = read(todo(tasks=((task(Direction.TAKE), grant(SHOT)),)), GRACE)
    assert f"Revoke *GitHub · Engineering team* from <@{ADA}>" in words


def test_an_admin_sees_what_failed_and_what_was_given_up() -> None:
    broken = grant(SHOT, state=GrantState.FAILED, failing=Direction.GIVE, error="The plan is full.")
    words, buttons = read(todo(failed=(broken,), parked=(job(),)), ROOT)
    assert f"couldn't be granted to <@{ADA}>" in words
    assert "> The plan is full." in words
    assert buttons == ["Retry", "Details", "Retry"]
    assert "A message couldn't be sent" in words
    last = drawn(todo(parked=(job(),)), ROOT)["blocks"][-1]
    assert (last["accessory"]["action_id"], last["accessory"]["value"]) == (home.HomeAction.RUN_AGAIN, "JB-3")


def concluded(by: str, state: RequestState, own: Decision | None = None, **changes: Any) -> Concluded:
    at = None if state is RequestState.PENDING else NOON - timedelta(hours=2)
    return Concluded(request(SHOT, state=state, closed_by=by or None, closed_at=at, **changes), own)


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        (concluded(GRACE, RequestState.REJECTED, decision(GRACE)), ":x: *Rejected* by you · <@"),
        (
            concluded(ALAN, RequestState.APPROVED, decision(GRACE)),
            f":white_check_mark: *Approved* by <@{ALAN}> · you approved · <@",
        ),
        (concluded(ALAN, RequestState.REJECTED), f":x: *Rejected* by <@{ALAN}> · <@"),
        (concluded("keyturn", RequestState.EXPIRED), ":hourglass: *Expired* · <@"),
        (concluded(ADA, RequestState.WITHDRAWN), f"*Withdrawn* by <@{ADA}> · <@"),
        (concluded("", RequestState.PENDING, decision(GRACE)), "*Pending* · you approved · <@"),
    ],
)
def test_the_history_says_who_concluded_it_and_what_one_decided_oneself(entry: Concluded, line: str) -> None:
    for content in (History((entry,), ONE), todo((entry,))):
        words, buttons = read(content, GRACE)
        assert line in words
        assert f"<@{ADA}> · GitHub · Engineering team · 8 hours · AR-12 · " in words
        assert "Details" in buttons


def test_below_what_waits_stands_what_was_decided_last_and_the_way_to_all() -> None:
    entry = concluded(ALAN, RequestState.REJECTED, closing_note="No <!here>")
    words, buttons = read(todo((entry,), more=True), GRACE)
    assert "> No &lt;!here&gt;" in words
    assert buttons == ["Show all", "Details"]
    assert read(todo((entry,)), GRACE)[1] == ["Details"]
