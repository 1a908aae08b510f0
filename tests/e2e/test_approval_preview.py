"""An admin asks in Slack who would be asked, and learns of examples that a change would break."""

from bot.sandbox.slack import Person
from models.registry import apps
from models.tables.requests import Request
from tests.e2e.test_admin import opened
from tests.rows import count_of
from tests.world import World, modal_text


async def answer(root: Person, person: str, access: str, length: str) -> str:
    """What the form says of this question."""
    await root.choose("Person", person)
    await root.choose("Access", access)
    await root.fill("How long", length)
    assert (await root.submit()).action == "update"
    return modal_text(root)


async def test_the_answer_is_the_preview_with_its_reasons_and_asks_nobody(world: World) -> None:
    root = await opened(world)
    await root.press("Who would be asked?")
    said = await answer(root, "Otto", "Admin role", "8 hours")
    assert "Who will approve it" in said
    assert "owner of GitHub" in said
    assert "Required for every GitHub request." in said
    assert await count_of(world.bot.store, Request) == 0
    assert world.person("Grace").messages() == []


async def test_the_form_can_be_asked_again_and_names_the_rule_that_refuses(world: World) -> None:
    rule = {"name": "Short", "why": "Only for a day.", "when": {"not": {"duration_over": "1d"}}}
    await world.offer(require=[rule])
    root = await opened(world)
    await root.press("Who would be asked?")
    said = await answer(root, "Ada", "Engineering team", "2 days")
    assert "This would be denied" in said
    assert "Only for a day." in said
    assert "This would be denied" not in await answer(root, "Ada", "Engineering team", "8 hours")
    await root.fill("How long", "soon")
    assert "How long" in (await root.submit()).errors
    assert "Only for a day." in await answer(root, "Otto", "Admin role", "")


async def test_the_circumstances_can_be_supposed(world: World) -> None:
    rules = [
        {"name": "Weekend", "why": "Not at weekends.", "when": {"weekday": ["sat", "sun"]}},
        {"name": "Others", "why": "Ask yourself.", "when": {"on_behalf": True}},
    ]
    await world.offer(deny=rules, on_behalf="anyone", emergency={"max": "2h"})
    root = await opened(world)
    await root.press("Who would be asked?")
    await root.fill("When", "sat 22:30")
    assert "Not at weekends." in await answer(root, "Ada", "Engineering team", "1 hour")
    await root.fill("When", "mon 12:00")
    await root.choose("Requested by", "Otto")
    said = await answer(root, "Ada", "Engineering team", "1 hour")
    assert "Not at weekends." not in said
    assert "Ask yourself." in said
    await root.clear("Requested by")
    await root.choose("Emergency", ["This is an emergency"])
    assert "This would be denied" not in await answer(root, "Ada", "Engineering team", "1 hour")
    await root.fill("When", "tomorrow")
    assert "not a day and time" in (await root.submit()).errors["When"]


async def test_a_change_that_breaks_an_example_stays_in_the_form_with_what_came_out(world: World) -> None:
    example = {"who": {"title": "Engineer"}, "access": "admin", "duration": "8h", "expect": "ask"}
    await world.offer(example=[example | {"stages": ["Owner"]}])
    root = await opened(world)
    await root.press("Edit", near="1. Owner")
    await root.fill("Name", "Somebody")
    errors = (await root.submit()).errors
    assert "Instead: needs approval by Somebody." in errors["Name"]
    kept = await world.bot.store.read(lambda case: apps.find_app(case, "github"))
    assert kept is not None
    assert kept.stage[0].name == "Owner"
