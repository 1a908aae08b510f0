"""An admin keeps examples of a policy in Slack, and sees what comes of them."""

from models.tables.people import Person
from tests.e2e.test_admin import app_of, opened
from tests.rows import edit
from tests.world import World, modal_text

INTERNS = {"name": "Interns", "when": {"title": ["Intern"]}}


async def test_an_example_is_added_in_slack_run_and_stops_a_change_that_breaks_it(world: World) -> None:
    await world.offer(deny=[INTERNS])
    root = await opened(world)
    await root.press("Examples")
    assert "None yet." in modal_text(root)
    await root.press("Add an example")
    await root.fill("Or someone with the title", "Intern")
    await root.choose("Access", "Admin role")
    await root.fill("How long", "8 hours")
    errors = (await root.submit()).errors
    assert "be requested when the title is Intern." in str(errors)
    await root.choose("Expected result", "Denied")
    await root.fill("Why", "Interns work on copies.")
    assert (await root.submit()).action == "update"
    assert "1. Someone with the title Intern requests admin for 8 hours: denied." in modal_text(root)
    assert "Because: Interns work on copies." in modal_text(root)
    await root.press("Run them")
    assert "All examples pass." in modal_text(root)
    assert [one.stored() for one in (await app_of(world)).example] == [
        {
            "who": {"title": "Intern"},
            "access": "admin",
            "duration": "8h",
            "expect": "deny",
            "because": "Interns work on copies.",
        }
    ]
    await root.close()
    assert "Examples (1)" in modal_text(root)
    await root.press("Edit rules")
    await root.press("Edit", near="*Interns*")
    await root.fill("Only when the title is", "Trainee")
    errors = (await root.submit()).errors
    assert "a test case of GitHub fails" in errors["Name"]
    assert "Interns work on copies" in errors["Name"]
    assert "Instead: needs approval by Owner." in errors["Name"]


async def test_running_says_of_each_example_what_came_out_instead(world: World) -> None:
    """What is known of people changes without a save: an example can fail by itself."""
    ada = world.ids["Ada"]
    await world.bot.context.people.refresh([ada])
    example = {"who": ada, "access": "engineering", "duration": "8h", "expect": "ask", "stages": ["Owner"]}
    await world.offer(deny=[INTERNS], example=[example, example | {"duration": "1h"}])
    await world.bot.store.run(edit, Person, ada, title="Intern")
    root = await opened(world)
    await root.press("Examples (2)")
    await root.press("Run them")
    assert "2 of 2 examples fail." in modal_text(root)
    assert "Instead: denied. GitHub can't be requested when the title is Intern." in modal_text(root)


async def test_examples_are_edited_and_deleted(world: World) -> None:
    example = {"who": {"guest": True}, "access": "admin", "duration": "forever", "expect": "deny"}
    await world.offer(example=[example])
    root = await opened(world)
    await root.press("Examples (1)")
    await root.press("Edit", near="1. A guest")
    assert root.value("Expected result") == "Denied"
    await root.choose("Who it is for", "Ada")
    assert (await root.submit()).errors == {"Who it is for": "Choose a person or describe one, not both."}
    await root.clear("Who it is for")
    await root.fill("Requested at", "sat 22:30")
    await root.fill("In these stages", "Owner")
    assert "only an example that expects" in str((await root.submit()).errors)
    await root.clear("In these stages")
    assert (await root.submit()).action == "update"
    assert (await app_of(world)).example[0].stored() == example | {"at": "sat 22:30"}
    await root.press("Delete", near="1. A guest")
    assert "None yet." in modal_text(root)
    assert (await app_of(world)).example == ()
