"""The main loop without a browser: asked for, approved, really given, extended, and really taken away."""

import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from bot.sandbox import company
from bot.sandbox.running_company import Town

ADA = company.id_of("ada")


class StoryBroken(Exception):
    """Something did not go as it should; says what."""


async def tell(town: Town, say: Callable[[str], None]) -> None:
    """Plays the story and says each step. Raises `StoryBroken`."""
    began, steps = time.monotonic(), 0
    try:
        async for step in _story(town):
            steps += 1
            say(f"{town.clock.now():%a %H:%M}  {step}")
    except AssertionError as error:
        raise StoryBroken(str(error)) from error
    took = time.monotonic() - began
    passed = f"{town.clock.offset} of the company's time in {took:.1f} s of ours"
    say(f"The story went well: {steps} steps, {passed}.")


async def _story(town: Town) -> AsyncIterator[str]:
    _expect(ADA not in town.members("engineering"), "Ada is in @engineering before she asked")
    await ask(town, "ada", "github engineering 8h because INC-42: checkout is down")
    yield "Ada asked for GitHub, Engineering team, for 8 hours, because INC-42: checkout is down."
    _expect("INC-42" in town.card("mia", "Engineering team").text, "Mia's card does not say why")
    yield "Mia, her manager, and Olga, the owner, each have a card with the reason on it."
    await approve(town, "mia", "Engineering team")
    _expect(ADA in town.members("engineering"), "Mia approved, but Ada is not in @engineering")
    yield "Mia approved. Ada is in the user group @engineering now."
    _expect("Approve" not in town.card("olga", "Engineering team").buttons, "Olga can still approve")
    yield "Olga's card says who decided, and has no button any more that would do nothing."
    async for step in _time_passes(town):
        yield step


async def _time_passes(town: Town) -> AsyncIterator[str]:
    await town.forward(timedelta(hours=7, minutes=1))
    ada = town.person("ada")
    notice = town.card("ada", "ends")
    _expect("Extend" in notice.buttons, "the notice has no button Extend")
    yield "Seven hours later Ada was told that her access ends soon."
    await ada.click(notice, "Extend")
    await ada.choose("How long", "1 hour")
    await ada.fill("Reason", "INC-42 is nearly done")
    _expect((await ada.submit()).ok, "Ada cannot ask for more time")
    await town.settle()
    await approve(town, "mia", "INC-42 is nearly done")
    yield "She asked for one hour more, and Mia approved."
    await town.forward(timedelta(hours=1, minutes=30))
    _expect(ADA in town.members("engineering"), "Ada lost the access although it was extended")
    yield "When the eight hours were over, Ada still had the access."
    await town.forward(timedelta(hours=1))
    _expect(ADA not in town.members("engineering"), "the time is up, but Ada is still in @engineering")
    yield "When the extension was over, Keyturn took Ada out of @engineering."
    _expect("Ended" in ada.messages()[-1].text, "Ada was not told that it ended")
    yield "Ada was told that it ended."
    async for step in _emergency(town):
        yield step


async def _emergency(town: Town) -> AsyncIterator[str]:
    ada, sena = town.person("ada"), town.person("sena")
    await ada.command("/request-access", "prod-db write 1h emergency because INC-43: orders are lost")
    _expect((await ada.submit()).action == "push", "Ada was not asked whether she means it")
    _expect((await ada.submit()).ok, "Ada cannot use emergency access")
    await town.settle()
    _expect(ADA in town.members("prod-db-write"), "it is an emergency, but Ada is not in @prod-db-write")
    yield "An emergency: Ada said twice that she means it, and is in @prod-db-write at once."
    for name in ("mia", "omar", "robin"):
        _expect("INC-43" in town.card(name, "Emergency").text, f"{name} was not told of the emergency")
    await sena.click(town.card("sena", "Emergency"), "Justified")
    _expect((await sena.submit()).ok, "Sena cannot close the review")
    await town.settle()
    _expect("Justified" in ada.messages()[-1].text, "Ada was not told what came of the review")
    yield "Her manager, the owners and the admin were told. Sena reviewed it: justified."


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)


async def live_a_little(town: Town) -> None:
    """Gus may look at the dashboards, Omar has been given GitHub, and Mia has something to decide."""
    await ask(town, "gus", "dashboards viewer 8h because I prepare the hand-over")
    await ask(town, "omar", "github engineering 7d because the schema migration starts on Monday")
    await approve(town, "olga", "Engineering team")
    await ask(town, "ada", "salesforce sales-user 30d because support needs the customer export")
    for person in ("gus", "omar", "olga"):
        town.person(person).read()


async def ask(town: Town, name: str, words: str) -> None:
    """Types /request-access with these words, looks at the form and sends it."""
    person = town.person(name)
    outcome = await person.command("/request-access", words)
    assert outcome.ok and person.view is not None, f"{name} sees no form: {outcome}"  # noqa: S101, PT018
    sent = await person.submit()
    assert sent.ok, f"{name} cannot send the form: {sent}"  # noqa: S101
    await town.settle()


async def approve(town: Town, name: str, words: str) -> None:
    """Presses Approve on the card with these words, and confirms."""
    person = town.person(name)
    await person.click(town.card(name, words), "Approve")
    sent = await person.submit()
    assert sent.ok, f"{name} cannot approve: {sent}"  # noqa: S101
    await town.settle()
