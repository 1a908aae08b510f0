"""Admins word the messages: in Slack, with a preview, and people read exactly these words."""

from models.audit import AuditEntry
from models.catalogue.spec.entry_kinds import SETTINGS, SettingsSpec
from models.catalogue.spec.messages import MESSAGE, MessageSpec
from models.registry import catalogue_entries, directory
from tests.rows import trail_of
from tests.world import World, modal_text

SORRY = "Sorry, {{ requester|name }}: no {{ access }} this time.\n{% if comment %}{{ comment }}{% endif %}"

SAID = "Use &lt;!channel&gt; &amp; the read-only role"


async def saved(world: World) -> list[MessageSpec]:
    return await world.bot.store.read(lambda case: catalogue_entries.all_entries(case, MESSAGE))


async def trail(world: World, action: str) -> list[AuditEntry]:
    return await trail_of(world.bot.store, action=action)


async def word(world: World, name: str = "Root") -> None:
    """Somebody opens the form that words a rejection."""
    person = world.person(name)
    await person.command("/access-admin")
    await person.press("Messages")
    await person.press("Edit", near="once it is rejected")


async def reject(world: World, comment: str) -> None:
    """Ada asks, and Grace rejects."""
    await world.ask("Ada", "github engineering 8h because INC-42")
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "requests *GitHub"), "Reject")
    await grace.fill("Comment", comment)
    assert (await grace.submit()).ok
    await world.settle()


async def test_a_rejection_in_the_companys_words_is_what_the_requester_reads(world: World) -> None:
    root = world.person("Root")
    await word(world)
    await root.fill("Subject", "About {{ app }}: {{ status|lower }}")
    await root.fill("Text", SORRY)
    assert (await root.submit()).ok
    assert "custom text" in modal_text(root)

    await reject(world, "Use <!channel> & the read-only role")

    card = world.card("Ada", "Sorry, Ada")
    assert "*Rejected* by" in card.text
    assert f"Sorry, Ada: no Engineering team this time.\n{SAID}" in card.text
    assert card.fallback == "About GitHub: rejected"
    (added,) = await trail(world, "catalogue.added")
    assert (added.actor, added.subject) == (world.ids["Root"], "message:rejected")
    assert added.data["changes"][0] == (
        "message “Rejected”: subject the standard text → “About {{ app }}: {{ status|lower }}”"
    )


async def test_a_broken_template_is_refused_at_its_field_with_its_line(world: World) -> None:
    root = world.person("Root")
    await word(world)
    await root.fill("Subject", "{{ app")
    await root.fill("Text", "Hello,\n{{ requestor }}")

    errors = (await root.submit()).errors

    assert errors["Text"] == (
        "Line 2, column 4: “requestor” is no fact of this message. Did you mean “requester”?"
    )
    assert errors["Subject"].startswith("Line 1, column 1: ")
    assert await saved(world) == []


async def test_a_preview_shows_the_card_and_keeps_what_was_typed(world: World) -> None:
    root = world.person("Root")
    await word(world)
    await root.fill("Text", "Sorry about {{ app }}.")

    await root.press("Preview")
    assert "*Preview*" in modal_text(root)
    assert "*Rejected* by" in modal_text(root)
    assert modal_text(root).count("Sorry about GitHub.") == 2  # on the card, and in the e-mail
    assert "> GitHub · Engineering team: Rejected by" in modal_text(root)
    await root.fill("Text", "Sorry about {{ app")
    await root.press("Preview")
    assert "Text: Line 1, column 13: " in modal_text(root)
    await root.fill("Text", "Sorry about {{ access }}.")
    assert (await root.submit()).ok

    (only,) = await saved(world)
    assert (only.subject, only.text) == (None, "Sorry about {{ access }}.")


async def test_back_to_the_standard_words_takes_the_own_words_out(world: World) -> None:
    root = world.person("Root")
    own = MessageSpec.model_validate({"key": "rejected", "text": "No."})
    await world.bot.store.run(catalogue_entries.save_entry, MESSAGE, own, world.ids["Root"])
    await word(world)
    await root.fill("Text", "Never.")

    await root.press("Restore standard text")
    assert "This is the standard text. Save to use it." in modal_text(root)
    assert await saved(world) == [own]
    assert (await root.submit()).ok

    assert await saved(world) == []
    assert "custom text" not in modal_text(root)


async def test_where_a_change_needs_two_people_words_wait_for_the_second(world: World) -> None:
    mias = world.ids["Mia"]
    await world.bot.store.run(directory.appoint, [mias], "operator")
    await world.bot.store.run(
        catalogue_entries.save_entry, SETTINGS, SettingsSpec(two_people=True), world.ids["Root"]
    )
    root, mia = world.person("Root"), world.person("Mia")
    await word(world)
    await root.fill("Text", SORRY)
    await root.submit()
    assert "Nothing is changed yet. A second admin must approve it: Mia." in modal_text(root)
    await root.close()
    assert "Proposed, not saved." in modal_text(root)
    await world.settle()
    assert await saved(world) == []

    await mia.click(world.card("Mia", "proposes to change the message “Rejected”"), "Approve change")
    assert (await mia.submit()).ok
    await world.settle()

    (only,) = await saved(world)
    assert only.text == SORRY


async def test_words_that_cannot_be_used_give_way_to_the_standard_ones_and_the_admins_see_it(
    world: World,
) -> None:
    unusable = MessageSpec.model_validate({"key": "rejected", "text": "Dear {{ gone }}"})
    await world.bot.store.run(catalogue_entries.save_entry, MESSAGE, unusable, world.ids["Root"])

    await reject(world, "Not today")

    card = world.card("Ada", "Rejected")
    assert "Not today" in card.text
    assert "Dear" not in card.text
    (entry,) = await trail(world, "message.unusable")
    assert (entry.subject, entry.data["field"]) == ("message:rejected", "text")
    assert "“gone” is no fact of this message" in entry.data["error"]
    root = world.person("Root")
    await root.command("/access-admin")
    await root.press("Messages")
    assert "The standard text is sent. Text: Line 1, column 9: “gone”" in modal_text(root)
