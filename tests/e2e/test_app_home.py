"""App Home, as the people meet it: where it opens, the greeting, what waits, and what was decided."""

from datetime import timedelta

import pytest

from bot.sandbox.slack.state.views import View
from models.catalogue.spec.conflicts import CONFLICT, ConflictSpec
from models.registry import catalogue_entries
from tests.home_tabs import open_tab_of, press_tab, tab_labels
from tests.world import World


async def opens(world: World, name: str) -> View:
    """Somebody opens App Home; what they see then."""
    await world.person(name).open_home()
    await world.settle()
    return home(world, name)


def home(world: World, name: str) -> View:
    view = world.person(name).home
    assert view is not None
    return view


async def tab(world: World, name: str, label: str) -> View:
    await press_tab(world.person(name), label)
    await world.settle()
    return home(world, name)


async def test_it_opens_on_to_do_where_something_waits_and_stays_where_one_is(world: World) -> None:
    assert open_tab_of(await opens(world, "Grace")) == "My access"
    await world.ask("Ada", "github engineering 8h because of a release")
    assert open_tab_of(home(world, "Grace")) == "My access"  # she may be reading
    assert tab_labels(home(world, "Grace"))[2] == "To do 1"
    assert open_tab_of(await opens(world, "Grace")) == "My access"
    await world.pass_time(timedelta(minutes=61))
    assert open_tab_of(await opens(world, "Grace")) == "To do"
    await tab(world, "Grace", "My requests")
    assert open_tab_of(await opens(world, "Grace")) == "My requests"
    assert open_tab_of(await opens(world, "Alan")) == "To do"  # for the first time
    await world.approve("Grace", "requests")
    assert open_tab_of(home(world, "Alan")) == "To do"
    assert open_tab_of(home(world, "Grace")) == "My requests"


async def test_after_a_while_away_with_nothing_to_do_it_opens_where_one_was(world: World) -> None:
    await opens(world, "Ada")
    await tab(world, "Ada", "My requests")
    await world.pass_time(timedelta(hours=3))
    assert open_tab_of(await opens(world, "Ada")) == "My requests"
    await world.offer(stage=[{"name": "Lead", "approvers": [world.ids["Ada"]]}])
    await world.ask("Mia", "github engineering 8h because of a release")
    assert open_tab_of(home(world, "Ada")) == "My requests"


@pytest.mark.parametrize(
    ("name", "reads", "not_reads"),
    [
        ("Otto", "/request-access help", "You own"),
        ("Grace", "You own *GitHub*", "workspace admin"),
        ("Root", "`/access-admin` sets up apps", "You own"),
    ],
)
async def test_the_very_first_opening_greets_once(
    world: World, name: str, reads: str, not_reads: str
) -> None:
    first = (await opens(world, name)).text
    assert "Welcome to Keyturn." in first
    assert reads in first
    assert not_reads not in first
    await tab(world, name, "My requests")
    assert "Welcome" not in home(world, name).text
    await world.pass_time(timedelta(days=30))
    assert "Welcome" not in (await opens(world, name)).text


async def test_the_greeting_stays_until_it_is_opened_again_later(world: World) -> None:
    await opens(world, "Ada")
    await world.ask("Ada", "github engineering 8h because of a release")
    assert "Welcome" in home(world, "Ada").text
    assert "Welcome" in (await opens(world, "Ada")).text  # Slack tells of one opening several times
    await world.pass_time(timedelta(minutes=2))
    assert "Welcome" not in (await opens(world, "Ada")).text


async def test_risk_and_conflict_stand_on_the_row_from_which_one_decides(world: World) -> None:
    spec = ConflictSpec.model_validate(
        {"key": "k", "name": "Either", "these": ["github/engineering"], "those": ["github/admin"]}
        | {"action": "flag"}
    )
    await world.bot.store.run(catalogue_entries.save_entry, CONFLICT, spec, world.ids["Root"])
    await world.offer(risk="high", icon=":octopus:")
    await world.ask("Ada", "github engineering 8h because of a release")
    await world.approve("Alan", "Engineering team")
    ada = world.person("Ada")
    await ada.command("/request-access", "github admin 8h because of a migration")
    await ada.submit()  # shows the warning
    await world.settle()
    await world.pass_time(timedelta(hours=3))
    text = (await opens(world, "Grace")).text
    title = f":warning: *<@{world.ids['Ada']}> · :octopus: GitHub · Admin role*"
    flags = "*high risk, conflict with GitHub · Engineering team*"
    assert f"{title} · 8 hours · {flags} · waiting 3 hours" in text
    assert "You own GitHub · expires in" in text
    grace = world.person("Grace")
    assert (await grace.press_home("Approve")).ok
    assert (await grace.submit()).ok
    await world.settle()
    assert "Waiting for your decision" not in home(world, "Grace").text


async def test_the_menu_of_a_row_does_what_the_card_does(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    await opens(world, "Grace")
    grace = world.person("Grace")
    for entry, title in (("Comment", "Comment"), ("Details", "AR-1"), ("Reassign", "Reassign")):
        await grace.home_menu(entry)
        assert grace.view is not None
        assert title in grace.view.title
        await grace.close()
    await world.approve("Grace", "requests")
    await opens(world, "Ada")
    ada = world.person("Ada")
    await ada.home_menu("Use less")
    assert ada.view is not None
    assert "less" in ada.view.title


async def test_an_access_says_how_to_use_it_and_links_to_the_app(world: World) -> None:
    await world.offer(link="https://github.com/example")
    await world.ask("Ada", "github engineering 8h because of a release")
    await world.approve("Grace", "requests")
    view = await opens(world, "Ada")
    assert "Sign in with SSO." in view.text
    assert (await world.person("Ada").press_home("Open GitHub ↗")).ok
    link = next(block["accessory"] for block in view.blocks if "accessory" in block)
    assert link["url"] == "https://github.com/example"


async def test_the_history_tells_what_others_concluded_what_expired_and_what_was_withdrawn(
    world: World,
) -> None:
    ids = world.ids
    await world.offer(request_expiry="48h")
    await world.ask("Ada", "github engineering 8h because of the first")
    await world.approve("Grace", "Engineering team")
    await world.ask("Ada", "github admin 8h because of the second")
    await world.person("Ada").click(world.card("Ada", "Admin role"), "Withdraw")
    await world.settle()
    await world.ask("Otto", "github admin 8h because of the third")
    await world.pass_time(timedelta(hours=49))
    await opens(world, "Alan")
    alan = await tab(world, "Alan", "To do")
    assert f":white_check_mark: *Approved* by <@{ids['Grace']}> · <@{ids['Ada']}>" in alan.text
    assert f"*Withdrawn* by <@{ids['Ada']}> · <@{ids['Ada']}> · GitHub · Admin role" in alan.text
    assert f"*Expired* · <@{ids['Otto']}> · GitHub · Admin role" in alan.text
    await opens(world, "Grace")
    assert "*Approved* by you" in (await tab(world, "Grace", "To do")).text
    await world.person("Alan").press_home("Details", near="AR-1 ")
    view = world.person("Alan").view
    assert view is not None
    assert "AR-1" in view.title


async def test_the_whole_history_has_pages_and_belongs_to_to_do(world: World) -> None:
    accesses = [{"key": f"a{n:02}", "name": f"Access {n:02}"} for n in range(25)]
    await world.offer(key="many", name="Many", access=accesses)
    for access in accesses:
        await world.ask("Ada", f"many {access['key']} 8h because I need it")
        await world.person("Ada").click(world.card("Ada", access["name"]), "Withdraw")
        await world.settle()
    await opens(world, "Grace")
    grace = world.person("Grace")
    await tab(world, "Grace", "To do")
    await grace.press_home("Show all")
    await world.settle()
    view = home(world, "Grace")
    assert open_tab_of(view) == "To do"
    assert ("1–20" in view.text, "Access 24" in view.text, "Access 00" in view.text) == (True, True, False)
    await grace.press_home("Older")
    await world.settle()
    assert ("21–25" in home(world, "Grace").text, "Access 00" in home(world, "Grace").text) == (True, True)
    await grace.press_home("Back to To do")
    await world.settle()
    assert "Nothing needs your attention." in home(world, "Grace").text


async def test_the_filter_takes_several_statuses_and_is_kept(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    await world.approve("Grace", "requests")
    await world.ask("Ada", "github admin 8h because of a migration")
    await opens(world, "Ada")
    await tab(world, "Ada", "My requests")
    ada = world.person("Ada")
    await ada.choose("Status", ["Rejected", "Active"], where=home(world, "Ada"))
    await world.settle()
    assert "Engineering team" in home(world, "Ada").text
    assert "Admin role" not in home(world, "Ada").text
    await world.pass_time(timedelta(hours=2))
    assert "Admin role" not in (await opens(world, "Ada")).text
    await ada.choose("Status", [], where=home(world, "Ada"))
    await world.settle()
    assert "Admin role" in home(world, "Ada").text


async def test_the_last_closed_requests_can_be_made_again_from_my_access(world: World) -> None:
    await world.ask("Ada", "github engineering 8h because of a release")
    await opens(world, "Ada")
    grace, ada = world.person("Grace"), world.person("Ada")
    await grace.click(world.card("Grace", "requests"), "Reject")
    assert (await grace.submit()).ok
    await world.settle()
    assert "*GitHub · Engineering team* · rejected just now · AR-1" in home(world, "Ada").text
    await ada.press_home("Request again")
    assert ada.view is not None
    assert ada.view.value("Reason") == "of a release"
