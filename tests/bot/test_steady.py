"""A machine's clock that is set moves nothing; one that goes on is followed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.steady import JUMP, SteadyClock, passed
from models.clock import ManualClock
from tests.conftest import START

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


class Machine:
    """A machine: time passes on it, and somebody sets its clock."""

    def __init__(self) -> None:
        self.clock, self.seconds = ManualClock(START), 0.0
        self.steady = SteadyClock(self.clock, lambda: self.seconds)

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


def test_small_steps_are_followed() -> None:
    machine = Machine()
    machine.clock.advance(JUMP - SECOND)
    assert machine.steady.now() == machine.clock.now()


def test_what_is_believed_is_the_time() -> None:
    machine = Machine()
    machine.clock.advance(HOUR)
    machine.steady.believe()
    assert machine.steady.now() == machine.steady.machine() == START + HOUR
    assert not machine.steady.ahead


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(-(10**8), 10**8)), max_size=20))
def test_it_never_goes_back_by_more_than_a_small_step_and_never_faster_than_time_passes(
    steps: list[tuple[int, int]],
) -> None:
    machine, true, before = Machine(), START, START
    for seconds, jump in steps:
        machine.passes(timedelta(seconds=seconds))
        true += timedelta(seconds=seconds)
        machine.clock.advance(timedelta(seconds=jump))
        now = machine.steady.now()
        assert now > before - JUMP
        assert abs(now - true) < JUMP * (len(steps) + 1)
        before = now


def test_the_seconds_that_pass_cannot_be_set() -> None:
    first = passed()
    assert 0 <= passed() - first < 60
