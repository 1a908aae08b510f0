from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.spec import AccessPolicy, effective_policy
from models.durations import LONGEST
from models.policy import check_duration
from tests.models.specs import app

NOW = datetime(2030, 5, 6, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def policy(**fields: Any) -> AccessPolicy:
    entry = app(**fields)
    return effective_policy(entry, entry.access[0])


def test_a_length_within_the_maximum_is_fine() -> None:
    verdict = check_duration(policy(max_duration="30d"), 30 * DAY, None, None, NOW)
    assert (verdict.ok, verdict.over_max, verdict.message) == (True, False, "")


def test_over_the_maximum_is_flagged_or_refused_as_the_app_says() -> None:
    flagged = check_duration(policy(max_duration="30d"), 31 * DAY, None, None, NOW)
    assert (flagged.ok, flagged.over_max) == (True, True)
    assert flagged.message.startswith("The limit for GitHub is 30 days.")
    refused = check_duration(policy(max_duration="30d", over_max="refuse"), 31 * DAY, None, None, NOW)
    assert (refused.ok, refused.message) == (False, "The limit for GitHub is 30 days. Choose less.")


def test_an_explicit_end_counts_from_the_start_or_from_now() -> None:
    month = policy(max_duration="30d")
    assert check_duration(month, None, None, NOW + 31 * DAY, NOW).over_max
    assert not check_duration(month, None, NOW + 5 * DAY, NOW + 31 * DAY, NOW).over_max


def test_without_an_end_only_where_the_app_allows_it_and_never_for_guests() -> None:
    assert not check_duration(policy(), None, None, None, NOW).ok
    assert check_duration(policy(indefinite=True), None, None, None, NOW).ok
    guest = check_duration(policy(indefinite=True), None, None, None, NOW, temporary=True)
    assert guest.message == "Guests and contractors need an end date. Choose how long."
    assert not guest.ok


@pytest.mark.parametrize(
    ("length", "start", "end", "said"),
    [
        (HOUR, None, NOW + HOUR, "not both"),
        (timedelta(), None, None, "above zero"),
        (LONGEST + HOUR, None, None, "ten years"),
        (None, NOW - HOUR, NOW + HOUR, "The start has passed"),
        (HOUR, NOW + LONGEST + HOUR, None, "within ten years"),
        (None, None, NOW, "The end has passed"),
        (None, NOW + 2 * HOUR, NOW + HOUR, "The end comes before the start"),
        (None, None, NOW + LONGEST + HOUR, "ten years"),
    ],
)
def test_what_cannot_be_is_refused_with_a_word(
    length: timedelta | None, start: datetime | None, end: datetime | None, said: str
) -> None:
    verdict = check_duration(policy(indefinite=True), length, start, end, NOW)
    assert not verdict.ok
    assert said in verdict.message


def test_a_start_that_passed_while_the_form_was_filled_in_is_fine() -> None:
    assert check_duration(policy(), HOUR, NOW - timedelta(minutes=5), None, NOW).ok


@given(st.timedeltas(timedelta(seconds=1), LONGEST), st.sampled_from(["flag", "refuse"]), st.booleans())
def test_only_flagged_or_refused_lengths_have_a_message(
    length: timedelta, over_max: str, guest: bool
) -> None:
    verdict = check_duration(
        policy(max_duration="30d", over_max=over_max), length, None, None, NOW, temporary=guest
    )
    assert verdict.over_max is (length > 30 * DAY)
    assert verdict.ok is (not verdict.over_max or over_max == "flag")
    assert bool(verdict.message) is verdict.over_max


def test_a_start_that_has_passed_makes_no_access_longer() -> None:
    began = NOW - timedelta(minutes=5)
    assert not check_duration(policy(max_duration="30d"), None, began, NOW + 30 * DAY, NOW).over_max
