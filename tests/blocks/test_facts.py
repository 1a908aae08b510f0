"""What stands out about a request: the unusual on the approver's card, all of it in Details."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from blocks.details import details
from models.catalogue.spec.enums import RequestKind
from models.policy.unusual import (
    ApproverFact,
    Fact,
    FirstFact,
    HistoryFact,
    LengthFact,
    PeersFact,
    RequestFacts,
    TimeFact,
)
from models.queries.stories import RequestStory
from models.tables.cards import CardKind
from models.tables.states import GrantState, RequestState, Usage
from tests.blocks.slack_validation import check_view, drawn, words_of
from tests.blocks.stories import ADA, ALAN, GRACE, grant, grant_story, story
from tests.blocks.test_cards import HOSTILE

HOUR = timedelta(hours=1)
NOBODY = PeersFact("Sales", listed=True, others=9, holders=0)
MOST = PeersFact("Engineering", listed=True, others=9, holders=7)
SIGN = ":large_orange_diamond:"


def about(
    *facts: Fact, kind: RequestKind = RequestKind.NEW, approvers: Mapping[str, ApproverFact] | None = None
) -> RequestStory:
    return replace(story(kind=kind), facts=RequestFacts(facts, approvers or {}))


def card(what: RequestStory, viewer: str = GRACE) -> str:
    return drawn(CardKind.APPROVAL, what, viewer)[0]


def in_details(what: RequestStory, viewer: str = GRACE) -> str:
    view = details(what, [], viewer=viewer)
    check_view(view)
    return words_of(view["blocks"])


def test_the_unusual_stands_on_the_card_in_bold_and_first() -> None:
    said = card(about(TimeFact(night=True, requests=9, alike=0), NOBODY))
    assert f"\n{SIGN} *First time at night* · nobody in Sales has it\n" in said


def test_the_usual_stands_in_details_only_with_its_other_side() -> None:
    what = about(MOST, FirstFact(0))
    assert SIGN not in card(what)
    assert "Engineering" not in card(what).replace("Engineering team", "")
    said = in_details(what)
    assert "• 7 of 9 in Engineering have it\nOf 9 other active people in Engineering" in said
    assert "7 hold it now and 2 don't. The department is as in the directory table." in said
    assert "• First request for GitHub\n<@UADA> never had it; other requests for GitHub before: 0." in said
    assert "Nothing of it is a recommendation." in said


def test_a_department_that_people_write_themselves_is_named_as_such() -> None:
    what = about(replace(NOBODY, listed=False))
    assert f"{SIGN} *Nobody in Sales (by Slack profile) has it*" in card(what)
    assert "as in their Slack profile, which people may edit" in in_details(what)


@pytest.mark.parametrize(
    ("fact", "words", "count"),
    [
        (PeersFact("Sales", listed=True, others=40, holders=1), "1 of 40 in Sales has it", "39 don't"),
        (
            HistoryFact(held=5, given_back=1, not_needed=2, less=1),
            "Had it 5 times before: not needed twice, less would do once, given back early once",
            "used it or no answer 2.",
        ),
        (
            HistoryFact(held=1, given_back=0, not_needed=0, less=0),
            "Had it once before",
            "team: 1; given back early: 0.",
        ),
        (FirstFact(2), "First request for GitHub · Engineering team", "before: 2."),
        (TimeFact(night=True, requests=20, alike=3), "At night, as 3 times before", "17 were not"),
        (TimeFact(night=False, requests=5, alike=0), "First time at a weekend", "on a Saturday or Sunday"),
        (LengthFact(HOUR, 4, longer=True), "Longer than ever before (at most 1 hour)", "4 times before"),
        (LengthFact(None, 3, longer=False), "Not longer than before (up to no end)", "at most no end"),
    ],
)
def test_each_fact_has_its_words_and_its_count(fact: Fact, words: str, count: str) -> None:
    said = in_details(about(fact))
    assert words in said
    assert count in said
    assert (words in card(about(fact))) is fact.unusual


def test_an_approver_reads_what_was_not_needed_of_what_they_approved_and_nobody_else_does() -> None:
    unneeded = ApproverFact(answers=12, not_needed=5, less=1)
    what = about(approvers={GRACE: unneeded, ALAN: replace(unneeded, not_needed=1)})
    assert f"{SIGN} *5 of the 12 you approved were not needed*" in card(what)
    assert SIGN not in card(what, ALAN)
    assert "• 11 of the 12 you approved were needed" in in_details(what, ALAN)
    assert "used 6, less would do 1, not needed 5." in in_details(what)
    assert "you approved" not in in_details(what, ADA)


def test_of_an_extension_it_is_nobody_else() -> None:
    assert "*Nobody else in Sales has it*" in card(about(NOBODY, kind=RequestKind.EXTEND))


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert SIGN not in card(about())
    assert "How usual" not in in_details(about())


@given(HOSTILE)
def test_slack_takes_them_whatever_the_department_is_called(word: str) -> None:
    what = about(replace(NOBODY, department=word[:200] or "x"))
    card(what)
    in_details(what)


def test_the_holder_is_asked_at_the_end_and_reads_their_answer() -> None:
    over = grant_story(state=GrantState.ENDED, over_at=grant().ends_at)
    said, buttons, _ = drawn(CardKind.OVER, replace(over, takes_usage=True), ADA)
    assert "Did you use it?" in said
    assert buttons == ["Yes", "Less would do", "Didn't need it", "Request again", "Details"]
    answered = replace(over, grant=over.grant._replace(usage=Usage.LESS), takes_usage=True)  # type: ignore[attr-defined]
    said, buttons, _ = drawn(CardKind.OVER, answered, ADA)
    assert "You said: *less would do*. Changed your mind?" in said
    assert buttons == ["Used it", "Didn't need it", "Request again", "Details"]
    assert drawn(CardKind.OVER, replace(answered, takes_usage=False), ADA)[1] == ["Request again", "Details"]


def test_nobody_but_the_holder_is_asked() -> None:
    over = replace(grant_story(state=GrantState.ENDED), takes_usage=True)
    said, buttons, _ = drawn(CardKind.OVER, over, ALAN)
    assert "Did you use it?" not in said
    assert buttons == ["Request again", "Details"]


def test_details_say_what_the_holder_answered() -> None:
    over = grant(state=GrantState.ENDED, usage=Usage.NO)
    assert "<@UADA> said at its end: *didn't need it*" in in_details(
        story(grant=over, state=RequestState.APPROVED)
    )
