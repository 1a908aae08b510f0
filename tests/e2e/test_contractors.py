"""Guests and contractors, and what the directory table says: what people see of it."""

import json

from bot.catalogue.import_export import replace_catalogue
from models.catalogue.file.read import dump, load
from models.store.outcome import Outcome
from tests.world import World

ENDLESS = {"indefinite": True, "guests": True, "durations": ["8h"]}


async def import_directory(world: World, directory: str) -> None:
    """Take the present apps in, with this directory."""
    spec = await world.offer(**ENDLESS)

    def take_in(out: Outcome) -> None:
        replace_catalogue(out, load(dump([spec]) + directory, "catalogue.toml"))

    await world.bot.store.write(take_in)
    await world.settle()


async def form_of(world: World, name: str) -> str:
    """The form for a request of theirs, as Slack got it."""
    person = world.person(name)
    await person.command("/request-access", "github admin")
    assert person.view is not None
    form = json.dumps(person.view.blocks)
    await person.close()
    return form


async def test_who_becomes_a_contractor_hears_that_their_access_has_an_end_now(world: World) -> None:
    await world.offer(**ENDLESS)
    assert "No end" in await form_of(world, "Ada")
    ada = world.person("Ada")
    await ada.command("/request-access", "github engineering because of INC-42")
    await ada.choose("How long", "No end")
    assert (await ada.submit()).ok
    await world.settle()
    await world.approve("Grace", "Engineering team")
    assert "with *no end*" in world.card("Ada", "You have access to *GitHub · Engineering team*").text
    await import_directory(world, '\n[[person]]\nperson = "ada@example.com"\ncontractor = true\n')
    assert "now ends" in world.card("Ada", "Your access to *GitHub · Engineering team*").text
    assert "now ends" in world.card("Grace", "'s access to *GitHub · Engineering team*").text
    assert "No end" not in await form_of(world, "Ada")


async def test_a_guest_is_not_offered_an_access_without_an_end(world: World) -> None:
    await world.offer(**ENDLESS)
    assert "No end" not in await form_of(world, "Gus")


async def test_the_manager_whom_the_table_names_is_asked(world: World) -> None:
    await world.offer(stage=[{"name": "Manager", "approvers": ["manager"]}])
    spec = await world.offer(stage=[{"name": "Manager", "approvers": ["manager"]}])
    said = f'\n[[person]]\nperson = "{world.ids["Ada"]}"\nmanager = "otto@example.com"\n'
    await world.bot.store.run(replace_catalogue, load(dump([spec]) + said, "catalogue.toml"))
    await world.ask("Ada", "github admin 8h because INC-42")
    world.card("Otto", "requests *GitHub · Admin role")


async def test_whoever_the_table_makes_the_manager_is_asked_at_once_for_what_waits(world: World) -> None:
    spec = await world.offer(stage=[{"name": "Manager", "approvers": ["manager"]}])
    ids = world.ids

    async def managed_by(manager: str) -> None:
        said = f'\n[[person]]\nperson = "{ids["Ada"]}"\nmanager = "{manager}"\n'
        await world.bot.store.run(replace_catalogue, load(dump([spec]) + said, "catalogue.toml"))
        await world.settle()

    await managed_by("mia@example.com")
    await world.ask("Ada", "github engineering 8h because INC-42")
    assert "Approve" in world.card("Mia", "Engineering team").buttons
    await managed_by("otto@example.com")
    assert f"you manage <@{ids['Ada']}>" in world.card("Otto", "Engineering team").text
    assert "Approve" not in world.card("Mia", "Engineering team").buttons
    assert f"Waiting for <@{ids['Otto']}>" in world.card("Ada", "Engineering team").text
    seen = len(world.person("Otto").messages())
    await managed_by("otto@example.com")
    assert len(world.person("Otto").messages()) == seen
    await world.approve("Otto", "Engineering team")
    assert ids["Ada"] in world.group.members
