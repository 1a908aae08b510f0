"""E-mail reaches people where Slack does not, once, and only where it is configured."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.config import Mode
from bot.sandbox.mailbox import Mail, Mailbox
from models.catalogue.spec.messages import MESSAGE, MessageSpec
from models.clock import ManualClock
from models.jobs import Job, JobState
from models.lifecycle.grant import tasks
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.registry import catalogue_entries
from models.tables.people import Person
from models.tables.requests import Term
from tests.ready_world import submit_quietly
from tests.rows import all_of, edit, trail_of
from tests.world import World, running

HOUR = timedelta(hours=1)


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    """A real SMTP server."""
    made = Mailbox()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def world(
    pairing: tuple[str, Mode], database_url: str, clock: ManualClock, mailbox: Mailbox
) -> AsyncIterator[World]:
    async with _ready(database_url, clock, pairing[1], mailbox.url) as ready:
        yield ready


@asynccontextmanager
async def _ready(url: str, clock: ManualClock, mode: Mode, smtp: str | None) -> AsyncIterator[World]:
    async with running(url, clock, mode, smtp) as ready:
        await ready.offer()
        await ready.acquaint()
        yield ready


async def pass_time(world: World, step: timedelta, times: int = 1) -> None:
    """Let time pass for the bot alone, since Slack may be away."""
    for _ in range(times):
        world.clock.advance(step)
        await world.bot.catch_up()
        await world.bot.idle()


def leaves(world: World, name: str, *, gone: bool = True) -> None:
    """Slack takes no more messages to somebody, and nobody has told us yet."""
    world.slack.workspace.users[world.ids[name]].deleted = gone


def to(mailbox: Mailbox, name: str) -> list[Mail]:
    return [mail for mail in mailbox.mails if mail.to == f"{name.lower()}@example.com"]


async def jobs_left(world: World) -> list[JobState]:
    return [job.state for job in await all_of(world.bot.store, Job, kind="mail")]


async def recorded(world: World) -> list[tuple[str, str, str]]:
    """Whom the trail says that e-mail went to, with what became of it, and why it went."""
    entries = await trail_of(world.bot.store)
    return [(e.person, e.action, e.data["why"]) for e in entries if e.action.startswith("mail.")]


async def test_an_approver_whom_slack_does_not_reach_gets_an_email(world: World, mailbox: Mailbox) -> None:
    leaves(world, "Alan")
    ref = await submit_quietly(world, "INC-42: the <db> is down & out")
    (mail,) = mailbox.mails
    assert (mail.to, mail.subject) == ("alan@example.com", "Ada requests GitHub · Engineering team")
    assert "> INC-42: the <db> is down & out" in mail.text
    assert "for 8 hours" in mail.text
    assert "open Keyturn in Slack" in mail.text
    assert "<@" not in mail.text
    assert "<!date" not in mail.text
    assert "expires Wednesday, 4 March, 09:00 UTC" in mail.text
    assert ref in mail.text
    assert await recorded(world) == [(world.ids["Alan"], "mail.sent", "gone")]


async def test_a_requester_whom_slack_does_not_reach_hears_the_outcome_once(
    world: World, mailbox: Mailbox
) -> None:
    leaves(world, "Ada")
    ref = await submit_quietly(world)
    assert mailbox.mails == []  # nothing is decided yet
    await world.bot.store.run(decide.reject, ref, world.ids["Grace"], comment="Not today")
    await world.settle()
    (mail,) = to(mailbox, "Ada")
    assert "Rejected" in mail.text
    assert "Not today" in mail.text
    await pass_time(world, HOUR, times=3)
    assert len(mailbox.mails) == 1


async def test_a_rejection_in_the_companys_words_goes_out_by_email_word_for_word(
    world: World, mailbox: Mailbox
) -> None:
    words = {
        "key": "rejected",
        "subject": "No {{ access }} for you",
        "text": "Sorry, {{ requester|name }}.\n{{ decider }}: {{ comment }}\nAsk again {{ deadline|date }}.",
    }
    own = MessageSpec.model_validate(words)
    await world.bot.store.run(catalogue_entries.save_entry, MESSAGE, own, world.ids["Root"])
    leaves(world, "Ada")
    ref = await submit_quietly(world)
    said = "Not <!channel> & not today"
    await world.bot.store.run(decide.reject, ref, world.ids["Grace"], comment=said)
    await world.settle()
    (mail,) = to(mailbox, "Ada")
    assert mail.subject == "No Engineering team for you"
    assert f"Sorry, Ada.\nGrace: {said}\nAsk again Wednesday, 4 March.\n" in mail.text.replace("\r", "")
    assert "Rejected by Grace" in mail.text


async def test_who_has_left_the_company_gets_no_email(world: World, mailbox: Mailbox) -> None:
    leaves(world, "Alan")
    await mailbox.stop()
    await submit_quietly(world)
    await world.bot.store.run(edit, Person, world.ids["Alan"], active=False)
    await mailbox.start()
    await pass_time(world, HOUR)
    assert await jobs_left(world) == []
    assert mailbox.mails == []


async def test_with_slack_away_for_ten_minutes_email_takes_its_place(world: World, mailbox: Mailbox) -> None:
    with world.slack.faults.down():
        await submit_quietly(world)
        await pass_time(world, timedelta(minutes=3), times=3)
        assert mailbox.mails == []
        await pass_time(world, timedelta(minutes=15), times=8)
        assert sorted(mail.to for mail in mailbox.mails) == ["alan@example.com", "grace@example.com"]
    await pass_time(world, timedelta(minutes=30), times=2)
    assert len(world.person("Grace").messages()) == 1  # the card comes all the same
    assert len(mailbox.mails) == 2
    assert {why for _, _, why in await recorded(world)} == {"away"}


async def test_with_slack_away_an_outcome_reaches_who_asked(world: World, mailbox: Mailbox) -> None:
    ref = await submit_quietly(world)
    with world.slack.faults.down():
        await world.bot.store.run(decide.reject, ref, world.ids["Grace"], comment="Not today")
        await world.bot.idle()
        await pass_time(world, timedelta(minutes=15), times=3)
        assert ["Rejected" in mail.text for mail in to(mailbox, "Ada")] == [True]


async def test_an_app_may_want_a_copy_of_every_message(world: World, mailbox: Mailbox) -> None:
    await world.offer(email="copy")
    ref = await submit_quietly(world)
    assert sorted(mail.to for mail in mailbox.mails) == ["alan@example.com", "grace@example.com"]
    assert "In Slack: https://" in mailbox.mails[0].text
    await world.bot.store.run(decide.approve, ref, world.ids["Grace"])
    await world.settle()
    assert any("approved by Grace" in mail.text for mail in to(mailbox, "Ada"))
    assert any("You have access to GitHub · Engineering team" in mail.text for mail in to(mailbox, "Ada"))
    before = len(mailbox.mails)
    await pass_time(world, 8 * HOUR)
    assert any("(time's up)" in mail.text for mail in to(mailbox, "Ada"))
    idents = [mail.ident for mail in mailbox.mails]
    assert len(set(idents)) == len(idents) > before


async def test_the_outcome_says_who_changed_how_long_and_what_they_said(
    world: World, mailbox: Mailbox
) -> None:
    await world.offer(email="copy")
    ref, said = await submit_quietly(world), "An hour is enough. " * 20
    given = Term(length=HOUR)
    await world.bot.store.run(decide.approve, ref, world.ids["Grace"], comment=said, term=given)
    await world.settle()
    (outcome,) = [mail for mail in to(mailbox, "Ada") if "approved by Grace" in mail.text]
    assert "8 hours → 1 hour" in outcome.text
    assert said.strip() in outcome.text


async def test_a_mail_server_that_is_away_gets_each_email_when_it_is_back(
    world: World, mailbox: Mailbox
) -> None:
    leaves(world, "Alan")
    await mailbox.stop()
    await submit_quietly(world)
    await pass_time(world, timedelta(minutes=30), times=20)
    assert await jobs_left(world) == [JobState.READY]  # never parked
    await mailbox.start()
    await pass_time(world, timedelta(minutes=30))
    assert [mail.to for mail in mailbox.mails] == ["alan@example.com"]
    assert await jobs_left(world) == []


class Forgetful(Mailbox):
    """Takes an e-mail and says that it did not, once."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        taken = await super().handle_DATA(server, session, envelope)
        return "451 Something is wrong here" if len(self.mails) == 1 else taken


async def test_a_repetition_is_known_for_one(
    pairing: tuple[str, Mode], database_url: str, clock: ManualClock
) -> None:
    mailbox = Forgetful()
    await mailbox.start()
    async with _ready(database_url, clock, pairing[1], mailbox.url) as world:
        leaves(world, "Alan")
        await submit_quietly(world)
        await pass_time(world, HOUR, times=2)
    await mailbox.stop()
    assert len(mailbox.mails) == 2
    assert mailbox.mails[0].ident == mailbox.mails[1].ident


async def test_with_slack_away_for_hours_access_ends_and_people_hear_of_it(
    world: World, mailbox: Mailbox
) -> None:
    ada, grace, store = world.ids["Ada"], world.ids["Grace"], world.bot.store
    draft = Draft(ada, ada, "github", ("admin",), Term(length=8 * HOUR), "INC-42")
    (request,) = await store.run(submit.submit, draft)
    await store.run(decide.approve, request.ref, grace)
    await world.settle()
    await store.run(tasks.complete_task, "TK-1", grace)
    await world.settle()
    with world.slack.faults.down():
        await pass_time(world, timedelta(minutes=30), times=18)
        assert "Remove Ada from GitHub" in to(mailbox, "Alan")[-1].text
        await store.run(tasks.complete_task, "TK-2", grace)
        await pass_time(world, timedelta(minutes=30), times=2)
        assert "(time's up)" in to(mailbox, "Ada")[-1].text


async def test_when_slack_is_back_after_hours_everything_arrives_at_once_and_nothing_twice(
    world: World, mailbox: Mailbox
) -> None:
    await held(world, "engineering")
    await held(world, "admin")
    with world.slack.faults.down():
        await pass_time(world, timedelta(minutes=30), times=18)
        assert world.ids["Ada"] in world.group.members
        letters = len(mailbox.mails)
        assert letters > 0
    assert [job.state for job in await parked(world)] == []
    for _ in range(4):  # the waits of those that failed for hours are of minutes
        await world.pass_time(timedelta(minutes=20))
    assert world.ids["Ada"] not in world.group.members
    assert len(mailbox.mails) == letters
    marks = [
        str(message.metadata)
        for name in world.ids
        for message in world.person(name).messages()
        if message.metadata is not None
    ]
    assert len(marks) == len(set(marks))
    assert "(time's up)" in world.card("Ada", "time's up").text


async def held(world: World, access: str) -> None:
    """Ada has this access for eight hours."""
    ada, grace, store = world.ids["Ada"], world.ids["Grace"], world.bot.store
    draft = Draft(ada, ada, "github", (access,), Term(length=8 * HOUR), "INC-42")
    (request,) = await store.run(submit.submit, draft)
    await store.run(decide.approve, request.ref, grace)
    await world.settle()
    if access == "admin":
        await store.run(tasks.complete_task, "TK-1", grace)
        await world.settle()


async def parked(world: World) -> list[Job]:
    return await all_of(world.bot.store, Job, state=JobState.PARKED)


@pytest.mark.parametrize(
    ("answer", "left"), [("550 No such user", []), ("451 Come back later", [JobState.READY])]
)
async def test_a_refusal_ends_it_and_a_request_to_wait_does_not(
    world: World, mailbox: Mailbox, answer: str, left: list[JobState]
) -> None:
    leaves(world, "Alan")
    mailbox.refuse = answer
    await submit_quietly(world)
    assert mailbox.mails == []
    assert await jobs_left(world) == left
    actions = [action for _, action, _ in await recorded(world)]
    assert actions == ([] if left else ["mail.refused"])


@pytest.mark.parametrize("hostile", ["Ada\r\nBcc: eve@example.com", "Ada\nSubject: Free", "Ada\x85Bcc: eve"])
async def test_no_name_adds_a_header_or_a_reader(world: World, mailbox: Mailbox, hostile: str) -> None:
    leaves(world, "Alan")
    world.slack.workspace.users[world.ids["Ada"]].real_name = hostile
    await world.bot.store.run(edit, Person, world.ids["Ada"], name=hostile)
    await submit_quietly(world, f"{hostile}\r\n.\r\nMAIL FROM:<eve@example.com>")
    (mail,) = mailbox.mails
    assert mail.to == "alan@example.com"
    assert "requests GitHub · Engineering team" in mail.subject


@pytest.mark.parametrize("address", ["alan@example.com\r\nBcc: eve@example.com", "alan@x.com, eve@x.com", ""])
async def test_what_is_no_address_gets_no_email(world: World, mailbox: Mailbox, address: str) -> None:
    leaves(world, "Alan")
    await world.bot.store.run(edit, Person, world.ids["Alan"], email=address)
    await submit_quietly(world)
    assert mailbox.mails == []
    assert await jobs_left(world) == []


async def test_without_a_mail_server_nothing_is_sent_or_wanted(
    pairing: tuple[str, Mode], database_url: str, clock: ManualClock
) -> None:
    async with _ready(database_url, clock, pairing[1], None) as world:
        await world.offer(email="copy")
        leaves(world, "Alan")
        await submit_quietly(world)
        with world.slack.faults.down():
            await pass_time(world, timedelta(minutes=15), times=2)
        assert await jobs_left(world) == []
        assert await recorded(world) == []
