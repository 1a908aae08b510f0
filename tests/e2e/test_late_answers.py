"""A form that was taken, though Slack heard so too late: who sends it again reads that it was taken."""

from datetime import timedelta

from models.tables.requests import Request
from tests.rows import all_of
from tests.world import World


async def requests(world: World) -> list[Request]:
    return await all_of(world.bot.store, Request)


async def answered_too_late(world: World) -> None:
    """Ada's form is taken, but Slack has told her by then that it did not work."""
    world.clock.advance(timedelta(minutes=11))  # so that she is looked up once more
    patience, world.slack.deliveries.timeout = world.slack.deliveries.timeout, 0.2
    with world.slack.faults.slow("users.info", delay=0.6):
        sent = await world.person("Ada").submit()
        assert not sent.ok
        await world.settle()
    world.slack.deliveries.timeout = patience
    await world.slack.until(lambda: len(world.person("Ada").messages()) > 0)


async def test_what_was_taken_and_is_sent_again_from_a_form_drawn_anew_is_not_refused(world: World) -> None:
    ada = world.person("Ada")
    await ada.command("/request-access", "github engineering 8h because of a release")
    await answered_too_late(world)
    await ada.choose("How long", "7 days")
    await ada.choose("How long", "8 hours")
    assert ada.view is not None
    assert "Received: AR-1 was sent a moment ago." in " ".join(ada.view.texts)
    assert ":no_entry:" not in " ".join(ada.view.texts)
    assert (await ada.submit()).ok
    assert ada.view is not None
    assert ada.view.title == "Sent"
    assert "Received: AR-1 was sent a moment ago. Its card shows what happens next." in " ".join(
        ada.view.texts
    )
    await world.settle()
    assert len(await requests(world)) == 1
    assert len([one for one in ada.messages() if "Engineering team" in one.text]) == 1


async def test_whoever_writes_something_else_into_it_is_told_that_this_is_not_in_it(world: World) -> None:
    ada = world.person("Ada")
    await ada.command("/request-access", "github engineering 8h because of a release")
    await answered_too_late(world)
    await ada.choose("How long", "7 days")
    sent = await ada.submit()
    assert "already have an open request for this (AR-1)" in str(sent.errors)
    assert len(await requests(world)) == 1
