"""An admin sets up in Slack by which rules requests are decided: an app's, and those of one access."""

from tests.e2e.test_admin import app_of, opened, trail
from tests.world import World, modal_text


async def test_a_rule_is_added_read_in_words_and_refuses_from_then_on(world: World) -> None:
    root = await opened(world)
    assert "None: the stages decide every request." in modal_text(root)
    await root.press("Edit rules")
    await root.press("Add a deny rule")
    await root.fill("Name", "Short for guests")
    await root.fill("Why", "A day is enough for visitors.")
    await root.choose("Only when the access is", "Not privileged")
    await root.fill("Only when longer than", "1 day")
    assert (await root.submit()).action == "update"
    said = (
        "*Short for guests*: denied when this access is not privileged, and the request is for "
        "longer than 1 day."
    )
    assert f"{said}\n_A day is enough for visitors._" in modal_text(root)
    await root.close()
    assert f"• {said}" in modal_text(root)
    ada = world.person("Ada")
    await ada.command("/request-access", "github engineering 2d because of a project")
    assert "A day is enough for visitors." in str(ada.view.blocks if ada.view else "")
    assert (await trail(world))[-1].data["changes"] == ["GitHub: new refusal “Short for guests”"]


async def test_rules_are_edited_moved_and_deleted_and_the_app_below_shows_it(world: World) -> None:
    rules = [{"name": "A", "when": {"guest": True}}, {"name": "B", "when": {"title": ["Lead"]}}]
    await world.offer(auto_approve=rules)
    root = await opened(world)
    await root.press("Edit rules")
    await root.press("Move up", near="*B*")
    assert [one.name for one in (await app_of(world)).auto_approve] == ["B", "A"]
    await root.press("Edit", near="*A*")
    assert root.value("Only when requested for") == "A guest"
    await root.choose("Only when requested for", "Anyone")
    await root.fill("Name", "Calm")
    await root.press("More conditions")
    assert root.value("Name") == "Calm"
    await root.fill("Only when the department is", "Sales\nFinance")
    await root.fill("Any of, all of, not", "not = { title = [")
    assert "can't be read" in (await root.submit()).errors["Any of, all of, not"]
    await root.fill("Any of, all of, not", 'not = { title = ["Intern"] }')
    assert (await root.submit()).action == "update"
    kept = (await app_of(world)).auto_approve[1].stored()
    when = {"department": ["Sales", "Finance"], "not": {"title": ["Intern"]}}
    assert kept == {"name": "Calm", "when": when}
    assert (
        "the department is Sales or Finance, and it is not the case that the title is Intern"
        in modal_text(root)
    )
    assert not (await root.press("Delete", near="*B*", confirm=False)).sent
    await root.press("Delete", near="*B*")
    assert [one.name for one in (await app_of(world)).auto_approve] == ["Calm"]
    await root.close()
    assert "*Calm*: approved automatically" in modal_text(root)
    assert "*B*" not in modal_text(root)


async def test_an_access_gets_stages_of_its_own_and_goes_back_to_the_app_s(world: World) -> None:
    root = await opened(world)
    await root.press("Stages and rules", near="Admin role")
    assert "Same as GitHub:" in modal_text(root)
    await root.press("Use its own stages")
    assert "*1. Owner*" in modal_text(root)
    await root.press("Add a stage")
    await root.fill("Name", "Security")
    await root.choose("People", ["Mia"])
    assert (await root.submit()).action == "update"
    assert "*2. Security*" in modal_text(root)
    own = (await app_of(world)).access[1].stage
    assert [one.name for one in own or ()] == ["Owner", "Security"]
    assert len((await app_of(world)).stage) == 1
    await root.press("Move up", near="2. Security")
    await root.press("Delete", near="2. Owner")
    await root.press("Edit", near="1. Security")
    await root.fill("Name", "Mia")
    assert (await root.submit()).action == "update"
    await root.close()
    assert "Own stages: Mia." in modal_text(root)
    await world.ask("Ada", "github admin 8h because INC-42")
    assert world.person("Grace").messages() == []
    assert "Admin role" in str(world.person("Mia").messages()[-1].blocks)
    await root.press("Stages and rules", near="Admin role")
    await root.press("Same as the app")
    assert "Same as GitHub" in modal_text(root)
    assert (await app_of(world)).access[1].stage is None
    await root.press("Use its own stages")
    await root.press("Delete", near="1. Owner")
    assert "None: owners decide." in modal_text(root)
    assert (await app_of(world)).access[1].stage == ()


async def test_a_rule_of_one_access_holds_for_that_one_only(world: World) -> None:
    root = await opened(world)
    await root.press("Stages and rules", near="Engineering team")
    await root.press("Add an approval rule")
    await root.fill("Name", "Everybody")
    await root.choose("Only when the access is", "Not privileged")
    assert (await root.submit()).action == "update"
    app = await app_of(world)
    assert (len(app.auto_approve), [len(one.auto_approve) for one in app.access]) == (0, [1, 0])
    await world.ask("Ada", "github engineering 8h because of work")
    assert world.person("Grace").messages() == []


async def test_a_stale_rule_form_and_list_say_who_was_faster(world: World) -> None:
    await world.offer(deny=[{"name": "A", "when": {"guest": True}}])
    root = await opened(world)
    await root.press("Edit rules")
    await root.press("Edit", near="*A*")
    await root.fill("Name", "Mine")
    await world.offer(deny=[{"name": "B", "when": {"guest": True}}])
    assert (await root.submit()).action == "update"
    assert "changed this in the meantime" in modal_text(root)
    assert root.value("Name") == "B"
    await root.close()
    await root.press("Edit rules")
    await world.offer(deny=[])
    await root.press("Delete", near="*B*")
    assert "changed this in the meantime" in modal_text(root)
    assert "*B*" not in modal_text(root)


async def test_a_change_that_breaks_an_example_is_said_in_the_list_that_it_was_made_in(world: World) -> None:
    example = {"who": {"title": "Intern"}, "access": "admin", "duration": "8h", "expect": "deny"}
    await world.offer(deny=[{"name": "Interns", "when": {"title": ["Intern"]}}], example=[example])
    root = await opened(world)
    await root.press("Edit rules")
    await root.press("Delete", near="*Interns*")
    assert "Not saved" in modal_text(root)
    assert "Instead: needs approval by Owner." in modal_text(root)
    assert len((await app_of(world)).deny) == 1


async def test_many_rules_are_paged(world: World) -> None:
    await world.offer(deny=[{"name": f"Rule {n:02}", "when": {"title": [f"T{n}"]}} for n in range(45)])
    root = await opened(world)
    await root.press("Edit rules")
    assert "1 to 20 of 45" in modal_text(root)
    await root.press("Next")
    await root.press("Delete", near="Rule 22")
    assert "21 to 40 of 44" in modal_text(root)
    assert "Rule 23" in modal_text(root)


async def test_what_can_never_be_met_is_refused_where_it_is_written_and_noted_elsewhere(world: World) -> None:
    root = await opened(world)
    await root.press("Edit rules")
    await root.press("Add an approval rule")
    await root.fill("Name", "Never")
    await root.choose("Only when the risk is", ["Critical"])
    said = (await root.submit()).errors["Only when the risk is"]
    reason = "it requires that the risk is critical, and no access of GitHub matches."
    assert said == f"It never approves anything: {reason}"
    await root.press("More conditions")
    await root.choose("Only when the risk is", ["Low"])
    await root.fill("Any of, all of, not", 'not = { risk = ["low"] }')
    assert "its conditions contradict each other" in str((await root.submit()).errors)
    await world.offer(auto_approve=[{"name": "Late", "when": {"emergency": True}}])
    await root.close()
    await root.close()
    await root.press("Edit", near="GitHub")
    assert "rule “Late” never approves anything" in modal_text(root)
