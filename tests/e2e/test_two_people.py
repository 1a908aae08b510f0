"""Two people for a change of the catalogue: proposed by one admin in Slack, decided on by another."""

import asyncio

import pytest

from bot.catalogue.import_export import import_now
from bot.sandbox.slack import Person
from models import audit
from models.catalogue.file.read import load
from models.catalogue.spec import AppSpec
from models.lifecycle.catalogue import propose_change
from models.registry import apps, directory
from models.tables.catalogue import Proposal
from tests.home_tabs import press_tab
from tests.rows import row_of
from tests.world import World, modal_text


async def app_of(world: World, key: str = "github") -> AppSpec | None:
    return await world.bot.store.read(lambda case: apps.find_app(case, key))


async def risk(world: World) -> str:
    app = await app_of(world)
    assert app is not None
    return app.risk


async def proposal(world: World, number: int = 1) -> Proposal:
    return await row_of(world.bot.store, Proposal, number)


async def two_admins(world: World, *more: str) -> None:
    """GitHub is there, Root and Mia (and more) are admins, and two people are needed for a change."""
    await world.offer()
    others = [world.ids[name] for name in ("Mia", *more)]
    await world.bot.store.run(directory.appoint, others, "operator")
    root = world.person("Root")
    assert (await root.command("/access-admin")).ok
    await root.press("Settings")
    await root.choose("Changes", ["Catalogue changes need two people"])
    assert (await root.submit()).ok
    assert await world.bot.store.read(propose_change.needs_second_admin)
    await root.close(whole_stack=True)


async def opened(world: World, name: str = "Root") -> Person:
    """An admin with GitHub before them, the list below it."""
    person = world.person(name)
    assert (await person.command("/access-admin")).ok
    await person.press("Edit", near="GitHub")
    return person


async def propose_risk(world: World, name: str = "Root", value: str = "High") -> Person:
    """An admin wants another risk for GitHub; the app stays open before them."""
    person = await opened(world, name)
    await person.press("Edit basics")
    await person.choose("Risk", value)
    assert (await person.submit()).ok
    await world.settle()
    return person


async def approve(world: World, name: str) -> None:
    """An admin approves what Root proposes."""
    person = world.person(name)
    card = world.card(name, f"<@{world.ids['Root']}> proposes to change GitHub")
    await person.click(card, "Approve change")
    assert (await person.submit()).ok
    await world.settle()


@pytest.mark.both_engines
async def test_a_change_is_made_once_a_second_admin_approves_it(world: World) -> None:
    await two_admins(world)
    root = await propose_risk(world)
    assert "Proposed, not saved: 1 change needs a second admin." in modal_text(root)
    assert "A second admin must approve it: Mia." in modal_text(root)
    assert await risk(world) == "low"
    card = world.card("Mia", "proposes to change GitHub")
    assert "GitHub: risk low → high" in card.text
    assert "Withdraw change" in str(world.card("Root", "proposes to change GitHub").blocks)
    mia = world.person("Mia")
    await mia.click(card, "Approve change")
    assert "GitHub: risk low → high" in modal_text(mia)
    await mia.fill("Comment", "Right so")
    assert (await mia.submit()).ok
    await world.settle()
    assert await risk(world) == "high"
    assert "Approve change" not in str(world.card("Mia", "proposes to change GitHub").blocks)
    told = world.card("Root", "your change of *GitHub*").text
    assert "*Approved*" in told
    assert "Right so" in told
    trail = await world.bot.store.read(lambda case: audit.entries_about(case, ["app:github", "CH-1"]))
    assert [entry.action for entry in trail] == [
        "app.added", "change.proposed", "change.approved", "app.changed",
    ]  # fmt: skip
    changed = trail[-1]
    assert (changed.actor, changed.data["approved_by"]) == (world.ids["Root"], world.ids["Mia"])
    assert (changed.data["after"]["risk"], "risk" in changed.data["before"]) == ("high", False)


@pytest.mark.both_engines
async def test_nobody_approves_their_own_change_nor_does_somebody_who_is_no_admin(world: World) -> None:
    await two_admins(world)
    await propose_risk(world)
    mia = world.person("Mia")
    await mia.click(world.card("Mia", "proposes to change GitHub"), "Approve change")
    form = mia.view
    assert form is not None
    for name, why in (
        ("Root", "You can't approve your own change"),
        ("Ada", "Only Keyturn’s admins can decide"),
    ):
        forger = world.person(name)
        payload = forger.client.payload("view_submission", view=form.as_json(), response_urls=[])
        answer = await forger.client._interactive("view_submission", payload)
        assert isinstance(answer.body, dict)
        assert [why in said for said in answer.body["errors"].values()] == [True]
        assert (await proposal(world)).open
    assert await risk(world) == "low"
    assert (await mia.submit()).ok
    await world.settle()
    assert await risk(world) == "high"


async def test_a_rejection_says_why_and_changes_nothing(world: World) -> None:
    await two_admins(world)
    await propose_risk(world)
    mia = world.person("Mia")
    await mia.click(world.card("Mia", "proposes to change GitHub"), "Reject change")
    await mia.fill("Comment", "Too much")
    assert (await mia.submit()).ok
    await world.settle()
    told = world.card("Root", "your change of *GitHub*").text
    assert "*Rejected*" in told
    assert "Too much" in told
    assert await risk(world) == "low"
    root = await opened(world)
    assert "Proposed" not in modal_text(root)


async def test_whoever_proposed_takes_it_back_and_then_nobody_can_approve_it(world: World) -> None:
    await two_admins(world)
    root = await propose_risk(world)
    mia = world.person("Mia")
    await mia.click(world.card("Mia", "proposes to change GitHub"), "Approve change")
    await root.press("Withdraw change")
    await world.settle()
    assert (await mia.submit()).errors == {"Comment": "This change is already withdrawn by Root."}
    assert await risk(world) == "low"
    assert "*Withdrawn*" in world.card("Mia", "proposes to change GitHub").text


@pytest.mark.both_engines
async def test_what_somebody_proposes_goes_on_growing_and_is_approved_as_a_whole(world: World) -> None:
    await two_admins(world)
    root = await propose_risk(world)
    mia = world.person("Mia")
    await mia.click(world.card("Mia", "proposes to change GitHub"), "Approve change")
    await root.press("Edit durations")
    await root.fill("Longest duration", "1 week")
    assert (await root.submit()).ok
    assert "2 changes need a second admin" in modal_text(root)
    refused = await mia.submit()  # she has seen one change only
    assert refused.errors == {"Comment": "Root has changed it in the meantime. Review it again."}
    assert await risk(world) == "low"
    await mia.close(whole_stack=True)
    await approve(world, "Mia")
    app = await app_of(world)
    assert app is not None
    assert (app.risk, app.stored()["max_duration"]) == ("high", "1w")


@pytest.mark.both_engines
async def test_of_two_proposals_one_is_applied_and_the_other_is_overtaken_and_says_so(world: World) -> None:
    await two_admins(world)
    await propose_risk(world)
    await propose_risk(world, "Mia", "Critical")
    await approve(world, "Mia")
    assert await risk(world) == "high"
    told = world.card("Mia", "your change of *GitHub*").text
    assert "*Overtaken*" in told
    assert "GitHub was changed after this was proposed" in told
    assert await risk(world) == "high"


@pytest.mark.both_engines
async def test_of_two_who_approve_at_once_one_does_and_the_other_hears_of_it(world: World) -> None:
    await two_admins(world, "Otto")
    await propose_risk(world)
    people = [world.person(name) for name in ("Mia", "Otto")]
    for name, person in zip(("Mia", "Otto"), people, strict=True):
        await person.click(world.card(name, "proposes to change GitHub"), "Approve change")
    sent = await asyncio.gather(*(person.submit() for person in people))
    await world.settle()
    assert await risk(world) == "high"
    trail = await world.bot.store.read(lambda case: audit.entries_about(case, ["app:github", "CH-1"]))
    actions = [entry.action for entry in trail]
    assert (actions.count("change.approved"), actions.count("app.changed")) == (1, 1)
    (refused,) = [one.errors for one in sent if not one.ok]
    assert "This change is already approved by" in refused["Comment"]


async def test_a_reply_under_the_card_says_where_to_say_it(world: World) -> None:
    await two_admins(world)
    await propose_risk(world)
    mia = world.person("Mia")
    await mia.reply(world.card("Mia", "proposes to change GitHub"), "why?")
    await world.settle()
    assert "Use Approve change or Reject change" in mia.ephemeral[-1]


async def test_it_waits_on_app_home_for_the_other_admins(world: World) -> None:
    await two_admins(world)
    await propose_risk(world)
    mia, root = world.person("Mia"), world.person("Root")
    for person, waits in ((mia, True), (root, False)):
        await person.open_home()
        await world.settle()
        await press_tab(person, "To do")
        await world.settle()
        assert person.home is not None
        assert ("GitHub: risk low → high" in "\n".join(person.home.texts)) is waits


async def test_a_new_app_waits_too(world: World) -> None:
    await two_admins(world)
    root = world.person("Root")
    await root.command("/access-admin")
    await root.press("Add an app")
    await root.fill("Name", "Figma")
    await root.submit()
    assert "Figma is not in the catalogue yet. A second admin must approve it: Mia." in modal_text(root)
    await world.settle()
    assert await app_of(world, "figma") is None
    mia = world.person("Mia")
    await mia.click(world.card("Mia", "proposes to add Figma"), "Approve change")
    assert (await mia.submit()).ok
    await world.settle()
    assert await app_of(world, "figma") is not None


async def test_the_only_admin_cannot_switch_it_on_and_hears_why(world: World) -> None:
    await world.offer()
    root = world.person("Root")
    await root.command("/access-admin")
    await root.press("Settings")
    await root.choose("Changes", ["Catalogue changes need two people"])
    refused = await root.submit()
    assert "You are the only admin of Keyturn" in refused.errors["Changes"]
    assert not await world.bot.store.read(propose_change.needs_second_admin)


async def test_switching_it_off_needs_two_as_well(world: World) -> None:
    await two_admins(world)
    root = world.person("Root")
    await root.command("/access-admin")
    await root.press("Settings")
    await root.choose("Changes", [])
    await root.submit()
    assert "Nothing is changed yet. A second admin must approve it: Mia." in modal_text(root)
    assert await world.bot.store.read(propose_change.needs_second_admin)
    await world.settle()
    mia = world.person("Mia")
    await mia.click(world.card("Mia", "proposes to change Settings"), "Approve change")
    assert (await mia.submit()).ok
    assert not await world.bot.store.read(propose_change.needs_second_admin)


async def test_where_nobody_else_is_left_the_form_says_that_it_waits(world: World) -> None:
    await two_admins(world)
    world.slack.workspace.update_person(world.ids["Mia"], deleted=True)
    await world.settle()
    root = await propose_risk(world)
    assert "There is no other admin of Keyturn right now; it waits until there is one." in modal_text(root)


async def test_the_operators_import_is_done_and_every_admin_sees_what_it_did(world: World) -> None:
    await two_admins(world)
    await propose_risk(world)
    text = '[settings]\ntwo_people = true\n\n[[app]]\nkey = "github"\nname = "Hub"\n'
    await world.bot.store.run(import_now, load(text, "c"), ["GitHub is now called Hub"])
    await world.settle()
    for name in ("Root", "Mia"):
        assert "GitHub is now called Hub" in world.card(name, "The operator imported a catalogue").text
    assert "*Overtaken*" in world.card("Root", "your change of *GitHub*").text
