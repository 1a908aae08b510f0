"""What stale deliveries say of this machine's clock: nothing as long as they may be old ones, sent again."""

from bot.sandbox.slack.delivery.signing import signature
from bot.slack.signature import MAX_AGE, MIN_STALE, ClockOffset, is_fresh, signed_at

NOW = 1_790_000_000


def test_only_what_was_signed_with_the_secret_says_when() -> None:
    signed = signature("secret", str(NOW), b"body")
    assert signed_at("secret", str(NOW), signed, b"body") == NOW
    assert signed_at("another", str(NOW), signed, b"body") is None
    assert [is_fresh(NOW, NOW + off) for off in (0, MAX_AGE, -MAX_AGE, MAX_AGE + 1)] == [
        True,
        True,
        True,
        False,
    ]


def test_many_that_are_off_by_the_same_tell_by_how_much() -> None:
    clock = ClockOffset()
    seen = [clock.minutes_ahead(NOW + second, NOW + second + 601.5) for second in range(4)]
    assert seen == [None, None, 10, 10]


def test_one_that_is_sent_again_and_again_tells_nothing() -> None:
    clock = ClockOffset()
    assert {clock.minutes_ahead(NOW, NOW + 600 + later) for later in range(0, 600, 60)} == {None}


def test_old_ones_that_are_sent_again_tell_nothing() -> None:
    clock = ClockOffset()
    assert {clock.minutes_ahead(NOW + 60 * one, NOW + 86400) for one in range(2 * MIN_STALE)} == {None}


def test_once_the_clock_is_right_it_is_forgotten() -> None:
    clock = ClockOffset()
    for second in range(MIN_STALE):
        clock.minutes_ahead(NOW + second, NOW + second + 600)
    clock.forget()
    assert clock.minutes_ahead(NOW + 10, NOW + 610) is None
