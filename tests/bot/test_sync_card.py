"""What stands on people's screens: each card once, as it is now, whatever Slack does in between."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bot.sandbox.slack.state.conversations import Message
from bot.slack.gateway import Gateway
from bot.worker.jobs import delete_duplicate_posts, post_once
from bot.worker.jobs.email_rules import EmailRules
from bot.worker.jobs.sync_card import SyncCardJob
from models.clock import ManualClock
from models.jobs import Job, JobState, Work
from models.lifecycle.redraw import send_text
from models.lifecycle.request import comment, decide
from models.store.outcome import Outcome
from models.tables.cards import Card
from models.tables.requests import Comment, Term
from tests.ready_world import submit_quietly
from tests.rows import all_of, every, one_of, row_of
from tests.world import World, running

HOUR = timedelta(hours=1)


@pytest.fixture
async def world(database_url: str, clock: ManualClock) -> AsyncIterator[World]:
    async with running(database_url, clock, "socket") as ready:
        await ready.offer()
        await ready.acquaint()
        yield ready


async def say(world: World, ref: str, text: str) -> None:
    await world.bot.store.run(comment.comment, ref, world.ids["Grace"], text)
    await world.bot.idle()


async def redraw(world: World) -> None:
    """Ask for every card to be brought up to date."""

    def work(out: Outcome) -> None:
        for card in every(out.case, Card):
            out.enqueue("card", f"card:{card.id}", card=card.id)

    await world.bot.store.write(work)
    await world.bot.idle()


def cards(world: World, name: str) -> list[Message]:
    return world.person(name).messages()


async def test_everybody_asked_and_who_asks_has_one_card(world: World) -> None:
    await submit_quietly(world)
    assert [len(cards(world, name)) for name in ("Ada", "Grace", "Alan", "Otto")] == [1, 1, 1, 0]


@pytest.mark.parametrize("trouble", ["lose_answer", "cut", "fail"])
async def test_a_card_is_posted_once_whatever_became_of_slacks_answer(world: World, trouble: str) -> None:
    with getattr(world.slack.faults, trouble)("chat.postMessage", times=3):
        await submit_quietly(world)
    await world.pass_time(timedelta(minutes=1))
    for name in ("Ada", "Grace", "Alan"):
        (card,) = cards(world, name)
        assert "Engineering team" in card.text
    # And the copy that was found again is the one that changes.
    await world.approve("Grace", "Engineering team")
    assert [len(cards(world, name)) for name in ("Grace", "Alan")] == [1, 1]
    assert "Approve" not in cards(world, "Alan")[0].buttons


async def test_what_has_not_changed_costs_no_call(world: World) -> None:
    await submit_quietly(world)
    before = len(world.slack.log.calls())
    await redraw(world)
    assert len(world.slack.log.calls()) == before


async def test_one_conversation_that_is_limited_holds_up_no_other(world: World) -> None:
    world.slack.faults.ratelimit("chat.postMessage", retry_after=3600, times=1)
    await submit_quietly(world)
    assert sum(len(cards(world, name)) for name in ("Ada", "Grace", "Alan")) == 2
    await world.pass_time(timedelta(seconds=3599))
    assert sum(len(cards(world, name)) for name in ("Ada", "Grace", "Alan")) == 2
    await world.pass_time(timedelta(seconds=1))
    assert [len(cards(world, name)) for name in ("Ada", "Grace", "Alan")] == [1, 1, 1]


async def test_a_slack_that_is_away_for_hours_has_every_card_when_it_is_back(world: World) -> None:
    with world.slack.faults.down():
        await submit_quietly(world)
        for _ in range(24):
            world.clock.advance(timedelta(minutes=30))
            await world.bot.idle()
    await world.pass_time(timedelta(minutes=30))
    assert [len(cards(world, name)) for name in ("Ada", "Grace", "Alan")] == [1, 1, 1]


async def test_a_card_that_somebody_deleted_is_left_alone(world: World) -> None:
    await submit_quietly(world)
    (card,) = cards(world, "Alan")
    world.slack.workspace.delete(world.person("Alan").dm, card)
    await world.approve("Grace", "Engineering team")
    assert cards(world, "Alan") == []
    gone = await all_of(world.bot.store, Card, gone=True)
    assert [one.person_id for one in gone] == [world.ids["Alan"]]


async def test_who_has_left_gets_no_card_and_stops_nobody(world: World) -> None:
    world.slack.workspace.users[world.ids["Alan"]].deleted = True  # and nobody has told us yet
    await submit_quietly(world)
    assert [len(cards(world, name)) for name in ("Ada", "Grace")] == [1, 1]
    left = await all_of(world.bot.store, Job, kind="card")
    assert left == []


async def test_what_slack_does_not_take_is_parked_in_the_end_where_it_can_be_seen(world: World) -> None:
    with world.slack.faults.fail("chat.postMessage", status=200, error="invalid_blocks"):
        await submit_quietly(world)
        for _ in range(12):
            world.clock.advance(timedelta(minutes=30))
            await world.bot.idle()
    parked = await all_of(world.bot.store, Job, state=JobState.PARKED)
    assert {job.error for job in parked} == {"Refused: chat.postMessage: invalid_blocks"}


async def test_what_people_write_makes_slack_fetch_nothing(world: World) -> None:
    await submit_quietly(world, "see https://example.com/<!channel>")
    for call in world.slack.log.calls("chat.postMessage"):
        assert (call.request["unfurl_links"], call.request["unfurl_media"]) == (False, False)


async def test_a_comment_is_a_reply_under_every_other_copy(world: World) -> None:
    ref = await submit_quietly(world)
    await say(world, ref, "Which <repository>?")
    head = f":speech_balloon: <@{world.ids['Grace']}> on *GitHub · Engineering team* ({ref})"
    (reply,) = cards(world, "Ada")[0].replies
    assert reply.text == f"{head}\n> Which &lt;repository&gt;?"
    assert len(cards(world, "Alan")[0].replies) == 1
    assert cards(world, "Grace")[0].replies == []


@pytest.mark.parametrize("trouble", ["lose_answer", "cut"])
async def test_a_comment_is_said_once_whatever_became_of_slacks_answer(world: World, trouble: str) -> None:
    ref = await submit_quietly(world)
    with getattr(world.slack.faults, trouble)("chat.postMessage", times=2):
        await say(world, ref, "Which repository?")
    await world.pass_time(timedelta(minutes=1))
    assert [len(cards(world, name)[0].replies) for name in ("Ada", "Alan")] == [1, 1]


async def test_a_comment_waits_for_its_card(world: World) -> None:
    with world.slack.faults.ratelimit("chat.postMessage", retry_after=10, times=3):
        ref = await submit_quietly(world)
        await say(world, ref, "Which repository?")
    assert cards(world, "Ada") == []
    for _ in range(10):
        await world.pass_time(timedelta(seconds=3))
    assert [len(cards(world, name)[0].replies) for name in ("Ada", "Alan")] == [1, 1]


async def test_a_comment_for_a_card_that_was_deleted_has_it_posted_again(world: World) -> None:
    ref = await submit_quietly(world)
    world.slack.workspace.delete(world.person("Alan").dm, cards(world, "Alan")[0])
    await say(world, ref, "Which repository?")
    await world.pass_time(timedelta(seconds=5))
    assert [len(cards(world, name)[0].replies) for name in ("Ada", "Alan")] == [1, 1]
    assert "Approve" in cards(world, "Alan")[0].buttons
    assert await all_of(world.bot.store, Job, kind="say") == []


async def test_a_card_that_is_posted_again_meanwhile_is_not_noted_as_gone(world: World) -> None:
    ref = await submit_quietly(world)
    (card,) = cards(world, "Alan")
    world.slack.workspace.delete(world.person("Alan").dm, card)
    row = await one_of(world.bot.store, Card, ts=card.ts)
    gateway = Gateway(world.bot.client, world.clock)
    sync = SyncCardJob(world.bot.store, gateway, EmailRules(enabled=False))
    await world.bot.store.write(lambda out: out.change(row, digest="shows something else"))
    late = await sync.run(Work(1, "card", f"card:{row.id}", {"card": row.id}, 1, "lost"))
    await say(world, ref, "Which repository?")
    await world.pass_time(timedelta(seconds=5))
    assert late is not None
    await world.bot.store.write(late)
    assert not (await row_of(world.bot.store, Card, row.id)).gone
    assert len(cards(world, "Alan")[0].replies) == 1


def overtaken(work: Work) -> Callable[[Outcome], None]:
    return lambda out: delete_duplicate_posts.enqueue(out, work)


async def test_of_a_card_that_a_process_posted_too_late_the_one_that_is_redrawn_is_left(world: World) -> None:
    await submit_quietly(world)
    (kept,) = cards(world, "Grace")
    card = await one_of(world.bot.store, Card, ts=kept.ts)
    for text in ("Too late", "Much too late"):
        await world.bot.client.chat_postMessage(
            channel=card.channel, text=text, metadata=post_once.card_metadata(card)
        )
    assert len(cards(world, "Grace")) == 3
    late = Work(1, "card", f"card:{card.id}", {"card": card.id}, 1, "lost")
    await world.bot.store.write(overtaken(late))
    await world.pass_time(timedelta(minutes=1))
    assert cards(world, "Grace") == [kept]
    assert "Approve" in cards(world, "Grace")[0].buttons


async def test_of_a_comment_that_was_said_twice_one_is_left(world: World) -> None:
    ref = await submit_quietly(world)
    await say(world, ref, "Which repository?")
    shown = cards(world, "Ada")[0]
    card = await one_of(world.bot.store, Card, ts=shown.ts)
    said = await one_of(world.bot.store, Comment)
    await world.bot.client.chat_postMessage(
        channel=card.channel, thread_ts=card.ts, text="Again", metadata=post_once.comment_metadata(said)
    )
    assert len(shown.replies) == 2
    late = Work(1, "say", "say:1", {"card": card.id, "comment": said.id}, 1, "lost")
    await world.bot.store.write(overtaken(late))
    await world.pass_time(timedelta(minutes=1))
    assert ["Which repository?" in reply.text for reply in shown.replies] == [True]


async def test_of_what_somebody_was_told_twice_one_is_left(world: World) -> None:
    ada, at = world.ids["Ada"], world.clock.now()
    await world.bot.store.run(send_text, ada, "That didn't work.", "x")
    await world.bot.idle()
    (told,) = world.person("Ada").messages()
    await world.bot.client.chat_postMessage(channel=ada, text="Again", metadata=told.metadata)
    payload = {"person": ada, "text": "That didn't work.", "at": at.isoformat()}
    await world.bot.store.write(overtaken(Work(1, "tell", "tell:x", payload, 1, "lost")))
    await world.pass_time(timedelta(minutes=1))
    assert [message.text for message in world.person("Ada").messages()] == [told.text]


async def test_of_a_changed_duration_that_was_noted_twice_one_is_left(world: World) -> None:
    ref = await submit_quietly(world)
    shorter = Term(length=HOUR)
    await world.bot.store.run(decide.approve, ref, world.ids["Grace"], term=shorter)
    await world.settle()
    (shown,) = [one for one in cards(world, "Ada") if one.replies]
    (noted,) = shown.replies
    card = await one_of(world.bot.store, Card, ts=shown.ts)
    await world.bot.client.chat_postMessage(
        channel=card.channel, thread_ts=card.ts, text="Again", metadata=noted.metadata
    )
    grace = world.ids["Grace"]
    before, after = Term(length=2 * HOUR).to_json(), shorter.to_json()
    payload = {"card": card.id, "by": grace, "before": before, "after": after}
    late = Work(1, "note", f"note:{card.id}:{grace}", payload, 1, "lost")
    await world.bot.store.write(overtaken(late))
    await world.pass_time(timedelta(minutes=1))
    assert [reply.text for reply in shown.replies] == [noted.text]
