"""Every card: Slack takes it whatever people wrote, and its buttons say what they are about."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.cards import draw
from blocks.cards.thread_replies import comment_reply
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
    CardKind.OVERDUE, CardKind.COMMENTS,
)  # fmt: skip


@given(hostile_stories(), st.sampled_from([ADA, "U000", OTTO]))
def test_slack_takes_every_request_card_whatever_people_wrote(about: RequestStory, viewer: str) -> None:
    for kind in OF_REQUESTS:
        check_message(draw(kind, about, viewer))


@given(HOSTILE)
def test_slack_takes_every_comment_whatever_people_wrote(word: str) -> None:
    about = request(snapshot(), app_name=visible(word, 75), access_name=visible(word, 75))
    said = comment_reply(comment(ADA, word[:2000]), about, dict.fromkeys(NAMES, visible(word, 200)))
    check_message(said)
    assert all("AR-12, " in button["accessibility_label"] for button in buttons_in(said))


def test_who_has_no_card_reads_the_whole_comment_and_what_it_is_about() -> None:
    said = [comment(ROOT, "Why?"), comment(GRACE, "Which <tenant>? " + "And why? " * 100)]
    text, buttons, notification = drawn(CardKind.COMMENTS, story(comments=said), ALAN)
    assert "<@UGRACE> on *GitHub · Engineering team* (AR-12)\n> Which &lt;tenant&gt;?" in text
    assert text.count("And why?") == 100
    assert "*Pending* · <@UADA> · GitHub · Engineering team · 8 hours" in text
    assert notification.startswith("Grace on GitHub · Engineering team (AR-12): Which")
    assert buttons == ["Comment", "Details"]


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


@pytest.mark.parametrize("state", list(RequestState))
def test_every_button_of_a_requests_card_says_what_it_is_about(state: RequestState) -> None:
    given, said = grant() if state is RequestState.APPROVED else None, [comment(ROOT, "Why?")]
    about = story(state=state, closed_by=GRACE, grant=given, comments=said)
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
