"""Separation of duties, as the people meet it: in the form, on the card, at the click and at the grant."""

from datetime import timedelta
from typing import Any

from models.catalogue.spec.conflicts import CONFLICT, ConflictSpec
from models.lifecycle.request import submit
from models.lifecycle.request.plan import Draft
from models.registry import catalogue_entries
from models.tables.requests import Term
from tests.world import World


async def rule(world: World, action: str = "block", **fields: Any) -> None:
    """Nobody should be in the team and be an admin."""
    usual: dict[str, Any] = {
        "key": "roles", "name": "Team or admin", "why": "Admins approve what the team builds.",
        "these": ["github/engineering"], "those": ["github/admin"], "action": action,
    }  # fmt: skip
    extra = {"stage": {"name": "Auditors", "approvers": [world.ids["Mia"]]}} if action == "stage" else {}
    spec = ConflictSpec.model_validate(usual | extra | fields)
    await world.bot.store.run(catalogue_entries.save_entry, CONFLICT, spec, world.ids["Root"])


async def holds_engineering(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    await world.approve("Grace", "Engineering team")
    assert world.ids["Ada"] in world.group.members


async def opens_form(world: World, text: str) -> Any:
    """Ada types the command; the form that she sees."""
    ada = world.person("Ada")
    await ada.command("/request-access", text)
    assert ada.view is not None
    return ada.view


async def test_what_conflicts_is_shown_before_sending_and_refused_at_the_access(world: World) -> None:
    await rule(world)
    await holds_engineering(world)
    ada, view = world.person("Ada"), await opens_form(world, "github admin 8h because of a release")
    said = "You have GitHub · Engineering team"

    assert ":no_entry:" in view.text
    assert said in view.text
    outcome = await ada.submit()

    assert said in outcome.errors["Access"]
    assert outcome.errors["Access"].endswith("Admins approve what the team builds.")


async def test_two_that_conflict_are_not_sent_in_one_form(world: World) -> None:
    await rule(world)
    ada, view = world.person("Ada"), await opens_form(world, "github")

    await ada.choose("Access", ["Engineering team", "Admin role"])
    await ada.fill("Reason", "Both")

    assert "GitHub · Engineering team and GitHub · Admin role can't be held together" in view.text
    assert (await ada.submit()).errors


async def test_a_flag_is_seen_before_sending_and_on_the_card(world: World) -> None:
    await rule(world, "flag")
    await holds_engineering(world)
    ada, view = world.person("Ada"), await opens_form(world, "github admin 8h because of a release")

    assert "Conflict:* GitHub · " in view.text
    assert (await ada.submit()).ok
    await world.settle()

    card = world.card("Grace", "Admin role")
    assert ":warning: *Conflict:* also holds GitHub" in card.text
    assert "(rule “Team or admin”)" in card.text
    assert "Already has in GitHub: Engineering team (until" in card.text
    await world.person("Grace").click(card, "Approve")
    grace = world.person("Grace")
    assert grace.view is not None
    assert "Conflict:* also holds GitHub" in grace.view.text
    assert (await grace.submit()).ok
    await world.settle()
    assert "Conflict:" not in world.card("Grace", "Admin role").text


async def test_what_only_conflicts_since_the_form_was_shown_is_shown_before_it_counts(world: World) -> None:
    await holds_engineering(world)
    ada, view = world.person("Ada"), await opens_form(world, "github admin 8h because of a release")
    assert "Conflict" not in view.text
    await rule(world, "flag")

    await ada.submit()
    assert ada.view is not None
    assert "This conflicts with other access" in ada.view.text
    assert ":warning: *Conflict:* GitHub · " in ada.view.text
    assert (await ada.submit()).ok


async def test_a_conflict_can_ask_one_more_stage(world: World) -> None:
    await rule(world, "stage")
    await holds_engineering(world)
    ada, view = world.person("Ada"), await opens_form(world, "github admin 8h because of a release")
    assert "2. Auditors" in view.text
    assert "need one more approval to be held together" in view.text
    assert (await ada.submit()).ok
    await world.settle()

    await world.approve("Grace", "Admin role")
    assert "stage 2 of 2" in world.card("Ada", "Admin role").text
    await world.approve("Mia", "Admin role")
    assert "approved by" in world.card("Ada", "Admin role").text


async def test_what_came_up_since_lets_nobody_approve_and_the_card_says_so(world: World) -> None:
    await world.ask("Ada", "github admin 8h because of a release")
    await holds_engineering(world)
    grace, card = world.person("Grace"), world.card("Grace", "Admin role")
    assert "Conflict" not in card.text
    await rule(world)

    await grace.click(card, "Approve")
    await world.settle()

    said = " ".join([*grace.ephemeral, *(grace.view.texts if grace.view else [])])
    assert "can't be approved now. GitHub · " in said
    card = world.card("Grace", "Admin role")
    assert ":no_entry: *Conflict:* also holds GitHub" in card.text
    assert "can't be approved while this is so" in card.text
    assert "can't be approved while this is so" in world.card("Ada", "Admin role").text


async def test_what_came_up_between_button_and_confirmation_is_refused_in_the_form(world: World) -> None:
    await world.ask("Ada", "github admin 8h because of a release")
    await holds_engineering(world)
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "Admin role"), "Approve")
    await rule(world)

    outcome = await grace.submit()

    assert "can't be approved now" in " ".join(outcome.errors.values())


async def test_the_card_is_drawn_anew_when_what_conflicts_is_gone(world: World) -> None:
    await world.ask("Ada", "github admin 8h because of a release")
    await rule(world, "flag")
    await holds_engineering(world)
    assert "Conflict" in world.card("Grace", "requests *GitHub · Admin role").text

    await world.pass_time(timedelta(hours=8))

    assert "Conflict" not in world.card("Grace", "requests *GitHub · Admin role").text


async def test_what_came_up_after_the_approval_is_not_given_and_the_admins_are_told(world: World) -> None:
    start = world.clock.now() + timedelta(hours=2)
    await world.ask("Ada", "github engineering 8h because of a release")
    await _ask_later(world, start)
    await world.approve("Grace", "Admin role")
    await world.approve("Grace", "Engineering team")
    await rule(world)

    await world.pass_time(timedelta(hours=2))

    told = world.card("Root", "Admin role").text
    assert "Ada has GitHub · Engineering team" in told
    assert "can't be held together" in told
    assert "Retry" in world.card("Root", "Admin role").buttons


async def _ask_later(world: World, start: Any) -> None:

    ada = world.ids["Ada"]
    term = Term(length=timedelta(hours=8), start=start)
    await world.bot.store.run(submit.submit, Draft(ada, ada, "github", ("admin",), term, "a release"))
    await world.settle()
