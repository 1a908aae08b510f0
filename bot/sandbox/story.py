"""The story, which plays the main loop without a browser, and the history of a new company."""

import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from bot.sandbox import company
from bot.sandbox.running_company import RunningCompany

ADA = company.id_of("ada")


class StoryError(Exception):
    """A step of the story did not go as it should; the message says what."""


async def add_history(running: RunningCompany) -> None:
    """Make the first requests of a new company: two with access given, one for Mia to decide."""
    await ask(running, "gus", "dashboards viewer 7d because I prepare the hand-over")
    await approve(running, "mia", "Viewer")
    await ask(running, "omar", "github engineering 7d because the schema migration starts on Monday")
    await approve(running, "olga", "Engineering team")
    for person in ("gus", "omar", "olga", "mia"):
        running.person(person).read()
    await ask(running, "ada", "salesforce sales-user 30d because support needs the customer export")


async def ask(running: RunningCompany, name: str, text: str) -> None:
    """Type /request-access with a text and send the form that opens.

    Raises:
        AssertionError: there is no form, or it has errors.
    """
    person = running.person(name)
    outcome = await person.command("/request-access", text)
    assert outcome.ok and person.view is not None, f"{name} sees no form: {outcome}"  # noqa: S101, PT018
    result = await person.submit()
    assert result.ok, f"{name} cannot send the form: {result}"  # noqa: S101
    await running.wait_until_idle()


async def approve(running: RunningCompany, name: str, text: str) -> None:
    """Press Approve on the card that contains a text, and confirm.

    Raises:
        AssertionError: there is no such card, or approving failed.
    """
    person = running.person(name)
    await person.click(running.card(name, text), "Approve")
    result = await person.submit()
    assert result.ok, f"{name} cannot approve: {result}"  # noqa: S101
    await running.wait_until_idle()


async def play_story(running: RunningCompany, report: Callable[[str], None]) -> None:
    """Play the story: request, approval, access, extension, end, emergency. `report` gets each step.

    Raises:
        StoryError: a step did not go as it should.
    """
    start, steps = time.monotonic(), 0
    try:
        async for step in _story(running):
            steps += 1
            report(f"{running.clock.now():%a %H:%M}  {step}")
    except AssertionError as error:
        raise StoryError(str(error)) from error
    duration = time.monotonic() - start
    times = f"{running.clock.offset} of the company's time in {duration:.1f} s of ours"
    report(f"The story went well: {steps} steps, {times}.")


async def _story(running: RunningCompany) -> AsyncIterator[str]:
    _expect(ADA not in running.members("engineering"), "Ada is in @engineering before she asked")
    await ask(running, "ada", "github engineering 8h because INC-42: checkout is down")
    yield "Ada requested GitHub · Engineering team for 8 hours, because INC-42: checkout is down."
    _expect("INC-42" in running.card("mia", "Engineering team").text, "Mia's card does not say why")
    yield "Mia, her manager, and Olga, the owner, each have a card with the reason on it."
    await approve(running, "mia", "Engineering team")
    _expect(ADA in running.members("engineering"), "Mia approved, but Ada is not in @engineering")
    yield "Mia approved. Ada is in the user group @engineering now."
    _expect("Approve" not in running.card("olga", "Engineering team").buttons, "Olga can still approve")
    yield "Olga's card says who decided, and has no button any more that would do nothing."
    async for step in _time_passes(running):
        yield step


async def _time_passes(running: RunningCompany) -> AsyncIterator[str]:
    await running.forward(timedelta(hours=7, minutes=1))
    ada = running.person("ada")
    notice = running.card("ada", "ends")
    _expect("Extend" in notice.buttons, "the notice has no button Extend")
    yield "Seven hours later Ada was told that her access ends soon."
    await ada.click(notice, "Extend")
    await ada.choose("How long", "1 hour")
    await ada.fill("Reason", "INC-42 is nearly done")
    _expect((await ada.submit()).ok, "Ada cannot ask for more time")
    await running.wait_until_idle()
    await approve(running, "mia", "INC-42 is nearly done")
    yield "She requested an extension of one hour, and Mia approved."
    await running.forward(timedelta(hours=1, minutes=30))
    _expect(ADA in running.members("engineering"), "Ada lost the access although it was extended")
    yield "When the eight hours were over, Ada still had the access."
    await running.forward(timedelta(hours=1))
    _expect(ADA not in running.members("engineering"), "the time is up, but Ada is still in @engineering")
    yield "When the extension was over, Keyturn took Ada out of @engineering."
    _expect("Ended" in ada.messages()[-1].text, "Ada was not told that it ended")
    yield "Ada was told that it ended."
    async for step in _emergency(running):
        yield step


async def _emergency(running: RunningCompany) -> AsyncIterator[str]:
    ada, sena = running.person("ada"), running.person("sena")
    await ada.command("/request-access", "prod-db write 1h emergency because INC-43: orders are lost")
    _expect((await ada.submit()).action == "push", "Ada was not asked whether she means it")
    _expect((await ada.submit()).ok, "Ada cannot use emergency access")
    await running.wait_until_idle()
    _expect(ADA in running.members("prod-db-write"), "it is an emergency, but Ada is not in @prod-db-write")
    yield "An emergency: Ada said twice that she means it, and is in @prod-db-write at once."
    for name in ("mia", "omar", "robin"):
        _expect("INC-43" in running.card(name, "Emergency").text, f"{name} was not told of the emergency")
    await sena.click(running.card("sena", "Emergency"), "Justified")
    _expect((await sena.submit()).ok, "Sena cannot close the review")
    await running.wait_until_idle()
    _expect("Justified" in ada.messages()[-1].text, "Ada was not told what came of the review")
    yield "Her manager, the owners and the admin were told. Sena reviewed it: justified."


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)
