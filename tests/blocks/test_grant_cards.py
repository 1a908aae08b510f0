"""The cards of an access: for its holder, for those who set it up by hand, and where that failed."""

import pytest

from blocks.cards import draw
from models.catalogue.spec.enums import RequestKind
from models.tables.cards import CardKind
from models.tables.grants import Cause, Direction, TaskState
from models.tables.states import GrantState
from tests.blocks.slack_validation import drawn
from tests.blocks.stories import (
    ADA,
    GRACE,
    NOON,
    OTTO,
    ROOT,
    grant_story,
    request,
    snapshot,
    task_story,
)


def test_who_has_access_reads_until_when_and_how_to_use_it() -> None:
    said, buttons, text = drawn(CardKind.ACCESS, grant_story(), ADA)
    assert text == "You have access to GitHub · Engineering team"
    assert said.startswith(":white_check_mark: You have access to *GitHub · Engineering team* until *<!date")
    assert "Sign in with SSO." in said
    assert buttons == ["Open GitHub ↗", "Extend", "Give back", "Details"]


def test_who_has_access_reads_what_it_gives_and_opens_the_app_from_the_card() -> None:
    described = snapshot(access=[{"key": "a", "name": "Team", "description": "Read and write"}])
    message = draw(CardKind.ACCESS, grant_story(described), ADA)
    assert "\nGives: Read and write" in str(message["blocks"][0]["text"]["text"])
    assert message["blocks"][-1]["elements"][0]["url"] == "https://github.com/example"
    assert "Open" not in str(drawn(CardKind.ACCESS, grant_story(snapshot(link="")), ADA)[1])


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
    for kind, rest in (
        (CardKind.ACCESS, ["Open GitHub ↗", "Give back", "Details"]),
        (CardKind.NOTICE, ["I'm done"]),
    ):
        said, buttons, _ = drawn(kind, grant_story(extension=waiting), ADA)
        assert "Extension requested (AR-13, pending)" in said
        assert buttons == rest


def test_an_access_without_an_end_offers_no_extension() -> None:
    said, buttons, _ = drawn(CardKind.ACCESS, grant_story(ends_at=None, length=None), ADA)
    assert "with *no end*" in said
    assert buttons == ["Open GitHub ↗", "Give back", "Details"]


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
    assert buttons == ["Mark done", "I can't", "Comment", "Details"]
    assert drawn(CardKind.TASK, task_story(), ROOT)[1] == ["Comment", "Details"]


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize(
    ("state", "said"),
    [
        (TaskState.DONE, "*Done* by you"),
        (TaskState.DONE, "“No licence left”"),
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
    [
        (Direction.GIVE, ["Retry", "Cancel", "Comment", "Details"]),
        (Direction.TAKE, ["Retry", "Comment", "Details"]),
    ],
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
    assert drawn(CardKind.FAILURE, failed, OTTO)[1] == ["Comment", "Details"]


def test_a_failure_that_was_mended_says_so() -> None:
    said, buttons, _ = drawn(CardKind.FAILURE, grant_story(), ROOT)
    assert "*Active*, after a failure" in said
    assert buttons == ["Details"]


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
