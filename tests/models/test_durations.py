import copy
import pickle
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.durations import (
    LONGEST,
    check,
    duration_words,
    format_duration,
    parse_duration,
    parse_typed_duration,
    time_left_words,
)

lengths = st.integers(1, LONGEST // timedelta(seconds=1)).map(lambda seconds: timedelta(seconds=seconds))
written = st.builds(lambda count, unit: f"{count}{unit}", st.integers(1, 520), st.sampled_from("smhdw"))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("45s", timedelta(seconds=45)),
        ("30m", timedelta(minutes=30)),
        ("8h", timedelta(hours=8)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(days=14)),
    ],
)
def test_a_length_is_read_as_the_documentation_writes_it(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "8", "h", "8 h", "8H", "-8h", "1.5h", "8h ", "8hours", "٣h", "1h30m", "8h\n"]
)
def test_anything_else_in_a_file_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write a number and s, m, h, d or w"):
        parse_duration(text)


def test_no_time_and_more_than_ten_years_are_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        parse_duration("0h")
    with pytest.raises(ValueError, match="ten years"):
        parse_duration("9999999999w")
    assert parse_duration("3650d") == LONGEST


@given(written)
def test_a_file_gets_back_what_it_said(text: str) -> None:
    assert format_duration(parse_duration(text)) == text


@given(lengths)
def test_every_length_can_be_written_and_read_back_exactly(length: timedelta) -> None:
    assert parse_duration(format_duration(length)) == length


@given(written)
def test_how_a_length_was_written_does_not_make_it_another(text: str) -> None:
    length = parse_duration(text)
    plain = timedelta(seconds=length.total_seconds())
    assert length == plain
    assert hash(length) == hash(plain)
    assert type(length + plain) is timedelta
    for same in (copy.copy(length), copy.deepcopy(length), pickle.loads(pickle.dumps(length))):
        assert (same, same.text) == (length, text)


def test_lengths_that_nobody_wrote_take_the_largest_unit_that_fits() -> None:
    assert format_duration(timedelta(hours=48)) == "2d"
    assert format_duration(timedelta(days=14)) == "2w"
    assert format_duration(timedelta(minutes=90)) == "90m"


@pytest.mark.parametrize(
    "length", [timedelta(), timedelta(days=-1), LONGEST * 2, timedelta(milliseconds=1500)]
)
def test_what_is_no_length_is_not_written_either(length: timedelta) -> None:
    with pytest.raises(ValueError, match=r"\."):
        format_duration(length)
    with pytest.raises(ValueError, match=r"\."):
        check(length)


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        ("8 hours", 8),
        ("8h", 8),
        ("8", 8),
        ("2 Days", 48),
        ("1 day 4 hours", 28),
        ("1 day, 4 hours and 30 min", 28.5),
        ("1h30m", 1.5),
        ("1.5h", 1.5),
        ("1,5 hours", 1.5),
        ("an hour", 1),
        ("a week", 168),
        ("  30 mins ", 0.5),
    ],
)
def test_people_can_say_a_length_in_their_own_way(said: str, hours: float) -> None:
    assert parse_typed_duration(said) == timedelta(hours=hours)


@pytest.mark.parametrize("said", ["", "soon", "8 bananas", "8h because", "h", "-3 days", "a", "3 months"])
def test_what_is_not_a_length_is_answered_with_examples(said: str) -> None:
    with pytest.raises(ValueError, match="Try 30 minutes, 8 hours, 2 days or 1 week"):
        parse_typed_duration(said)


def test_a_bare_number_can_be_left_to_mean_something_else() -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_typed_duration("8", bare_hours=False)


@given(lengths)
def test_what_keyturn_says_can_be_typed_back(length: timedelta) -> None:
    assert parse_typed_duration(duration_words(length)) == length


@given(st.text())
def test_any_text_is_a_length_or_a_sentence(text: str) -> None:
    for read in (parse_duration, parse_typed_duration):
        with suppress(ValueError):
            assert timedelta() < read(text) <= LONGEST


def test_lengths_are_spoken_in_plain_words() -> None:
    assert duration_words(timedelta(hours=8)) == "8 hours"
    assert duration_words(timedelta(days=1, hours=4)) == "1 day 4 hours"
    assert duration_words(timedelta(days=14)) == "14 days"
    assert duration_words(timedelta(seconds=61)) == "1 minute 1 second"
    assert duration_words(timedelta()) == "no time"


def test_time_left_is_rounded_down_to_two_units() -> None:
    assert time_left_words(timedelta(days=1, hours=4, minutes=59)) == "1 day 4 hours left"
    assert time_left_words(timedelta(hours=2)) == "2 hours left"
    assert time_left_words(timedelta(minutes=1, seconds=59)) == "1 minute left"
    assert time_left_words(timedelta(seconds=59)) == "less than a minute left"
    assert time_left_words(timedelta(seconds=-1)) == "no time left"


@given(lengths)
def test_nobody_is_told_that_they_have_longer_than_they_do(length: timedelta) -> None:
    said = time_left_words(length).removesuffix(" left")
    assert said == "less than a minute" or parse_typed_duration(said) <= length
