"""Comments: everyone involved may write them at any time, and everyone else involved reads them at once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.sandbox.slack.blocks import element_lookup
from bot.sandbox.slack.state.conversations import Message
from models.jobs import Job, JobState
from models.lifecycle.people import delegations
from models.tables.cards import Card
from models.tables.grants import Grant
from models.tables.requests import Comment, Request
from tests.rows import all_of, every
from tests.world import World, modal_text

ACCESS = "Admin role"
INVOLVED = {
    "workspace admin": "Root",
    "requester": "Ada",
    "beneficiary": "Otto",
    "approver": "Grace",
    "delegate": "Mia",
    "alternate": "Ivo",
    "owner and task worker": "Alan",
}
"""Grace and her colleague Kim, who is away, are asked; Mia is Kim's delegate. Gus is not involved."""


async def requested(world: World) -> None:
    """Ada requests it for Otto, and nobody decides for an hour, so that the alternate is asked too."""
    workspace = world.slack.workspace
    for name in ("Ivo", "Kim"):
        world.ids[name] = workspace.add_person(name, email=f"{name.lower()}@example.com").id
    ids = world.ids
    stage = {"name": "Lead", "approvers": [ids["Grace"], ids["Kim"]], "alternates": [ids["Ivo"]]}
    await world.offer(
        owners=[ids["Alan"]], on_behalf="anyone", stage=[stage | {"rule": "any", "escalate_after": "1h"}]
    )
    await world.acquaint()
    today = world.clock.now().date()
    until = today + timedelta(days=7)
    await world.bot.store.run(delegations.set_delegate, ids["Kim"], ids["Mia"], today, until)
    ada = world.person("Ada")
    await ada.command("/request-access", "github admin 8h because of a release")
    await ada.choose("Request for", "Otto")
    assert (await ada.submit()).ok
    await world.settle()
    await world.pass_time(timedelta(minutes=61))


async def closed(world: World) -> None:
    """It is approved, cannot be given at first, is given, given back and removed by hand."""
    grace, alan = world.person("Grace"), world.person("Alan")
    await grace.click(world.card("Grace", ACCESS), "Approve")
    assert (await grace.submit()).ok
    await world.settle()
    await alan.click(task(world), "I can't")
    await alan.fill("What's in the way?", "No licence left")
    assert (await alan.submit()).ok
    await world.settle()
    await world.person("Root").click(world.card("Root", "couldn't be set up"), "Retry")
    await world.settle()
    await do_task(world)
    await world.person("Otto").click(world.card("Otto", "You have access"), "Give back")
    await world.settle()
    await do_task(world)


async def do_task(world: World) -> None:
    """Alan marks the open task as done."""
    alan = world.person("Alan")
    await alan.click(task(world), "Mark done")
    assert (await alan.submit()).ok
    await world.settle()


def task(world: World) -> Message:
    return next(m for m in reversed(world.person("Alan").messages()) if "Mark done" in m.buttons)


def own_card(world: World, name: str) -> Message | None:
    """The first message about the request that somebody has, if any."""
    messages = world.person(name).messages()
    return next((message for message in messages if ACCESS in message.text), None)


async def by_button(world: World, name: str, text: str) -> None:
    """Comment by the button of a card or, where the card is two lines, of its Details."""
    person, card = world.person(name), own_card(world, name)
    if card is None:  # an admin whom nothing has reached yet; they are shown a colleague's card
        shown = own_card(world, "Ada")
        assert shown is not None
        button = element_lookup.button(shown.blocks, "Details", None)
        assert (await person.client.act(person.client.surface(shown), button)).ok
        await person.press("Comment")
    elif "Comment" in card.buttons:
        await person.click(card, "Comment")
    else:
        await person.click(card, "Details")
        await person.press("Comment")
    await person.fill("Comment", text)
    assert (await person.submit()).ok
    while person.view is not None:
        await person.close(whole_stack=True)


async def by_reply(world: World, name: str, text: str) -> None:
    """Comment by a reply under whichever card somebody has."""
    card = own_card(world, name)
    if card is None:
        await by_button(world, name, text)
    else:
        await world.person(name).reply(card, text)


def new_messages(world: World, name: str, text: str) -> list[Message]:
    return [m for m in world.person(name).messages() if text in m.text and m.user != world.ids[name]]


@pytest.mark.parametrize("write", [by_button, by_reply])
@pytest.mark.parametrize("stage", ["open", "closed"])
async def test_whoever_is_involved_comments_and_everyone_else_reads_it_as_a_new_message(
    world: World, stage: str, write: Callable[[World, str, str], Awaitable[None]]
) -> None:
    await requested(world)
    if stage == "closed":
        await closed(world)
    taken_part = set(INVOLVED.values()) - ({"Root"} if stage == "open" else set())
    states = await statuses(world)
    for role, name in INVOLVED.items():
        text = f"A word of the {role}"
        readers = sorted(taken_part - {name})
        before = {one: {message.ts for message in world.person(one).messages()} for one in readers}
        unread = {one: world.person(one).unread for one in readers}
        await write(world, name, text)
        await world.settle()
        taken_part.add(name)
        for reader in readers:
            (new,) = [m for m in world.person(reader).messages() if m.ts not in before[reader]]
            assert text in new.text, (role, reader)
            assert f"<@{world.ids[name]}>" in new.text, (role, reader)
            assert "AR-1" in new.text, (role, reader)
            assert world.person(reader).unread == unread[reader] + 1, (role, reader)
    assert world.person("Gus").messages() == []
    assert await statuses(world) == states
    entries = await all_of(world.bot.store, Comment)
    assert [entry.person_id for entry in entries[-7:]] == [world.ids[name] for name in INVOLVED.values()]
    assert await all_of(world.bot.store, Job, state=JobState.PARKED) == []


async def statuses(world: World) -> list[str]:
    """The status of the request and of its access, where there is one."""
    store = world.bot.store
    requests, grants = await all_of(store, Request), await all_of(store, Grant)
    return [*(row.state for row in requests), *(row.state for row in grants)]


@pytest.mark.both_engines
async def test_the_owner_who_has_to_do_it_by_hand_replies_in_the_tasks_thread(world: World) -> None:
    await world.offer(owners=[world.ids["Alan"]], stage=[{"name": "Lead", "approvers": [world.ids["Grace"]]}])
    await world.ask("Ada", "github admin 8h because of a release")
    await world.approve("Grace", ACCESS)
    await world.person("Alan").reply(task(world), "Which tenant?")
    await world.settle()
    for name in ("Ada", "Grace"):
        (message,) = new_messages(world, name, "Which tenant?")
        assert message.buttons == ["Comment", "Details"]
        assert f"<@{world.ids['Alan']}> on *GitHub · Admin role* (AR-1)" in message.text
    ada = world.person("Ada")
    await ada.click(new_messages(world, "Ada", "Which tenant?")[0], "Comment")
    await ada.fill("Comment", "The one in Europe")
    assert (await ada.submit()).ok
    await world.settle()
    assert len(new_messages(world, "Alan", "The one in Europe")) == 1
    await ada.click(world.card("Ada", ACCESS), "Details")
    assert "Which tenant?" in modal_text(ada)
    assert "The one in Europe" in modal_text(ada)


@pytest.mark.parametrize("decided", [False, True])
async def test_a_card_that_was_deleted_is_posted_again_when_a_comment_arrives(
    world: World, decided: bool
) -> None:
    await world.ask("Ada", "github admin 8h because of a release")
    if decided:
        grace = world.person("Grace")
        await grace.click(world.card("Grace", ACCESS), "Reject")
        assert (await grace.submit()).ok
        await world.settle()
    for message in world.person("Ada").messages():
        world.slack.workspace.delete(world.person("Ada").dm, message)
    for text in ("Which tenant?", "And why?"):
        await world.bot.catch_up()
        await by_button(world, "Grace", text)
        await world.settle()
    await world.pass_time(timedelta(seconds=10))
    card = own_card(world, "Ada")
    assert card is not None
    assert ("Rejected" in card.text) is decided
    assert len([m for m in world.person("Ada").messages() if m.thread_ts is None]) == 1
    assert [("AR-1" in reply.text, reply.broadcast) for reply in card.replies] == [(True, True)] * 2
    # And it is this copy that changes from now on.
    if not decided:
        assert "And why?" in card.text
    live = [row for row in await world.bot.store.read(lambda case: every(case, Card)) if row.ts == card.ts]
    assert [row.gone for row in live] == [False]


async def test_a_person_who_is_gone_is_not_tried_for_ever(world: World) -> None:
    await world.ask("Ada", "github admin 8h because of a release")
    world.slack.workspace.users[world.ids["Alan"]].deleted = True  # and no event tells of it
    await by_button(world, "Grace", "Which tenant?")
    await world.settle()
    for _ in range(5):
        await world.pass_time(timedelta(seconds=5))
    assert await all_of(world.bot.store, Job, kind="say") == []
    assert len(new_messages(world, "Ada", "Which tenant?")) == 2  # the card shows it, and a message says it


async def test_a_reply_that_slack_sends_twice_counts_once(world: World) -> None:
    await world.ask("Ada", "github admin 8h because of a release")
    with world.slack.faults.duplicate("message"):
        await world.person("Grace").reply(world.card("Grace", ACCESS), "Which tenant?")
    await world.settle()
    assert len(await all_of(world.bot.store, Comment)) == 1
    assert len(world.card("Ada", "You requested").replies) == 1


async def test_a_reply_of_somebody_who_may_not_comment_is_answered(world: World) -> None:
    ids = world.ids
    group = world.slack.workspace.add_usergroup("On call", handle="oncall", members=[ids["Otto"], ids["Mia"]])
    await world.offer(stage=[{"name": "On call", "approvers": ["@oncall"], "rule": "any"}])
    await world.ask("Ada", "github admin 8h because of a release")
    card, otto = world.card("Otto", ACCESS), world.person("Otto")
    group.members.remove(ids["Otto"])
    world.clock.advance(timedelta(minutes=2))
    await otto.click(card, "Approve")  # and now it is known
    await world.settle()
    await world.pass_time(timedelta(minutes=61))
    await otto.reply(card, "Which tenant?")
    await world.settle()
    assert "Only people involved in AR-1 and admins can comment on it." in otto.ephemeral
    assert otto.ephemerals[-1].thread_ts == card.ts
    assert await all_of(world.bot.store, Comment) == []
    assert new_messages(world, "Ada", "Which tenant?") == []


async def test_a_reply_under_a_message_that_takes_none_is_answered(world: World) -> None:
    ada = world.person("Ada")
    said = await ada.say(None, "hello")
    await ada.reply(said, "anybody there?")
    await world.settle()
    assert sum("/request-access" in text for text in ada.ephemeral) == 2


async def test_what_is_asked_in_a_channel_is_said_there_once_and_the_quiet_are_left_alone(
    world: World,
) -> None:
    ids = world.ids
    members = [ids["Grace"], ids["Alan"], world.app.bot_user_id]
    channel = world.slack.workspace.add_channel("approvals", members=members)
    stage = {
        "name": "Owner",
        "approvers": ["owners"],
        "channel": channel.id,
        "channel_over": 0,
        "quiet": [ids["Otto"]],
    }
    await world.offer(stage=[stage])
    await world.ask("Ada", "github admin 8h because of a release")
    await by_button(world, "Ada", "It is urgent")
    await world.settle()
    assert sum("It is urgent" in message.text for message in channel.messages if message.broadcast) == 1
    assert [world.person(name).messages() for name in ("Grace", "Alan", "Otto")] == [[], [], []]
    grace = world.person("Grace")
    (posted,) = [message for message in channel.messages if not message.broadcast]
    await grace.click(posted, "Comment")
    await grace.fill("Comment", "Which tenant?")
    assert (await grace.submit()).ok
    await world.settle()
    await by_button(world, "Ada", "The one in Europe")
    await world.settle()
    assert len(new_messages(world, "Grace", "The one in Europe")) == 1  # she has taken part
    assert world.person("Otto").messages() == []
