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
    assert await root.options("Anyone with one of these", "git eng") == ["GitHub · Engineering team"]
    await root.choose("Anyone with one of these", ["GitHub · Engineering team"])
    await root.choose("should not get one of these", ["GitHub · Admin role"])
    await root.choose("If requested anyway", "Block the request")
    assert (await root.submit()).ok

    assert root.view is not None
    assert "GitHub · Engineering team ↔ GitHub · Admin role" in root.view.text
    (saved,) = await conflicts(world)
    assert (saved.key, saved.these, saved.those) == (
        "team-or-admin", ("github/engineering",), ("github/admin",),
    )  # fmt: skip

    await root.press("Edit", near="Team or admin")
    await root.choose("If requested anyway", "Require one more stage")
    assert (await root.submit()).errors == {"Stage approvers": "Choose who approves the stage."}
    await root.choose("Stage approvers", ["Mia"])
    await root.fill("Stage name", "Auditors")
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
    assert "None yet." in root.view.text
    assert {entry.actor for entry in await trail(world, "team-or-admin")} == {world.ids["Root"]}


async def test_what_makes_no_sense_is_said_in_the_form(world: World) -> None:
    root = world.person("Root")
    await root.command("/access-admin")
    await root.press("Conflicts")
    await root.press("Add a conflict")
    await root.fill("Name", "Team or admin")
    await root.choose("Anyone with one of these", ["GitHub · all access"])
    await root.choose("should not get one of these", ["GitHub · Admin role"])
    await root.choose("If requested anyway", "Warn approvers")

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
    assert "This would be denied" in root.view.text
    assert "Ada has an open request for GitHub · Engineering team" in root.view.text
