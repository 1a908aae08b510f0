"""An approver gives less than was asked for; the requester sees by whom, and may use less still."""

from datetime import timedelta

from tests.world import World

HOUR = timedelta(hours=1)
ASKED = "of a release"


async def both_decide(world: World) -> None:
    both = {"name": "Owners", "approvers": ["owners"], "rule": "all"}
    await world.offer(stage=[both], durations=["1h", "8h", "7d"])
    await world.ask("Ada", "github engineering 7d because of a release")


async def grace_gives(world: World, length: str) -> None:
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "Engineering team"), "Modify duration")
    await grace.choose("How long", length)
    assert (await grace.submit()).ok
    await world.settle()


async def ada_uses_less(world: World, length: str) -> None:
    ada = world.person("Ada")
    await ada.click(world.card("Ada", ASKED), "Use less")
    await ada.choose("How long", length)
    assert (await ada.submit()).ok
    await world.settle()


async def test_a_requester_hears_who_changed_it_and_accepts_less_while_it_is_pending(world: World) -> None:
    await both_decide(world)
    assert world.card("Ada", ASKED).buttons == ["Remind", "Withdraw", "Comment", "Details"]
    await grace_gives(world, "8 hours")
    card, grace = world.card("Ada", ASKED), f"<@{world.ids['Grace']}>"
    assert f"7 days → *8 hours*, changed by {grace}" in card.text
    assert card.buttons == ["Remind", "Withdraw", "Use less", "Comment", "Details"]
    assert [reply.text for reply in card.replies] == [f"{grace} changed the duration: 7 days → *8 hours*"]
    await ada_uses_less(world, "1 hour")
    for name, words in (("Ada", ASKED), ("Grace", ASKED), ("Alan", ASKED)):
        assert f"7 days → *1 hour*, changed by <@{world.ids['Ada']}>" in world.card(name, words).text
    await world.approve("Alan", "Engineering team")  # and Grace's approval still counts
    assert world.ids["Ada"] in world.group.members
    await world.pass_time(HOUR)
    assert world.ids["Ada"] not in world.group.members


async def test_what_was_changed_and_is_active_ends_sooner_or_is_given_back_from_the_same_card(
    world: World,
) -> None:
    await world.offer(durations=["1h", "8h", "7d"])
    await world.ask("Ada", "github engineering 7d because of a release")
    await grace_gives(world, "8 hours")
    card = world.card("Ada", ASKED)
    assert "*Active*" in card.text
    assert card.buttons == ["Use less", "Give back", "Details"]
    await ada_uses_less(world, "1 hour")
    end = int((world.clock.now() + HOUR).timestamp())
    assert f"*Active* until <!date^{end}^" in world.card("Ada", ASKED).text
    assert f"<!date^{end}^" in world.card("Ada", "You have access").text
    await world.person("Ada").click(world.card("Ada", ASKED), "Give back")
    await world.settle()
    assert world.ids["Ada"] not in world.group.members
    assert world.card("Ada", ASKED).buttons == ["Details"]


async def test_more_than_was_given_is_refused_at_the_length(world: World) -> None:
    await both_decide(world)
    await grace_gives(world, "8 hours")
    ada = world.person("Ada")
    await ada.click(world.card("Ada", ASKED), "Use less")
    await ada.choose("How long", "Another length")
    await ada.fill("Length", "9 hours")
    assert "isn't shorter" in (await ada.submit()).errors["How long"]
    await ada.fill("Length", "90 minutes")
    assert (await ada.submit()).ok
    await world.settle()
    assert "7 days → *1 hour 30 minutes*" in world.card("Ada", ASKED).text


async def test_a_request_withdrawn_while_the_form_was_open_stays_withdrawn(world: World) -> None:
    await both_decide(world)
    await grace_gives(world, "8 hours")
    ada, card = world.person("Ada"), world.card("Ada", ASKED)
    await ada.click(card, "Use less")
    await ada.choose("How long", "1 hour")
    await ada.click(card, "Withdraw")
    late = await ada.submit()
    assert "already withdrawn" in " ".join(late.errors.values())
    await world.settle()
    assert "7 days → *8 hours*" in world.card("Ada", ASKED).text
