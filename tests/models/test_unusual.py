"""The rule that says which facts about a request are unusual, and where too few cases say nothing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy.unusual import (
    MIN_ANSWERS,
    MIN_HELD,
    MIN_LENGTHS,
    MIN_PEERS,
    MIN_REQUESTS,
    ApproverFact,
    EarlierRequest,
    Fact,
    FirstFact,
    HistoryFact,
    LengthFact,
    PeersFact,
    approver_facts,
    history_fact,
    length_fact,
    peers_fact,
    request_facts,
    time_fact,
)
from models.tables.states import Usage

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2030, 5, 6, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
counts = st.integers(0, 2000)
earlier_requests = st.lists(
    st.builds(
        EarlierRequest,
        same=st.booleans(),
        length=st.none() | st.timedeltas(HOUR, timedelta(days=30)),
        held=st.booleans(),
        given_back=st.booleans(),
        usage=st.none() | st.sampled_from(Usage),
    ),
    max_size=12,
)


def had(usage: Usage | None = None, **more: bool) -> EarlierRequest:
    """The beneficiary had the access for an hour."""
    return EarlierRequest(same=True, length=HOUR, held=True, usage=usage, **more)


def peers(others: int, holders: int) -> PeersFact | None:
    return peers_fact("Sales", others, holders, listed=True)


@pytest.mark.parametrize(
    ("others", "holders", "unusual"),
    [
        (3, 0, True),
        (3, 1, False),
        (9, 7, False),
        (10, 1, False),
        (11, 1, True),
        (40, 3, True),
        (40, 4, False),
    ],
)
def test_it_is_unusual_that_fewer_than_one_in_ten_of_the_department_has_it(
    others: int, holders: int, unusual: bool
) -> None:
    fact = peers(others, holders)
    assert fact is not None
    assert fact.unusual is unusual


@given(counts, counts)
def test_of_a_department_something_is_said_only_where_there_are_three_others(first: int, second: int) -> None:
    others, holders = max(first, second), min(first, second)
    fact = peers(others, holders)
    assert (fact is None) is (others < MIN_PEERS)
    assert peers_fact("", others, holders, listed=False) is None
    if fact is not None and holders == 0:
        assert fact.unusual
    if fact is not None and holders == others:
        assert not fact.unusual


def test_a_first_time_is_no_alarm_and_says_whether_the_app_is_known() -> None:
    fact = history_fact([])
    assert fact == FirstFact(0)
    assert not fact.unusual
    rejected = EarlierRequest(same=True, length=HOUR, held=False)
    other = EarlierRequest(same=False, length=HOUR, held=True)
    assert history_fact([rejected, other]) == FirstFact(1)


@pytest.mark.parametrize(
    ("earlier", "unusual"),
    [
        ([had(Usage.NO)], False),
        ([had(Usage.NO), had()], True),
        ([had(Usage.LESS), had(Usage.NO)], True),
        ([had(Usage.NO), had(), had()], False),
        ([had(), had(given_back=True)], False),
    ],
)
def test_it_is_unusual_that_half_of_the_times_before_were_not_needed(
    earlier: Sequence[EarlierRequest], unusual: bool
) -> None:
    assert history_fact(earlier).unusual is unusual


@given(earlier_requests)
def test_what_came_of_it_before_adds_up(earlier: list[EarlierRequest]) -> None:
    fact = history_fact(earlier)
    held = [one for one in earlier if one.same and one.held]
    assert isinstance(fact, HistoryFact) is bool(held)
    if isinstance(fact, HistoryFact):
        assert fact.held == len(held)
        assert fact.not_needed + fact.less <= fact.held
        assert fact.given_back <= fact.held
        assert not (fact.unusual and fact.held < MIN_HELD)


@given(earlier_requests, st.none() | st.timedeltas(HOUR, timedelta(days=30)))
def test_a_length_is_unusual_only_where_it_is_longer_than_each_of_three_before(
    earlier: list[EarlierRequest], length: timedelta | None
) -> None:
    before = [one.length for one in earlier if one.same]
    fact = length_fact(earlier, length)
    assert (fact is None) is (len(before) < MIN_LENGTHS)
    if fact is not None:
        endless = timedelta.max
        longest = max(one if one is not None else endless for one in before)
        assert fact.unusual is ((length if length is not None else endless) > longest)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (MONDAY, None),
        (datetime(2030, 5, 6, 19, 59, tzinfo=UTC), None),  # 21:59 in Berlin
        (datetime(2030, 5, 6, 20, tzinfo=UTC), "night"),  # 22:00
        (datetime(2030, 5, 7, 3, 59, tzinfo=UTC), "night"),  # 5:59
        (datetime(2030, 5, 7, 4, tzinfo=UTC), None),
        (datetime(2030, 5, 11, 12, tzinfo=UTC), "weekend"),  # a Saturday
        (datetime(2030, 5, 10, 22, 30, tzinfo=UTC), "night"),  # Saturday, 0:30
        (datetime(2030, 5, 12, 21, 59, tzinfo=UTC), "night"),  # Sunday, 23:59
    ],
)
def test_night_and_weekend_are_those_of_the_requester(at: datetime, words: str | None) -> None:
    fact = time_fact(at, [MONDAY] * MIN_REQUESTS, BERLIN)
    found = None if fact is None else "night" if fact.night else "weekend"
    assert found == words
    assert fact is None or fact.unusual


def test_whoever_requests_at_night_now_and_then_is_not_unusual_and_few_requests_say_nothing() -> None:
    night = datetime(2030, 5, 6, 23, tzinfo=UTC)
    often = time_fact(night, [MONDAY, MONDAY, night, MONDAY, night], BERLIN)
    assert often is not None
    assert (often.unusual, often.alike, often.requests) == (False, 2, 5)
    assert time_fact(night, [MONDAY] * (MIN_REQUESTS - 1), BERLIN) is None
    assert time_fact(night, [MONDAY] * MIN_REQUESTS, ZoneInfo("UTC")) is None  # no zone is known


@given(st.lists(st.tuples(st.sampled_from(["UA", "UB"]), st.sampled_from(Usage)), max_size=20))
def test_an_approver_hears_of_a_third_that_was_not_needed_and_only_of_their_own(
    answers: list[tuple[str, Usage]],
) -> None:
    facts = approver_facts(answers)
    for person_id in ("UA", "UB"):
        own = [usage for approver, usage in answers if approver == person_id]
        assert (person_id in facts) is (len(own) >= MIN_ANSWERS)
        if person_id in facts:
            fact = facts[person_id]
            assert fact.answers == len(own)
            assert fact.unusual is (own.count(Usage.NO) * 3 >= len(own))


def test_the_unusual_comes_first_and_each_approver_reads_their_own_numbers() -> None:
    earlier = [had()] * 3
    answers = [("UA", Usage.NO)] * 4 + [("UB", Usage.YES)] * 4
    facts = request_facts(peers(9, 7), earlier, None, timedelta(hours=2), answers, extension=False)
    kinds: dict[str, list[type[Fact]]] = {
        viewer: [type(fact) for fact in facts.seen_by(viewer)] for viewer in ("UA", "UB", "UC")
    }
    assert kinds == {
        "UA": [LengthFact, ApproverFact, PeersFact, HistoryFact],
        "UB": [LengthFact, PeersFact, HistoryFact, ApproverFact],
        "UC": [LengthFact, PeersFact, HistoryFact],
    }


def test_an_extension_says_nothing_of_a_first_time_or_a_length() -> None:
    facts = request_facts(None, [], None, None, [], extension=True)
    assert facts.common == ()
    assert request_facts(None, [], None, None, [], extension=False).common == (FirstFact(0),)
