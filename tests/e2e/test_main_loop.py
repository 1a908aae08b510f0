from datetime import timedelta

import pytest

from tests.world import World

ALL_PAIRINGS = [("sqlite", "socket"), ("sqlite", "http"), ("postgres", "socket"), ("postgres", "http")]


@pytest.mark.parametrize("pairing", ALL_PAIRINGS, ids="-".join)
async def test_from_the_command_to_the_access_and_to_its_end(world: World) -> None:
    ada = world.ids["Ada"]
    await world.ask("Ada", "github engineering 8h because INC-42: db is down")
    assert "Waiting for" in world.card("Ada", "Engineering team").text
    for owner in ("Grace", "Alan"):
        assert "INC-42: db is down" in world.card(owner, "Engineering team").text
    assert ada not in world.group.members

    await world.approve("Grace", "Engineering team")
    assert ada in world.group.members
    assert "Sign in with SSO." in world.card("Ada", "You have access").text
    assert "Approve" not in world.card("Alan", "Engineering team").buttons

    await world.pass_time(timedelta(hours=7, minutes=1))
    assert "Extend" in world.card("Ada", "ends").buttons
    assert ada in world.group.members

    await world.pass_time(timedelta(hours=1))
    assert ada not in world.group.members
    assert "Ended" in world.person("Ada").messages()[-1].text


@pytest.mark.both_engines
async def test_a_rejection_tells_the_requester_who_and_why(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because I am curious")
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "Engineering team"), "Reject")
    await grace.fill("Comment", "Ask your team lead first")
    assert (await grace.submit()).ok
    await world.settle()
    card = world.card("Ada", "Engineering team").text
    assert "Rejected" in card
    assert "Ask your team lead first" in card
    assert world.ids["Grace"] in card
    assert world.ids["Ada"] not in world.group.members
