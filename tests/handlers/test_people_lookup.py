"""Where Slack does not say who is who, what is known already counts, and people are not held up."""

import pytest

from tests.world import World


@pytest.mark.parametrize("trouble", ["cut", "lose_answer", "fail", "ratelimit"])
async def test_a_decision_goes_on_by_what_is_known(world: World, trouble: str) -> None:
    await world.ask("Ada", "github engineering 8h because INC-42")
    with getattr(world.slack.faults, trouble)("users.info"):
        await world.approve("Grace", "Engineering team")
    await world.settle()
    assert world.ids["Ada"] in world.group.members
