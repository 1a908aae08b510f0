"""An admin sets apps up in Slack, by clicking; nobody else can."""

from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.slack import Person
from bot.sandbox.slack.blocks import visible
from bot.sandbox.slack.client.client import Client
from bot.sandbox.slack.client.surfaces import ViewSurface
from bot.sandbox.slack.state.views import View
from handlers.people import timeout
from models import audit
from models.audit import TrailEntry
from models.catalogue.spec import AppSpec
from models.registry import apps, directory
from tests import time_limits
from tests.world import World, modal_text

REFUSED = "Only Keyturn’s admins can set up apps. Ask Root."


async def app_of(world: World, key: str = "github") -> AppSpec:
    """An app as it is kept."""
    found = await world.bot.store.read(lambda case: apps.find_app(case, key))
    assert found is not None
    return found


async def trail(world: World, key: str = "github") -> list[TrailEntry]:
    """What the audit trail has of an app."""
    return await world.bot.store.read(lambda case: audit.entries_about(case, [f"app:{key}"]))


async def opened(world: World, name: str = "Root") -> Person:
    """An admin with GitHub before them, the list below it."""
    root = world.person(name)
    assert (await root.command("/access-admin")).ok
    await root.press("Edit", near="GitHub")
    return root


async def test_an_admin_adds_an_app_and_somebody_gets_access_by_it(world: World) -> None:
    root = world.person("Root")
    await root.command("/access-admin")
    await root.press("Add an app")
    await root.fill("Name", "Figma <draw>")
    await root.press("More")
    assert root.value("Name") == "Figma <draw>"
    await root.choose("Risk", "Medium")
    await root.choose("Owners", ["Grace"])
    assert (await root.submit()).action == "update"
    assert "key `figma-draw`" in modal_text(root)
    assert "No access yet" in modal_text(root)
    await root.press("Add an access")
    await root.fill("Name", "Editor")
    assert (await root.submit()).ok
    assert "Editor" in modal_text(root)
    await root.close()
    assert "Figma &lt;draw&gt;" in modal_text(root)
    await world.ask("Ada", "figma-draw editor 8h because of a release")
    await world.approve("Grace", "Editor")
    assert [entry.action for entry in await trail(world, "figma-draw")] == ["app.added", "app.changed"]


async def test_an_app_is_added_in_four_fields_and_one_submit_and_can_be_requested(world: World) -> None:
    root = world.person("Root")
    await root.command("/access-admin")
    await root.press("Add an app")
    await root.fill("Name", "Figma")
    await root.fill("First access", "Editor")
    await root.choose("Owners", ["Grace"])
    await root.choose("Who approves", "The app’s owners")
    assert (await root.submit()).ok
    assert "*Editor*" in modal_text(root)
    await world.ask("Ada", "figma editor 8h because of a release")
    await world.approve("Grace", "Editor")
    assert [entry.action for entry in await trail(world, "figma")] == ["app.added"]


async def test_everything_of_an_app_can_be_changed_and_stands_in_the_trail(world: World) -> None:
    root = await opened(world)
    await root.press("Edit basics")
    await root.fill("Name", "GitHub Cloud")
    await root.choose("Risk", "High")
    await root.choose("Owners", ["Grace", "Mia"])
    await root.fill("More owners, by e-mail address", "otto@example.com")
    assert (await root.submit()).ok
    assert "GitHub Cloud" in modal_text(root)
    await root.press("Edit durations")
    await root.fill("Presets", "1 hour, 2 days")
    await root.fill("Longest duration", "1 week")
    assert (await root.submit()).ok
    assert "1 hour, 2 days; at most 7 days" in modal_text(root)
    app = await app_of(world)
    assert app.stored()["durations"] == ["1h", "2d"]
    assert set(app.owners) == {world.ids["Grace"], world.ids["Mia"], "otto@example.com"}
    assert app.instructions == "Sign in with SSO."
    changes = [words for entry in await trail(world) for words in entry.data["changes"]]
    assert "GitHub Cloud: longest 30 days → 7 days" in changes
    assert [entry.actor for entry in await trail(world)][1:] == [world.ids["Root"]] * 2
    assert (await world.bot.store.read(audit.verify)).intact


async def test_stages_are_added_moved_and_deleted(world: World) -> None:
    root = await opened(world)
    await root.press("Add a stage")
    await root.fill("Name", "Security")
    await root.choose("People", ["Mia"])
    await root.choose("User groups", ["@engineering"])
    await root.choose("Also ask", ["Their manager"])
    await root.choose("How many must approve", "A number of them")
    assert (await root.submit()).errors == {"How many": "Enter how many must approve."}
    await root.fill("How many", "2")
    await root.choose("Only when the risk is", ["Low", "Critical"])
    assert (await root.submit()).ok
    assert "2. Security" in modal_text(root)
    stage = (await app_of(world)).stage[1]
    assert set(stage.approvers) == {world.ids["Mia"], world.group.id, "manager"}
    assert (stage.rule, stage.when and stage.when.stored()) == (2, {"risk": ["low", "critical"]})
    await root.press("Move up", near="Security")
    assert [one.name for one in (await app_of(world)).stage] == ["Security", "Owner"]
    await root.press("Delete", near="Owner")
    assert [one.name for one in (await app_of(world)).stage] == ["Security"]


async def test_what_few_stages_have_is_shown_once_it_is_asked_for_and_keeps_what_was_typed(
    world: World,
) -> None:
    root = await opened(world)
    await root.press("Add a stage")
    await root.fill("Name", "Security")
    await root.choose("Also ask", ["Their manager"])
    await root.press("Alternates, quiet approvers, channel …")
    await root.press("More conditions")
    assert (root.value("Name"), root.value("Also ask")) == ("Security", ["Their manager"])
    await root.choose("Alternates (asked if no decision in time)", ["Mia"])
    await root.fill("Ask alternates after", "3 days")
    await root.choose("Emergency requests", "No emergency requests")
    errors = (await root.submit()).errors
    assert "requests expire before that" in str(errors)
    await root.fill("Ask alternates after", "4 hours")
    assert (await root.submit()).ok
    assert (await app_of(world)).stage[1].stored() == {
        "name": "Security",
        "approvers": ["manager"],
        "alternates": [world.ids["Mia"]],
        "escalate_after": "4h",
        "when": {"emergency": False},
    }
    assert f"Alternates after 4 hours: <@{world.ids['Mia']}>." in modal_text(root)


async def test_the_channel_of_a_stage_is_chosen_among_those_that_one_sees(world: World) -> None:
    workspace, ids = world.slack.workspace, world.ids
    shared = workspace.add_channel("approvals")
    hidden = workspace.add_channel("leads", private=True, members=[ids["Mia"], world.app.bot_user_id])

    async def chosen() -> str:
        return (await app_of(world)).stage[0].channel

    root = await opened(world)
    await root.press("Edit", near="1. Owner")
    await root.press("Alternates, quiet approvers, channel …")
    await root.choose("Approval channel", ["approvals"])
    assert (await root.submit()).ok
    assert await chosen() == shared.id
    assert f"In <#{shared.id}>" in str(root.view and root.view.blocks)
    await root.press("Edit", near="1. Owner")
    assert root.value("Approval channel") == ["approvals"]
    await root.choose("Approval channel", [])
    assert (await root.submit()).ok
    assert await chosen() == ""
    await world.offer(stage=[{"name": "Owner", "approvers": ["owners"], "channel": hidden.id}])
    await root.close()
    root = await opened(world)
    await root.press("Edit", near="1. Owner")
    assert "Shown by id because Slack can’t show it to you." in str(root.view and root.view.blocks)
    await root.fill("Name", "Lead")
    assert (await root.submit()).ok
    assert await chosen() == hidden.id


async def test_an_app_allows_emergencies_and_says_who_decides_how(world: World) -> None:
    root = await opened(world)
    assert "*Emergency access:* off." in modal_text(root)
    await root.press("Edit emergency access")
    await root.choose("Emergency access", ["Allow immediate access in an emergency"])
    await root.fill("For up to", "2 hours")
    assert (await root.submit()).ok
    assert "immediate for up to 2 hours" in modal_text(root)
    await root.press("Edit basics")
    await root.choose("Who may request for someone else", "Everyone")
    await root.choose("Decision comment", "Required for rejections")
    await root.choose("Who can approvers reassign to", "Nobody")
    assert (await root.submit()).ok
    assert "Everyone may request for others. A rejection needs a comment." in modal_text(root)
    stored = (await app_of(world)).stored()
    assert stored["emergency"] == {"max": "2h"}
    kept = (stored["on_behalf"], stored["decision_comment"], stored["reassign"])
    assert kept == ("anyone", "on_reject", "nobody")


async def test_as_many_approvals_as_people_become_all_and_the_screen_says_so(world: World) -> None:
    root = await opened(world)
    await root.press("Edit", near="1. Owner")
    await root.choose("Also ask", [])
    await root.choose("People", ["Mia", "Grace"])
    await root.choose("How many must approve", "A number of them")
    await root.fill("How many", "2")
    assert (await root.submit()).ok
    assert "so its rule is now “all”" in modal_text(root)
    assert (await app_of(world)).stage[0].rule == "all"


async def test_an_access_gets_its_connector_by_choosing_a_user_group(world: World) -> None:
    root = await opened(world)
    await root.press("Edit", near="Admin role")
    assert root.value("How it is provisioned") == "By hand, by the owners"
    await root.fill("Description", "Everything")
    await root.choose("How it is provisioned", "Slack user group")
    assert root.value("Description") == "Everything"
    assert (await root.submit()).errors == {"User group": "Please complete this required field."}
    assert await root.options("User group", "engin") == ["@engineering, Engineering"]
    await root.choose("User group", "@engineering")
    await root.fill("Placeholder", "nobody")
    assert "should be a member id" in (await root.submit()).errors["Placeholder"]
    await root.clear("Placeholder")
    assert (await root.submit()).ok
    access = (await app_of(world)).access[1]
    assert access.connector.stored() == {"type": "slack_usergroup", "usergroup": world.group.id}
    await root.press("Delete", near="Engineering team")
    assert [one.key for one in (await app_of(world)).access] == ["admin"]


async def test_an_app_that_is_switched_off_cannot_be_asked_for_and_is_still_found(world: World) -> None:
    root = await opened(world)
    assert not (await root.press("Switch off", confirm=False)).sent
    await root.press("Switch off")
    assert "Switched off" in modal_text(root)
    await root.close()
    assert "switched off" in modal_text(root)
    assert await root.options("Find an app", "git") == ["GitHub"]
    await root.choose("Find an app", "GitHub")
    await root.press("Switch on")
    assert (await app_of(world)).enabled


async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(world: World) -> None:
    root = await opened(world)
    before = await app_of(world)
    await root.press("Edit durations")
    await root.fill("Longest duration", "soon")
    said = await root.submit()
    assert said.errors == {
        "Longest duration": "“soon” is not a duration. Try 30 minutes, 8 hours, 2 days or 1 week."
    }
    assert await app_of(world) == before
    await root.close()
    await root.close()
    await root.press("Add an app")
    await root.fill("Name", "GitHub")
    said = await root.submit()
    assert said.errors == {
        "Name": ("The key “github” is already used by another app. Choose a different one.")
    }


async def test_a_stale_form_overwrites_nothing_and_says_who_was_faster(world: World) -> None:
    await world.acquaint()
    await world.bot.store.run(directory.appoint, [world.ids["Mia"]], "operator")
    root, mia = await opened(world), await opened(world, "Mia")
    await root.press("Edit basics")
    await root.fill("Description", "By Root")
    await mia.press("Edit basics")
    await mia.choose("Risk", "Critical")
    assert (await mia.submit()).ok
    said = await root.submit()
    assert said.action == "update"
    assert f"<@{world.ids['Mia']}> changed this in the meantime" in modal_text(root)
    assert "risk low → critical" in modal_text(root)
    assert (await app_of(world)).description == ""
    assert (root.value("Description"), root.value("Risk")) == ("By Root", "Critical")
    assert (await root.submit()).ok
    app = await app_of(world)
    assert (app.description, app.risk) == ("By Root", "critical")


async def test_a_stale_button_changes_nothing_and_shows_how_it_stands(world: World) -> None:
    root = await opened(world)
    await world.offer(stage=[{"name": "Nobody", "approvers": ["admins"]}])
    await root.press("Delete", near="1. Owner")
    assert "changed this in the meantime" in modal_text(root)
    assert [one.name for one in (await app_of(world)).stage] == ["Nobody"]
    await root.press("Edit", near="1. Nobody")
    assert root.value("Name") == "Nobody"


async def test_everybody_else_is_refused_at_the_command(world: World) -> None:
    await world.acquaint()
    for name in ("Ada", "Grace", "Gus"):
        person = world.person(name)
        assert (await person.command("/access-admin")).text == REFUSED
        assert person.view is None


async def test_everybody_else_is_refused_at_every_click_and_every_form(world: World) -> None:
    """Otto sends what Root's client would send: no view is trusted, whoever it was drawn for."""
    await world.acquaint()
    root = await opened(world)
    before, otto = await app_of(world), Client(world.slack, world.ids["Otto"], world.app)
    parts = ("Edit basics", "Edit durations", "Edit emergency access", "Edit rules", "Examples")
    for depth, press in ((2, one) for one in (*parts, "Add a stage", "Add an access")):
        await root.press(press)
        await _send_all(root, otto)
        await root.close()
        assert len(root.slack.views.stack(root.id)) == depth
    await _send_all(root, otto)
    await root.close()
    await _send_all(root, otto)
    assert await app_of(world) == before
    assert len(await trail(world)) == 1


@pytest.mark.both_engines
async def test_a_save_that_slack_delivers_twice_counts_once(world: World) -> None:
    root = await opened(world)
    await root.press("Edit basics")
    await root.fill("Description", "Once")
    assert root.view is not None
    payload = _payload(root.client, root.view)
    for _ in range(2):
        assert (await root.client._interactive("view_submission", payload)).ok
    assert len(await trail(world)) == 2


async def test_slack_is_asked_for_user_groups_once_however_much_is_typed(world: World) -> None:
    root = await opened(world)
    await root.press("Add a stage")
    for typed in ("e", "en", "eng", "nothing"):
        found = await root.options("User groups", typed)
        assert found == ([] if typed == "nothing" else ["@engineering, Engineering"])
    assert len(world.slack.log.calls("usergroups.list")) == 1


async def test_what_is_saved_is_saved_though_slack_does_not_redraw_and_tells_nothing(world: World) -> None:
    root = await opened(world)
    with world.slack.faults.hang("usergroups.list"), time_limits.as_in_product(timeout):
        world.clock.advance(timedelta(hours=1))
        await root.press("Edit", near="Engineering team")
    assert root.value("User group") == "@engineering, Engineering"
    await root.fill("Name", "Everybody")
    with world.slack.faults.cut("views.update"):
        assert (await root.submit()).ok
    assert (await app_of(world)).access[0].name == "Everybody"
    await root.press("Edit", near="Engineering team")
    assert f"<@{world.ids['Root']}> changed this in the meantime" in modal_text(root)
    with world.slack.faults.fail("views.update"):
        await root.press("Switch off")
    assert not (await app_of(world)).enabled
    assert root.view is not None
    assert root.view.title == "GitHub"


async def test_a_thousand_apps_are_paged_and_found(world: World) -> None:
    many = [AppSpec.model_validate({"key": f"app-{n}", "name": f"App {n:05}"}) for n in range(1000)]
    await world.bot.store.run(apps.replace_apps, many, "operator")
    root = world.person("Root")
    await root.command("/access-admin")
    assert "App 00000" in modal_text(root)
    assert "1 to 20 of 1000" in modal_text(root)
    await root.press("Next")
    assert "21 to 40 of 1000" in modal_text(root)
    assert await root.options("Find an app", "00777") == ["App 00777"]
    await root.choose("Find an app", "App 00777")
    assert "App 00777" in modal_text(root)
    await root.close()
    assert "21 to 40 of 1000" in modal_text(root)


async def test_an_app_with_many_accesses_is_paged_and_searched(world: World) -> None:
    await world.offer(access=[{"key": f"a{n}", "name": f"Access {n:03}"} for n in range(50)])
    root = await opened(world)
    assert "1 to 20 of 50" in modal_text(root)
    await root.press("Next")
    assert "21 to 40 of 50" in modal_text(root)
    await root.press("Delete", near="Access 025")
    assert "21 to 40 of 49" in modal_text(root)
    assert await root.options("Find an access", "ess 04") == [f"Access 04{n}" for n in range(10)]
    await root.choose("Find an access", "Access 044")
    await root.fill("Name", "Forty-four")
    assert (await root.submit()).ok
    assert (await app_of(world)).access[43].name == "Forty-four"
    assert "21 to 40 of 49" in modal_text(root)


async def test_the_command_opens_the_app_that_it_names(world: World) -> None:
    root = world.person("Root")
    await root.command("/access-admin", "github")
    await root.press("Edit basics")
    await root.fill("Name", "Hub")
    assert (await root.submit()).ok
    assert "*Hub*" in modal_text(root)


async def _send_all(owner: Person, sender: Client) -> None:
    """Everything that can be done in the owner's modal on top, sent by somebody else: it is refused."""
    view = owner.view
    assert view is not None
    surface = ViewSurface(view)
    for target in visible.block_elements(view.blocks):
        if target.element["type"].endswith("external_select"):
            assert await sender.suggest(surface, target, "") == []
        if target.element["type"] in ("button", "static_select", "external_select"):
            assert (await sender.act(surface, target)).ok
    if view.submit:
        answer = await sender._interactive("view_submission", _payload(sender, view))
        assert isinstance(answer.body, dict)
        assert list(answer.body["errors"].values()) == [REFUSED]


def _payload(sender: Client, view: View) -> dict[str, Any]:
    return sender.payload("view_submission", view=view.as_json(), response_urls=[])
