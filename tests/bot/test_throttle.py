"""Jobs that only tell and tidy step back while people wait for answers, in portions and never for good."""

from bot.worker.claim import FEW, HOLD, PORTION, Throttle
from models.jobs import Urgency

FREE = 12
ALL, HELD = (FREE, Urgency.LATER), (FREE, Urgency.GIVE)


def test_a_few_deliveries_hold_back_no_job() -> None:
    assert Throttle(lambda: FEW).limits(0, FREE) == ALL


def test_under_a_steady_stream_one_portion_goes_in_each_span_of_time() -> None:
    throttle, portions = Throttle(lambda: FEW + 1), 0
    spans, steps = 4, 10
    for step in range(spans * steps + 1):
        now = step * HOLD / steps
        limits = throttle.limits(now, FREE)
        if limits != HELD:
            assert limits == (PORTION, Urgency.LATER)
            throttle.spend(now)
            portions += 1
    assert portions == spans


def test_a_portion_that_nobody_took_is_offered_until_somebody_does() -> None:
    throttle = Throttle(lambda: FEW + 1)
    assert throttle.limits(0, FREE) == HELD
    assert throttle.limits(HOLD, FREE) == throttle.limits(1.1 * HOLD, FREE) == (PORTION, Urgency.LATER)


def test_as_soon_as_the_deliveries_are_done_everything_goes_and_the_next_ones_get_their_whole_time() -> None:
    in_hand = FEW + 1
    throttle = Throttle(lambda: in_hand)
    assert throttle.limits(0, FREE) == HELD
    in_hand = 0
    assert throttle.limits(HOLD / 2, FREE) == ALL
    in_hand = FEW + 1
    assert throttle.limits(HOLD, FREE) == throttle.limits(HOLD * 1.9, FREE) == HELD
