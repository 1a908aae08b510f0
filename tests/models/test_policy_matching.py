from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from models.policy.tally import StageMatching

pools = st.lists(
    st.tuples(st.lists(st.sampled_from("abcd"), max_size=4, unique=True), st.integers(0, 2)), max_size=3
)


def possible(wanted: list[tuple[list[str], int]]) -> bool:
    """The slow way: try every way of giving people to seats."""
    seats = [pool for pool, count in wanted for _ in range(count)]
    return any(
        all(person in pool for person, pool in zip(people, seats, strict=False))
        for people in permutations("abcd", len(seats))
    )


@given(pools)
def test_people_are_found_for_every_stage_exactly_if_there_are_enough(
    wanted: list[tuple[list[str], int]],
) -> None:
    seating, kept = StageMatching(), list[tuple[list[str], int]]()
    for stage, (pool, count) in enumerate(wanted):
        fits = seating.assign(stage, pool, count)
        assert fits is possible([*kept, (pool, count)])
        if fits:
            kept.append((pool, count))


def test_an_earlier_stage_gives_way_to_one_that_has_nobody_else() -> None:
    seating = StageMatching()
    assert seating.assign(0, ["ana", "bo"], 1)
    assert seating.assign(1, ["ana"], 1)
    assert not seating.assign(2, ["bo", "ana"], 1)
    assert seating.assign(2, ["bo", "ana", "cy"], 1)
