"""Passing a decision on: by who is asked, by an owner and by an admin; and who may not."""

from datetime import timedelta
from typing import Any

from bot.sandbox.slack import Person
from tests.home_tabs import press_tab
from tests.world import World

ASKED = "Engineering team"


async def asks(world: World, **entry: Any) -> None:
    """Mia decides on GitHub, which Grace and Alan own; Ada asks."""
    stage = [{"name": "Lead", "approvers": [world.ids["Mia"]], "rule": "any"}]
    await world.offer(**({"stage": stage, "reassign": "anyone"} | entry))
    await world.ask("Ada", "github engineering 8h because of a release")


async def fills(world: World, person: Person, to: str, note: str = "", seat: str = "") -> str:
    """Fill in the form that is open; what it says is wrong."""
    if seat:
        await person.choose("Whose decision", seat)
    await person.choose("New approver", to)
    await person.fill("Note", note)
    sent = await person.submit()
    await world.settle()
    return " ".join(sent.errors.values())


async def passes(world: World, who: str, to: str, note: str = "") -> str:
    """Press Reassign on one's card, and fill in the form."""
    await world.person(who).menu(world.card(who, ASKED), "Reassign")
    return await fills(world, world.person(who), to, note)


async def from_home(world: World, who: str) -> Person:
    """Press Reassign in the Details that App Home leads to."""
    person = world.person(who)
    await person.open_home()
    await world.settle()
    await press_tab(person, "To do")
    await world.settle()
    await person.press_home("Details")
    await person.press("Reassign")
    return person


async def test_an_approver_passes_it_on_and_the_cards_say_who_is_waited_for(world: World) -> None:
    await asks(world)
    ids = world.ids
    assert await passes(world, "Mia", "Otto", "You know the repository") == ""
    old, new = world.card("Mia", ASKED), world.card("Otto", ASKED)
    assert f"you reassigned it to <@{ids['Otto']}>: “You know the repository”" in old.text
    assert not {"Approve", "Reject", "Reassign"} & set(old.buttons)
    assert f"<@{ids['Mia']}> reassigned it to you: “You know the repository”" in new.text
    assert f"Waiting for <@{ids['Otto']}>" in world.card("Ada", ASKED).text
    await world.approve("Otto", ASKED)
    assert ids["Ada"] in world.group.members


async def test_who_passed_it_on_does_not_decide_any_more(world: World) -> None:
    await asks(world)
    mia = world.person("Mia")
    await mia.click(world.card("Mia", ASKED), "Approve")
    root = await from_home(world, "Root")
    assert await fills(world, root, "Otto") == ""
    late = await mia.submit()
    assert "You can't decide on AR-1. Otto can." in " ".join(late.errors.values())


async def test_an_admin_passes_on_the_decision_of_one_of_several(world: World) -> None:
    await asks(world, stage=[{"name": "Owners", "approvers": ["owners"], "rule": "all"}])
    ids = world.ids
    root = await from_home(world, "Root")
    assert await fills(world, root, "Otto", seat="Alan") == ""
    assert f"<@{ids['Root']}> reassigned it to <@{ids['Otto']}>" in world.card("Alan", ASKED).text
    await world.approve("Grace", ASKED)
    assert "1 of 2 approvals" in world.card("Ada", ASKED).text
    await world.approve("Otto", ASKED)
    assert ids["Ada"] in world.group.members


async def test_an_owner_who_is_not_asked_can_pass_it_on_and_the_story_says_so(world: World) -> None:
    await asks(world)
    grace = await from_home(world, "Grace")
    assert await fills(world, grace, "Otto", "On holiday") == ""
    otto = world.person("Otto")
    await otto.click(world.card("Otto", ASKED), "Details")
    assert otto.view is not None
    ids = world.ids
    told = f"<@{ids['Grace']}> reassigned the decision of <@{ids['Mia']}> to <@{ids['Otto']}> in “Lead”"
    assert f"{told}: “On holiday”" in otto.view.text


async def test_who_cannot_decide_is_refused_at_the_field_with_the_reason(world: World) -> None:
    await asks(world, stage=[{"name": "Both", "approvers": [world.ids["Mia"], "owners"], "rule": "all"}])
    await world.approve("Grace", ASKED)
    said = {name: await passes(world, "Mia", name) for name in ("Ada", "Gus", "Mia", "Alan", "Grace")}
    assert said == {
        "Ada": "Ada can't decide on their own request.",
        "Gus": "Gus is a guest, so they can't decide on it.",
        "Mia": "Choose someone else, not yourself.",
        "Alan": "Alan is already asked. Choose someone else.",
        "Grace": "Grace has already decided, so they can't decide on it.",
    }


async def test_somebody_deactivated_since_is_refused_when_it_is_sent(world: World) -> None:
    await asks(world)
    mia = world.person("Mia")
    await mia.menu(world.card("Mia", ASKED), "Reassign")
    await mia.choose("New approver", "Otto")
    world.slack.workspace.users[world.ids["Otto"]].deleted = True  # and no event tells of it
    world.clock.advance(timedelta(minutes=11))
    assert "Otto is deactivated" in " ".join((await mia.submit()).errors.values())


async def test_usually_it_goes_to_those_who_decide_on_the_app_anyway(world: World) -> None:
    await asks(world, reassign="eligible")
    assert await passes(world, "Mia", "Otto") == (
        "Otto can't decide on GitHub. These can: Grace, Alan, Root."
    )
    assert await passes(world, "Mia", "Grace") == ""
    assert "Approve" in world.card("Grace", ASKED).buttons


async def test_where_everybody_is_asked_already_it_says_so(world: World) -> None:
    everybody = [world.ids[name] for name in ("Mia", "Grace", "Alan", "Root")]
    await asks(world, reassign="eligible", stage=[{"name": "All", "approvers": everybody, "rule": "all"}])
    said = "Otto can't decide on GitHub. Everyone else who can is already asked."
    assert await passes(world, "Mia", "Otto") == said


async def test_where_nothing_may_be_passed_on_there_is_no_button(world: World) -> None:
    await asks(world, reassign="nobody")
    assert "Reassign" not in world.card("Mia", ASKED).buttons


async def test_the_requester_does_not_choose_who_decides_even_as_an_owner(world: World) -> None:
    stage = [{"name": "Lead", "approvers": [world.ids["Mia"]], "rule": "any"}]
    await world.offer(stage=stage, reassign="anyone")
    await world.ask("Grace", "github engineering 8h because of a release")
    grace = world.person("Grace")
    await grace.click(world.card("Grace", ASKED), "Details")
    assert grace.view is not None
    assert "Reassign" not in grace.view.buttons
