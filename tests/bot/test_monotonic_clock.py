"""A machine's clock that is set lengthens nothing, by however much; one that goes on is followed."""

from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.clock.monotonic import JUMP, SLEW_RATE, MonotonicClock, monotonic_seconds
from models.clock import ManualClock
from tests.conftest import START

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
ROUNDED = timedelta(microseconds=2)


class Machine:
    """A machine: time passes on it, and somebody sets its clock."""

    def __init__(self) -> None:
        self.clock, self.seconds = ManualClock(START), 0.0
        self.steady = MonotonicClock(self.clock, lambda: self.seconds)

    def passes(self, step: timedelta) -> None:
        self.clock.advance(step)
        self.seconds += step.total_seconds()


@pytest.mark.parametrize("jump", [HOUR, -HOUR, timedelta(days=365), -timedelta(days=365)])
def test_a_jump_is_not_followed_and_forgotten_when_it_is_taken_back(jump: timedelta) -> None:
    machine = Machine()
    machine.clock.advance(jump)
    assert machine.steady.now() == START
    assert machine.steady.ahead == jump
    machine.passes(HOUR)
    assert machine.steady.now() == START + HOUR
    machine.clock.advance(SECOND - jump)
    assert machine.steady.now() == START + HOUR + SECOND
    assert not machine.steady.ahead


def test_a_small_step_forward_is_followed() -> None:
    machine = Machine()
    machine.clock.advance(JUMP - SECOND)
    assert machine.steady.now() == machine.clock.now()


@pytest.mark.parametrize("back", [SECOND, 2 * MINUTE, JUMP - SECOND])
def test_after_a_small_step_back_25_seconds_last_hardly_longer(back: timedelta) -> None:
    machine = Machine()
    end = machine.steady.now() + timedelta(seconds=25)
    machine.passes(5 * SECOND)
    machine.clock.advance(-back)
    for _ in range(19):
        machine.passes(SECOND)
        assert machine.steady.now() < end
    machine.passes(1.3 * SECOND)
    assert machine.steady.now() >= end
    assert not machine.steady.ahead


def test_time_is_slower_only_until_the_machines_clock_has_caught_up() -> None:
    machine = Machine()
    machine.clock.advance(-2 * MINUTE)
    for _ in range(198):
        machine.passes(MINUTE)
        assert machine.steady.now() > machine.clock.now()
    machine.passes(2 * MINUTE)
    assert machine.steady.now() == machine.clock.now()
    machine.passes(MINUTE)
    assert machine.steady.now() == machine.clock.now()


def test_a_step_that_takes_back_another_moves_nothing() -> None:
    machine = Machine()
    machine.clock.advance(-2 * MINUTE)
    assert machine.steady.now() == START
    machine.clock.advance(2 * MINUTE)
    assert machine.steady.now() == START
    assert machine.steady.now() == machine.clock.now()


def test_small_steps_back_that_add_up_are_not_believed() -> None:
    machine = Machine()
    for _ in range(3):
        machine.clock.advance(-2 * MINUTE)
        machine.passes(SECOND)
        machine.steady.now()
    assert machine.steady.ahead < -JUMP


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_what_is_believed_is_the_time(jump: timedelta) -> None:
    machine = Machine()
    machine.clock.advance(jump)
    machine.steady.accept_machine_time()
    assert machine.steady.now() == machine.steady.machine_time() == START + jump
    assert not machine.steady.ahead


@pytest.mark.parametrize("back", [SECOND, HOUR])
def test_it_goes_on_from_where_somebody_says(back: timedelta) -> None:
    machine = Machine()
    machine.steady.set_time(START + back)
    assert machine.steady.now() == START + back
    machine.passes(SECOND)
    assert START + back < machine.steady.now() <= START + back + SECOND


HELD_UP = [(0, -2_000_000), (0, 2_000_000)]
STEPS = st.one_of(
    st.integers(-(10**6), 10**6),
    st.integers(-int(JUMP.total_seconds() * 10**6), int(JUMP.total_seconds() * 10**6)),
    st.integers(-(10**14), 10**14),
)


@example([(25_000_000, -120_000_000), (25_000_000, 0)])
@example([(1, -240_000_000), (1, -240_000_000), (1, 470_000_000), (10**10, 5)])
@example(HELD_UP)
@given(st.lists(st.tuples(st.integers(0, 10**12), STEPS), max_size=20))
def test_wherever_the_clock_is_set_it_never_goes_back_and_is_never_slower_by_more_than_one_percent(
    steps: list[tuple[int, int]],
) -> None:
    """Microseconds that pass, and by which the machine's clock is set after them."""
    machine, before = Machine(), START
    for passing, jump in steps:
        machine.passes(timedelta(microseconds=passing))
        machine.clock.advance(timedelta(microseconds=jump))
        went = machine.steady.now() - before
        assert went >= timedelta()
        assert went >= (1 - SLEW_RATE) * timedelta(microseconds=passing) - ROUNDED
        assert went < timedelta(microseconds=passing) + JUMP
        before += went


def test_the_seconds_that_pass_cannot_be_set() -> None:
    first = monotonic_seconds()
    assert 0 <= monotonic_seconds() - first < 60
