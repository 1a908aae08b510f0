"""Where a change needs two people, one of a conflict waits for the second admin as an app's does."""

from models.catalogue.spec.entry_kinds import SETTINGS, SettingsSpec
from models.registry import catalogue_entries, directory
from tests.e2e.test_admin_conflicts import conflicts, trail
from tests.world import World, modal_text


async def test_a_conflict_is_added_and_taken_out_by_two_admins(world: World) -> None:
    await world.offer()
    mias = world.ids["Mia"]
    await world.bot.store.run(directory.appoint, [mias], "operator")
    await world.bot.store.run(
        catalogue_entries.save_entry, SETTINGS, SettingsSpec(two_people=True), world.ids["Root"]
    )
    root, mia = world.person("Root"), world.person("Mia")
    await root.command("/access-admin")
    await root.press("Conflicts")
    await root.press("Add a conflict")
    await root.fill("Name", "Team or admin")
    await root.choose("Anyone with one of these", ["GitHub · Engineering team"])
    await root.choose("should not get one of these", ["GitHub · Admin role"])
    await root.choose("If requested anyway", "Warn approvers")
    assert (await root.submit()).action == "update"
    assert "Nothing is changed yet. A second admin must approve it: Mia." in modal_text(root)
    await root.close()
    assert "Proposed, not saved." in modal_text(root)
    await world.settle()
    assert await conflicts(world) == []

    await mia.click(world.card("Mia", "proposes to add the conflict “Team or admin”"), "Approve change")
    assert (await mia.submit()).ok
    await world.settle()
    (saved,) = await conflicts(world)
    assert saved.those == ("github/admin",)
    (entry,) = await trail(world, saved.key)
    assert (entry.actor, entry.data["approved_by"]) == (world.ids["Root"], mias)

    await mia.command("/access-admin")
    await mia.press("Conflicts")
    await mia.press("Edit", near="Team or admin")
    await mia.fill("Name", "Admin or team")
    assert (await mia.submit()).action == "update"
    await mia.close()
    await mia.press("Edit", near="Team or admin")
    assert mia.value("Name") == "Admin or team"
    await mia.close()
    await mia.press("Delete", near="Team or admin")
    assert "Proposed, not saved." in modal_text(mia)
    await world.settle()
    assert await conflicts(world) == [saved]
    await root.click(world.card("Root", "proposes to remove the conflict “Team or admin”"), "Approve change")
    assert (await root.submit()).ok
    await world.settle()
    assert await conflicts(world) == []
