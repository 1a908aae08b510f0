"""Out of office: from App Home to the decision of whoever stands in."""

from datetime import timedelta

from bot.sandbox.slack import Person
from tests.home_tabs import press_tab
from tests.world import World

ASKED = "Engineering team"


async def to_do(world: World, name: str) -> Person:
    person = world.person(name)
    await person.open_home()
    await world.settle()
    await press_tab(person, "To do")
    await world.settle()
    return person


async def away(world: World, name: str, stand_in: str, days: int = 1) -> str:
    """Set a stand-in on App Home, from today on; what the form says is wrong."""
    person = await to_do(world, name)
    await person.press_home("Out of office")
    await person.choose("Delegate", stand_in)
    last = world.clock.now() + timedelta(days=days - 1)
    await person.fill("Last day", last.date().isoformat())
    sent = await person.submit()
    await world.settle()
    return " ".join(sent.errors.values())


async def test_a_stand_in_is_asked_and_decides_for_who_is_away(world: World) -> None:
    ids = world.ids
    await world.offer(stage=[{"name": "Lead", "approvers": [ids["Mia"]], "rule": "all"}])
    assert await away(world, "Mia", "Otto") == ""
    home = world.person("Mia").home
    assert home is not None
    assert f"<@{ids['Otto']}> is your delegate, on 2 March" in home.text
    await world.ask("Ada", "github engineering 8h because of a release")
    assert world.person("Mia").messages() == []
    card = world.card("Otto", ASKED)
    assert "Mia is away until 2 March, you're the delegate" in card.text
    assert f"Waiting for <@{ids['Otto']}>" in world.card("Ada", ASKED).text
    await world.approve("Otto", ASKED)
    assert ids["Ada"] in world.group.members
    assert f"approved by <@{ids['Otto']}>" in world.card("Ada", "*Active*").text


async def test_who_is_away_finds_it_on_app_home_and_can_decide_there(world: World) -> None:
    await world.offer(stage=[{"name": "Lead", "approvers": [world.ids["Mia"]], "rule": "all"}])
    await away(world, "Mia", "Otto")
    await world.ask("Ada", "github engineering 8h because of a release")
    mia = await to_do(world, "Mia")
    await mia.press_home("Approve")
    assert (await mia.submit()).ok
    await world.settle()
    assert world.ids["Ada"] in world.group.members
    assert "Approve" not in world.card("Otto", ASKED).buttons


async def test_it_ends_with_the_last_day_and_then_they_are_asked_themselves(world: World) -> None:
    await world.offer(stage=[{"name": "Lead", "approvers": [world.ids["Mia"]], "rule": "all"}])
    await away(world, "Mia", "Otto")
    await world.ask("Ada", "github engineering 8h because of a release")
    await world.pass_time(timedelta(days=1))
    assert "Approve" in world.card("Mia", ASKED).buttons
    assert "Approve" not in world.card("Otto", ASKED).buttons


async def test_what_is_wrong_is_said_in_the_form_and_a_stand_in_can_be_removed(world: World) -> None:
    assert await away(world, "Mia", "Gus") == (
        "Gus is a guest, so they can't be a delegate. Choose someone else."
    )
    assert await away(world, "Mia", "Otto", days=3) == ""
    assert (await away(world, "Otto", "Mia")).startswith("Mia is out of office then too")
    otto = await to_do(world, "Otto")
    assert otto.home is not None
    assert f"You're the delegate of <@{world.ids['Mia']}>, 2 March to 4 March." in otto.home.text
    mia = await to_do(world, "Mia")
    await mia.press_home("Remove")
    await world.settle()
    assert mia.home is not None
    assert "No delegate set." in mia.home.text
