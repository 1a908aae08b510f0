"""Asking again for what was rejected: from the card that says by whom and why, with the form filled in."""

from tests.world import World


async def test_who_was_rejected_reads_why_and_asks_again(world: World) -> None:
    await world.offer(decision_comment="on_reject")
    await world.ask("Ada", "github engineering 8h because of a release")
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "Engineering team"), "Reject")
    assert list((await grace.submit()).errors) == ["Comment"]
    await grace.fill("Comment", "Not during the freeze")
    assert (await grace.submit()).ok
    await world.settle()
    ada, card = world.person("Ada"), world.card("Ada", "Rejected")
    assert f"*Rejected* by <@{world.ids['Grace']}>" in card.text
    assert "“Not during the freeze”" in card.text
    await ada.click(card, "Request again")
    assert ada.view is not None
    filled = [ada.view.value(label) for label in ("Application", "Access", "How long", "Reason")]
    assert filled == ["GitHub", ["Engineering team"], "8 hours", "of a release"]
    await ada.fill("Reason", "The freeze is over")
    assert (await ada.submit()).ok
    await world.settle()
    await grace.click(world.card("Grace", "The freeze is over"), "Details")
    assert grace.view is not None
    assert "requested it again (8 hours)" in " ".join(grace.view.texts)
    await world.approve("Grace", "The freeze is over")
    assert world.ids["Ada"] in world.group.members
