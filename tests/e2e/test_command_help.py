"""`/request-access help`: short, true, and for this person; and what points to it."""

import re
from typing import Any

from bot.sandbox.slack import Person
from tests.world import World


async def help_of(world: World, name: str, command: str = "/request-access", text: str = "help") -> str:
    person = world.person(name)
    outcome = await person.command(command, text)
    assert person.view is None
    return outcome.text or "".join(person.ephemeral[-1:])


async def form_by(person: Person, example: str) -> Any:
    """The form that an example of the help opens."""
    await person.command("/request-access", example.removeprefix("/request-access "))
    assert person.view is not None
    return person.view


async def test_its_example_is_an_access_that_one_can_request_and_fills_the_form(world: World) -> None:
    text = await help_of(world, "Ada")
    (example,) = re.findall(r"`(/request-access \w.*? because .*?)`", text)
    form = await form_by(world.person("Ada"), example)
    held = [form.value(field) for field in ("Application", "Access", "How long", "Reason")]
    assert held == ["GitHub", ["Engineering team"], "8 hours", "INC-42"]
    assert "*Home* tab" in text
    assert "emergency" not in text
    assert "someone else" not in text
    assert "/access-admin" not in text
    assert len(text.splitlines()) <= 8


async def test_what_the_rules_deny_is_no_example(world: World) -> None:
    await world.offer(deny=[{"name": "Frozen"}])
    await world.offer(key="wiki", name="Wiki")
    assert "`/request-access wiki engineering 8h because INC-42`" in await help_of(world, "Ada")


async def test_emergency_and_on_behalf_stand_there_as_they_are_allowed(world: World) -> None:
    await world.offer(emergency={"max": "4h"}, on_behalf="admins", durations=["2h"], max_duration="30d")
    text = await help_of(world, "Ada")
    assert "8h because" not in text
    assert "2h because" in text
    assert "emergency because checkout is down`: immediate access for up to 4 hours" in text
    assert "Request for" not in text
    assert "choose them in the form under *Request for* (GitHub)" in await help_of(world, "Grace")
    (example,) = re.findall(r"`(/request-access \w[^`]*emergency because .*?)`", text)
    form = await form_by(world.person("Ada"), example)
    assert "This is an emergency" in form.text


async def test_an_admin_is_pointed_to_the_other_command(world: World) -> None:
    assert "`/access-admin help`" in await help_of(world, "Root")
    text = await help_of(world, "Root", "/access-admin")
    assert "`/access-admin github` opens an app" in text
    assert "admins can" in await help_of(world, "Ada", "/access-admin")


async def test_with_nothing_to_request_it_says_so(world: World) -> None:
    await world.offer(enabled=False)
    assert "nothing you can request right now" in await help_of(world, "Ada", text="?")


async def test_words_that_fit_no_app_lead_to_it(world: World) -> None:
    ada = world.person("Ada")
    await ada.command("/request-access", "xyzzy quux")
    assert ada.view is not None
    assert "`/request-access help` shows examples." in ada.view.text
