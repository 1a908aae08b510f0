from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.cards import CardAction
from models.catalogue.spec.enums import RequestKind
from models.queries.history import Concluded, History
from models.queries.home import Content, Greeting
from models.queries.my_access import HeldGrant, MyAccess
from models.queries.my_requests import MyRequests
from models.queries.paging import PAGE, Pages
from models.queries.stage_stories import RequestProgress
from models.queries.to_do import Waiting
from models.registry.policy_snapshot import Snapshot
from models.tables.grants import Direction
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState
from tests.blocks.home_content import (
    ONE,
    SHOT,
    TABS,
    access,
    drawn,
    held_grant,
    job,
    read,
    requests,
    task,
    todo,
)
from tests.blocks.slack_validation import buttons_of, check_markup, words_of
from tests.blocks.stories import ADA, ALAN, GRACE, NOON, ROOT, decision, grant, request, stage


def test_the_tabs_stand_on_top_with_what_is_in_each() -> None:
    view = drawn(access())
    assert buttons_of(view["blocks"][:1]) == TABS
    labels = [element.get("accessibility_label") for element in view["blocks"][0]["elements"]]
    assert labels == ["My access, 1, open tab", "My requests, nothing", "To do, 2", None]


def test_the_history_is_a_part_of_to_do() -> None:
    bar = drawn(History((), ONE))["blocks"][:1]
    assert buttons_of(bar)[2] == "● To do 2"


@pytest.mark.parametrize(
    ("greeting", "lines"),
    [
        (Greeting(approver=False, owned=(), admin=False), 2),
        (Greeting(approver=True, owned=("A & B", "C", "D", "E"), admin=True), 5),
    ],
)
def test_the_first_opening_greets_with_a_line_for_each_part_a_person_has(
    greeting: Greeting, lines: int
) -> None:
    view = drawn(access(), greeting=greeting)
    text = view["blocks"][0]["text"]["text"]
    assert len(text.splitlines()) == lines
    assert ("to approve" in text, "/access-admin" in text) == (greeting.approver, greeting.admin)
    assert ("You own *A &amp; B*, *C*, *D* and 1 more" in text) is bool(greeting.owned)
    assert buttons_of(view["blocks"][1:2]) == TABS


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (access(pages=Pages(0, 0)), "No access yet."),
        (requests(), "No requests yet."),
        (requests(statuses=(RequestState.REJECTED, GrantState.ACTIVE)), "with status Rejected or Active."),
        (todo(), "Nothing needs your attention."),
        (History((), ONE), "Nothing yet."),
    ],
)
def test_an_empty_tab_says_so(content: Content, said: str) -> None:
    assert said in read(content)[0]


def test_an_active_access_says_how_long_it_lasts_still() -> None:
    ends = NOON + timedelta(days=2, hours=3, minutes=40)
    words, buttons = read(access(held_grant(state=GrantState.ACTIVE, ends_at=ends)))
    assert "GitHub · Engineering team" in words
    assert "*Active* · expires in 2 days 3 hours (<!date^" in words
    assert buttons == ["Open GitHub ↗", "Extend", "Give back", "Details", "Use less"]
    assert "Sign in with SSO." in words


def test_an_access_without_an_end_cannot_be_extended() -> None:
    words, buttons = read(access(held_grant(state=GrantState.ACTIVE, ends_at=None)))
    assert "*Active* with no end" in words
    assert buttons == ["Open GitHub ↗", "Give back", "Details", "Use less"]


def test_more_time_is_asked_for_once() -> None:
    more = request(SHOT, id=19, kind=RequestKind.EXTEND)
    words, buttons = read(access(held_grant(more, state=GrantState.ACTIVE)))
    assert "Extension requested (AR-19, pending)." in words
    assert "Extend" not in buttons


@pytest.mark.parametrize(
    ("state", "changes", "said", "buttons"),
    [
        (GrantState.SCHEDULED, {"starts_at": NOON}, "*Scheduled*: starts", ["Give back", "Details"]),
        (GrantState.GRANTING, {}, "*Granting*: setting up", ["Give back", "Details"]),
        (GrantState.REVOKING, {}, "*Revoking*: access is being revoked", ["Details"]),
        (
            GrantState.FAILED,
            {"failing": Direction.GIVE, "error": "no seat"},
            f"Couldn't be set up yet: “no seat”. <@{ROOT}> has been told.",
            ["Give back", "Details"],
        ),
        (GrantState.FAILED, {"failing": Direction.TAKE}, "couldn't be revoked yet", ["Details"]),
    ],
)
def test_each_state_says_what_is_going_on_and_offers_only_what_works(
    state: GrantState, changes: dict[str, Any], said: str, buttons: list[str]
) -> None:
    words, there = read(access(held_grant(state=state, **changes)))
    assert said in words
    assert there == buttons


def test_an_access_that_is_set_up_by_hand_says_by_whom() -> None:
    words, _ = read(access(held_grant(None, (GRACE, ALAN), state=GrantState.GRANTING)))
    assert f"waiting for <@{GRACE}> or <@{ALAN}> to set it up" in words


def test_what_was_requested_last_can_be_requested_again() -> None:
    rejected = request(SHOT, state=RequestState.REJECTED, closed_at=NOON - timedelta(days=1))
    ended = request(SHOT, id=13, state=RequestState.APPROVED, closed_at=NOON - timedelta(days=3))
    over = grant(SHOT, state=GrantState.ENDED, over_at=NOON - timedelta(hours=2))
    view = drawn(access(recent=((rejected, None), (ended, over))))
    words = words_of(view["blocks"])
    assert "*GitHub · Engineering team* · rejected 1 day ago · AR-12" in words
    assert "*GitHub · Engineering team* · ended 2 hours ago · AR-13" in words
    buttons = [block["accessory"] for block in view["blocks"][-2:]]
    assert [(button["action_id"], button["value"]) for button in buttons] == [
        (CardAction.AGAIN, "AR-12"),
        (CardAction.AGAIN, "AR-13"),
    ]


def approved() -> Request:
    return request(SHOT, state=RequestState.APPROVED, closed_by=GRACE, closed_at=NOON)


def test_an_approved_access_that_is_held_still_can_be_extended_and_not_asked_for_again() -> None:
    one = approved()
    held = held_grant(state=GrantState.ACTIVE, request_id=one.id)
    assert read(requests(closed=(one,), instead={one.id: held}))[1] == ["Extend", "Details"]


@pytest.mark.parametrize(
    "held",
    [
        None,
        held_grant(state=GrantState.ACTIVE, request_id=99),
        held_grant(state=GrantState.ACTIVE, ends_at=None),
        held_grant(request(SHOT, kind=RequestKind.EXTEND), state=GrantState.ACTIVE),
        held_grant(state=GrantState.ACTIVE, person_id=ALAN),
    ],
    ids=["asked for again", "held by another request", "no end", "more is asked for", "somebody else's"],
)
def test_where_neither_would_be_taken_neither_is_offered(held: HeldGrant | None) -> None:
    one = approved()
    assert read(requests(closed=(one,), instead={one.id: held}))[1] == ["Details"]


def test_an_open_request_says_for_whom_it_waits_and_can_be_withdrawn() -> None:
    words, buttons = read(requests(request(SHOT)))
    assert f"*Pending* · stage 1 of 2, waiting for <@{GRACE}> or <@{ALAN}>" in words
    assert "For 8 hours · requested just now · expires in" in words
    assert buttons == ["Remind", "Withdraw", "Comment", "Details"]


@pytest.mark.parametrize(
    ("state", "by", "said"),
    [
        (RequestState.APPROVED, GRACE, f"*Approved* by <@{GRACE}> <!date^"),
        (RequestState.REJECTED, GRACE, "“Ask the other team”"),
        (RequestState.EXPIRED, "keyturn", "*Expired*: nobody decided by"),
        (RequestState.WITHDRAWN, ADA, "*Withdrawn* by"),
        (RequestState.CANCELLED, "keyturn", "*Cancelled* by Keyturn"),
    ],
)
def test_the_history_says_how_it_ended_and_offers_it_again(state: RequestState, by: str, said: str) -> None:
    note = "Ask the other team" if state is RequestState.REJECTED else ""
    over = request(SHOT, state=state, closed_by=by, closed_at=NOON, closing_note=note)
    words, buttons = read(requests(closed=(over,)))
    assert said in words
    assert buttons == ["Request again", "Details"]


def test_an_extension_is_not_asked_for_again_by_itself() -> None:
    over = request(SHOT, kind=RequestKind.EXTEND, state=RequestState.EXPIRED, closed_at=NOON)
    words, buttons = read(requests(closed=(over,)))
    assert "Extension of *GitHub · Engineering team*" in words
    assert buttons == ["Details"]


def test_what_is_approved_says_what_became_of_the_access() -> None:
    row = request(SHOT, state=RequestState.APPROVED, closed_by=GRACE, closed_at=NOON, grant_id=7)
    granting = grant(SHOT, id=7, state=GrantState.GRANTING)
    words, _ = read(requests(in_progress=(row,), grants=(granting,)))
    assert "*Open*" in words
    assert "*Granting*: setting up" in words
    ended = grant(SHOT, id=7, state=GrantState.ENDED, over_at=NOON)
    words, _ = read(requests(closed=(row,), grants=(ended,)))
    assert "*Closed*" in words
    assert "*Ended* <!date^" in words


def test_the_filter_shows_what_is_chosen() -> None:
    block = drawn(requests(statuses=(RequestState.WITHDRAWN, GrantState.ACTIVE)))["blocks"][2]
    menu = block["accessory"]
    groups = {
        group["label"]["text"]: [one["text"]["text"] for one in group["options"]]
        for group in menu["option_groups"]
    }
    assert groups == {
        "Requests": ["Pending", "Approved", "Rejected", "Expired", "Withdrawn", "Cancelled"],
        "Access": ["Scheduled", "Granting", "Active", "Revoking", "Ended", "Revoked", "Failed"],
    }
    assert [one["value"] for one in menu["initial_options"]] == ["withdrawn", "active"]


@pytest.mark.parametrize(
    ("pages", "turns", "said"),
    [
        (Pages.uncounted(1, PAGE + 1), [("Newer", "0"), ("Older", "2")], "21–40"),
        (Pages.uncounted(1, 3), [("Newer", "0")], "21–23"),
        (Pages(0, 50), [("Older", "1")], "1–20 of 50"),
        (Pages(1, 50), [("Newer", "0"), ("Older", "2")], "21–40 of 50"),
        (Pages(2, 50), [("Newer", "1")], "41–50 of 50"),
    ],
)
def test_pages_are_turned_by_newer_and_older(pages: Pages, turns: list[tuple[str, str]], said: str) -> None:
    view = drawn(access(pages=pages))
    assert said in words_of(view["blocks"])
    assert [(one["text"]["text"], one["value"]) for one in view["blocks"][-1]["elements"]] == turns


def full(words: str = "W" * 75, reason: str = "<!channel> & more\n" * 200) -> list[Content]:
    """Every tab with a whole page of its longest entries, in these words."""
    asked = request(SHOT, reason=reason, app_name=words[:75], access_name=words[:75], over_max=True)
    over = request(
        SHOT, state=RequestState.REJECTED, closed_at=NOON, closed_by=GRACE, closing_note=reason,
        app_name=words[:75], access_name=words[:75],
    )  # fmt: skip
    held = grant(
        SHOT, state=GrantState.FAILED, failing=Direction.GIVE, error=reason, over_at=NOON,
        app_name=words[:75], access_name=words[:75],
    )  # fmt: skip
    crowd = [f"U{n:010}" for n in range(40)]
    where = RequestProgress(stage(0, "any", [*crowd, GRACE], because=reason), 2)
    long = {"name": words[:75], "instructions": reason, "link": f"https://x.example/{'y' * 900}"}
    shot = Snapshot(SHOT.app.model_copy(update=long), SHOT.access)
    held_row = HeldGrant(held, asked, tuple(crowd), shot)
    active = HeldGrant(grant(shot, state=GrantState.ACTIVE), None, (), shot)
    pages, grants = Pages(1, 3 * PAGE), {7: held}
    waits = (Waiting(asked, where, shot),)
    concluded = (Concluded(over, decision(GRACE, comment=reason)),)
    return [
        MyAccess((held_row,) * PAGE, ((over, held),) * 3, tuple(crowd), pages),
        MyAccess((active,) * PAGE, ((over, held),) * 3, tuple(crowd), pages),
        MyRequests(((asked, where),) * PAGE, (), (), {}, {}, (), tuple(crowd), pages),
        MyRequests((), (over,) * 5, (over,) * 15, grants, {}, tuple(GrantState), tuple(crowd), pages),
        History(concluded * PAGE, pages),
        todo(
            concluded * 5, True,
            to_decide=waits * (PAGE - 15), tasks=((task(), held),) * 5, failed=(held,) * 5,
            parked=(job("new", reason),) * 5, pages=pages, first_page=True,
        ),
        todo(concluded * 5, True, to_decide=waits * PAGE, pages=pages, first_page=True),
    ]  # fmt: skip


@pytest.mark.parametrize("content", full())
def test_a_full_page_of_the_longest_entries_fits_into_slacks_limits(content: Content) -> None:
    drawn(content, GRACE)


@given(words=st.text(min_size=1, max_size=75), reason=st.text(max_size=500))
def test_what_people_wrote_is_never_markup(words: str, reason: str) -> None:
    for content in full(words, reason):
        check_markup(drawn(content, GRACE)["blocks"])
