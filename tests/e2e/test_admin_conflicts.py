"""Admins set up conflicts in Slack."""

from models.audit import AuditEntry
from models.catalogue.spec.conflicts import CONFLICT, ConflictSpec
from models.registry import catalogue_entries
from tests.rows import trail_of
from tests.world import World


async def conflicts(world: World) -> list[ConflictSpec]:
    return await world.bot.store.read(lambda case: catalogue_entries.all_entries(case, CONFLICT))


async def trail(world: World, key: str) -> list[AuditEntry]:
    return await trail_of(world.bot.store, subject=f"conflict:{key}")


async def test_a_conflict_is_added_changed_and_taken_out(world: World) -> None:
    root = world.person("Root")
    await root.command("/access-admin")
    await root.press("Conflicts")
    await root.press("Add a conflict")
    await root.fill("Name", "Team or admin")
    await root.fill("Why", "Admins approve what the team builds.")
    assert await root.options("Who has one of these", "git eng") == ["GitHub, Engineering team"]
    await root.choose("Who has one of these", ["GitHub, Engineering team"])
    await root.choose("should not get one of those", ["GitHub, Admin role"])
    await root.choose("Asking for it all the same", "Cannot be sent, nor approved")
    assert (await root.submit()).ok

    assert root.view is not None
    assert "GitHub, Engineering team ↔ GitHub, Admin role" in root.view.text
    (saved,) = await conflicts(world)
    assert (saved.key, saved.these, saved.those) == (
        "team-or-admin", ("github/engineering",), ("github/admin",),
    )  # fmt: skip

    await root.press("Edit", near="Team or admin")
    await root.choose("Asking for it all the same", "One more stage has to approve")
    assert (await root.submit()).errors == {"Who decides in it": "Say who decides in the stage."}
    await root.choose("Who decides in it", ["Mia"])
    await root.fill("The stage’s name", "Auditors")
    assert (await root.submit()).ok

    (changed,) = await conflicts(world)
    assert changed.stage is not None
    assert changed.stage.approvers == (world.ids["Mia"],)
    assert "One more stage: Auditors" in root.view.text
    said = [words for entry in await trail(world, "team-or-admin") for words in entry.data["changes"]]
    assert said[1:] == [
        "conflict “Team or admin”: action block → stage",
        f"conflict “Team or admin”: stage none → “Auditors” (any of {world.ids['Mia']})",
    ]

    await root.press("Delete", near="Team or admin")
    assert await conflicts(world) == []
    assert "There is none yet." in root.view.text
    assert {entry.actor for entry in await trail(world, "team-or-admin")} == {world.ids["Root"]}


async def test_what_makes_no_sense_is_said_in_the_form(world: World) -> None:
    root = world.person("Root")
    await root.command("/access-admin")
    await root.press("Conflicts")
    await root.press("Add a conflict")
    await root.fill("Name", "Team or admin")
    await root.choose("Who has one of these", ["GitHub, everything"])
    await root.choose("should not get one of those", ["GitHub, Admin role"])
    await root.choose("Asking for it all the same", "The approvers see it, and decide")

    assert "on both sides" in " ".join((await root.submit()).errors.values())
    assert await conflicts(world) == []


async def test_who_would_be_asked_shows_what_conflicts(world: World) -> None:
    spec = ConflictSpec(key="k", name="Team or admin", these=("github/engineering",), those=("github/admin",))
    await world.bot.store.run(catalogue_entries.save_entry, CONFLICT, spec, world.ids["Root"])
    await world.ask("Ada", "github engineering 8h because of a release")
    root = world.person("Root")
    await root.command("/access-admin", "github")
    await root.press("Who would be asked?")
    await root.choose("Person", "Ada")
    await root.choose("Access", "Admin role")
    await root.fill("How long", "8 hours")

    await root.submit()

    assert root.view is not None
    assert "It would be refused" in root.view.text
    assert "Ada has asked for GitHub · Engineering team too, which is pending" in root.view.text
