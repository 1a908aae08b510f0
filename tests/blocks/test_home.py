from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import home, kit
from blocks.cards import CardAction
from models.catalogue.spec.enums import RequestKind
from models.jobs import Job
from models.queries.home import Content, Counts, HomePage
from models.queries.my_access import HeldGrant, MyAccess
from models.queries.my_requests import MyRequests
from models.queries.paging import PAGE, Pages
from models.queries.stage_stories import RequestProgress
from models.queries.to_do import ToDo
from models.tables.grants import Direction, Grant, Task, TaskState
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState
from tests.blocks.slack_validation import buttons_of, check_markup, check_view, words_of
from tests.blocks.stories import ADA, ALAN, GRACE, NOON, ROOT, decision, grant, request, snapshot, stage
from tests.rows import new_row

SHOT = snapshot()
ONE = Pages(0, 1)
TABS = ["My access", "My requests", "To do", "Request access"]


def drawn(content: Content, viewer: str = ADA, counts: Counts | None = None) -> kit.View:
    """App Home with this tab open, as Slack takes it."""
    view = home.home(HomePage(viewer, counts or Counts(1, 0, 2), content), NOON)
    check_view(view)
    return view


def read(content: Content, viewer: str = ADA) -> tuple[str, list[str]]:
    """What can be read on it, and its buttons below the tabs."""
    view = drawn(content, viewer)
    return words_of(view["blocks"]), buttons_of(view["blocks"][1:])


def access(
    *held: HeldGrant, ended: tuple[Grant, ...] = (), pages: Pages = ONE, again: bool = True
) -> MyAccess:
    return MyAccess(held, ended, frozenset(one.id for one in ended if again), (ROOT,), pages)


def requests(
    *pending: Request,
    closed: tuple[Request, ...] = (),
    status: RequestState | None = None,
    instead: dict[int, HeldGrant | None] | None = None,
) -> MyRequests:
    where = RequestProgress(stage(0, "any", [GRACE, ALAN]), 2)
    return MyRequests(tuple((one, where) for one in pending), closed, instead or {}, status, ONE)


def todo(**parts: Any) -> ToDo:
    usual: dict[str, Any] = {
        "to_decide": (),
        "tasks": (),
        "changes": (),
        "reviews": (),
        "failed": (),
        "parked": (),
        "recent_decisions": (),
        "pages": ONE,
    }
    return ToDo(**(usual | parts))


def to_decide(**changes: Any) -> ToDo:
    return todo(to_decide=((request(SHOT, **changes), RequestProgress(stage(0, "any", [GRACE]), 1)),))


def job(kind: str = "card", error: str = "channel_not_found") -> Job:
    return new_row(Job, id=3, kind=kind, key="card:77", error=error)


def task(direction: Direction = Direction.GIVE) -> Task:
    return new_row(
        Task, id=3, grant_id=7, direction=direction, state=TaskState.OPEN, asked=[GRACE], created_at=NOON
    )


def test_the_tabs_stand_on_top_with_what_is_in_each() -> None:
    view = drawn(access())
    assert buttons_of(view["blocks"][:1]) == TABS
    assert "*1* active access · no open requests · *2* to do" in words_of(view["blocks"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (access(pages=Pages(0, 0)), "No access yet."),
        (requests(), "No requests yet."),
        (requests(status=RequestState.REJECTED), "No rejected requests."),
        (todo(), "Nothing needs your attention."),
    ],
)
def test_an_empty_tab_says_so(content: Content, said: str) -> None:
    assert said in read(content)[0]


def test_an_active_access_says_how_long_it_lasts_still() -> None:
    ends = NOON + timedelta(days=2, hours=3, minutes=40)
    words, buttons = read(access(HeldGrant(grant(SHOT, state=GrantState.ACTIVE, ends_at=ends), None, ())))
    assert "GitHub · Engineering team" in words
    assert "*Active* · expires in 2 days 3 hours (<!date^" in words
    assert buttons == ["Extend", "Give back", "Details"]


def test_an_access_without_an_end_cannot_be_extended() -> None:
    words, buttons = read(access(HeldGrant(grant(SHOT, state=GrantState.ACTIVE, ends_at=None), None, ())))
    assert "*Active* with no end" in words
    assert buttons == ["Give back", "Details"]


def test_more_time_is_asked_for_once() -> None:
    more = request(SHOT, id=19, kind=RequestKind.EXTEND)
    words, buttons = read(access(HeldGrant(grant(SHOT, state=GrantState.ACTIVE), more, ())))
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
    words, there = read(access(HeldGrant(grant(SHOT, state=state, **changes), None, ())))
    assert said in words
    assert there == buttons


def test_an_access_that_is_set_up_by_hand_says_by_whom() -> None:
    words, _ = read(access(HeldGrant(grant(SHOT, state=GrantState.GRANTING), None, (GRACE, ALAN))))
    assert f"waiting for <@{GRACE}> or <@{ALAN}> to set it up" in words


def test_what_ended_lately_can_be_asked_for_again() -> None:
    over = grant(SHOT, state=GrantState.ENDED, over_at=NOON)
    view = drawn(access(ended=(over,)))
    assert "Recently ended" in words_of(view["blocks"])
    assert view["blocks"][-1]["accessory"]["action_id"] == CardAction.AGAIN
    assert view["blocks"][-1]["accessory"]["value"] == f"AR-{over.request_id}"


def test_what_ended_and_is_held_anew_is_not_offered_again() -> None:
    over = grant(SHOT, state=GrantState.ENDED, over_at=NOON)
    assert "accessory" not in drawn(access(ended=(over,), again=False))["blocks"][-1]


def approved() -> Request:
    return request(SHOT, state=RequestState.APPROVED, closed_by=GRACE, closed_at=NOON)


def test_an_approved_access_that_is_held_still_can_be_extended_and_not_asked_for_again() -> None:
    one = approved()
    held = HeldGrant(grant(SHOT, state=GrantState.ACTIVE, request_id=one.id), None, ())
    assert read(requests(closed=(one,), instead={one.id: held}))[1] == ["Extend", "Details"]


@pytest.mark.parametrize(
    "held",
    [
        None,
        HeldGrant(grant(SHOT, state=GrantState.ACTIVE, request_id=99), None, ()),
        HeldGrant(grant(SHOT, state=GrantState.ACTIVE, ends_at=None), None, ()),
        HeldGrant(grant(SHOT, state=GrantState.ACTIVE), request(SHOT, kind=RequestKind.EXTEND), ()),
        HeldGrant(grant(SHOT, state=GrantState.ACTIVE, person_id=ALAN), None, ()),
    ],
    ids=["asked for again", "held by another request", "no end", "more is asked for", "somebody else's"],
)
def test_where_neither_would_be_taken_neither_is_offered(held: HeldGrant | None) -> None:
    one = approved()
    assert read(requests(closed=(one,), instead={one.id: held}))[1] == ["Details"]


def test_an_open_request_says_for_whom_it_waits_and_can_be_withdrawn() -> None:
    words, buttons = read(requests(request(SHOT)))
    assert f"*Pending* · stage 1 of 2, waiting for <@{GRACE}> or <@{ALAN}>" in words
    assert "For 8 hours · requested <!date^" in words
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


def test_the_filter_shows_what_is_chosen() -> None:
    menu = drawn(requests(status=RequestState.WITHDRAWN))["blocks"][4]["elements"][0]
    labels = [one["text"]["text"] for one in menu["options"]]
    assert labels == ["All", "Pending", "Approved", "Rejected", "Expired", "Withdrawn", "Cancelled"]
    assert menu["initial_option"]["value"] == "withdrawn"


def test_a_decision_that_waits_says_who_what_why_and_why_you() -> None:
    words, buttons = read(to_decide(over_max=True), GRACE)
    assert f"<@{ADA}> requests *GitHub · Engineering team* · AR-12" in words
    assert "longer than the usual maximum" in words
    assert "> INC-42: db is down" in words
    assert "Why you: owner of GitHub" in words
    assert buttons == ["Approve", "Reject", "Comment", "Details"]


def test_work_by_hand_says_what_to_do() -> None:
    words, buttons = read(todo(tasks=((task(), grant(SHOT)),)), GRACE)
    assert f"Provision *GitHub · Engineering team* for <@{ADA}> · TK-3" in words
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


def test_what_one_decided_lately_stands_below() -> None:
    decided = ((decision(GRACE, approve=False), request(SHOT, state=RequestState.REJECTED)),)
    words, _ = read(todo(recent_decisions=decided), GRACE)
    assert f"✗ You rejected GitHub · Engineering team for <@{ADA}> · AR-12" in words
    assert "now *Rejected*" in words


@pytest.mark.parametrize(
    ("pages", "turns", "said"),
    [
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
    pages = Pages(1, 3 * PAGE)
    return [
        MyAccess(
            (HeldGrant(held, asked, tuple(crowd)),) * PAGE, (held,) * 5, frozenset([7]), tuple(crowd), pages
        ),
        MyRequests(((asked, where),) * PAGE, (), {}, None, pages),
        MyRequests((), (over,) * PAGE, {}, None, pages),
        todo(
            to_decide=((asked, where),) * 5, tasks=((task(), held),) * 5, failed=(held,) * 5,
            parked=(job("new", reason),) * 5, recent_decisions=((decision(GRACE), over),) * 5, pages=pages,
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("content", full())
def test_a_full_page_of_the_longest_entries_fits_into_slacks_limits(content: Content) -> None:
    drawn(content, GRACE)


@given(words=st.text(min_size=1, max_size=75), reason=st.text(max_size=500))
def test_what_people_wrote_is_never_markup(words: str, reason: str) -> None:
    for content in full(words, reason):
        check_markup(drawn(content, GRACE)["blocks"])
