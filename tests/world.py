"""A whole world for a test: the local Slack with a small company, and the real Keyturn connected to it.

Ada works in engineering under Mia; Grace and Alan own the apps; Root administers Keyturn; Otto works there
too and has nothing to do with any of it; Gus is a guest.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import cache
from typing import Any

from bot.app import Keyturn, build
from bot.config import Config, Mode
from bot.connectors import registry
from bot.sandbox.slack import LocalSlack, Person
from bot.sandbox.slack.state.conversations import Message
from bot.slack.manifest import manifest
from handlers.people.freshness import GROUP_MAX_AGE
from models.catalogue.spec import AppSpec
from models.clock import Clock, ManualClock
from models.registry import apps
from models.registry.directory import stale
from tests import time_limits

# What is installed stays the same while tests run, and looking through it takes a fifth of a bot's start.
registry.entry_points = cache(registry.entry_points)  # type: ignore[attr-defined, assignment]

PEOPLE = {
    "Ada": {}, "Mia": {}, "Grace": {}, "Alan": {}, "Root": {}, "Otto": {}, "Gus": {"guest": True},
}  # fmt: skip


class World:
    """Slack, the company and the bot, each reachable by name."""

    def __init__(
        self,
        clock: ManualClock,
        mode: Mode,
        smtp: str | None = None,
        limits: Mapping[str, int] | None = None,
    ) -> None:
        self.clock, self.mode, self.smtp, self.limits = clock, mode, smtp, limits or {}
        self.bots_clock: Clock | None = None
        """The bot's machine's, where it is another than Slack's."""
        self.slack = LocalSlack(clock, rates=False)
        self.slack.deliveries.timeout = self.slack.triggers.lifetime = time_limits.SLACK * time_limits.FACTOR
        workspace = self.slack.workspace
        self.ids = {
            name: workspace.add_person(name, email=f"{name.lower()}@example.com", **extra).id  # type: ignore[arg-type]
            for name, extra in PEOPLE.items()
        }
        self.group = workspace.add_usergroup("Engineering", handle="engineering", members=[self.ids["Otto"]])
        described = manifest(mode, "http://127.0.0.1:1" if mode == "http" else None)
        self.app = workspace.install_app(manifest=described)
        self._bot: Keyturn | None = None

    @property
    def bot(self) -> Keyturn:
        assert self._bot is not None, "the bot is not running"
        return self._bot

    def config(self, url: str) -> Config:
        """The bot's configuration, to the local Slack and this database."""
        return Config.model_validate(
            {
                "slack": {
                    "mode": self.mode, "bot_token": self.app.bot_token, "app_token": self.app.app_token,
                    "signing_secret": self.app.signing_secret, "api_url": self.slack.api_url,
                    "admins": (self.ids["Root"],),
                },
                "http": {"host": "127.0.0.1", "port": 0},
                "health": {"host": "127.0.0.1", "port": 0},
                "database": {"url": url},
                "limits": self.limits,
                "email": {"smtp": self.smtp, "sender": "Keyturn <k@example.com>"} if self.smtp else None,
            }
        )  # fmt: skip

    async def start_bot(self, url: str, *, observe: bool = False) -> None:
        """Start the bot on this database, as `keyturn run` does."""
        time_limits.stretch(time_limits.FACTOR)
        self._bot = await build(self.config(url), self.bots_clock or self.clock, observe=observe)
        await self._bot.start()
        self.app.request_url = self.app.options_url = f"{self._bot.base_url}/slack/events"

    async def stop_bot(self) -> None:
        """Stop the bot gracefully, if it runs."""
        time_limits.stretch(1)
        if self._bot is not None:
            await self._bot.stop()
            self._bot = None

    def wait_like_slack(self) -> None:
        """From now on Slack waits three seconds, and the bot keeps within them as in production."""
        self.slack.deliveries.timeout = self.slack.triggers.lifetime = time_limits.SLACK
        time_limits.stretch(1)

    def person(self, name: str) -> Person:
        """Someone with a Slack client."""
        return self.slack.person(self.ids[name], self.app)

    async def offer(self, **entry: Any) -> AppSpec:
        """Put an app into the catalogue: GitHub as below, with these changes."""
        spec = AppSpec.model_validate(self.github() | entry)
        await self.bot.store.run(apps.save_app, spec, self.ids["Root"])
        return spec

    def github(self) -> dict[str, Any]:
        """The usual app: one access by hand, one by the user group Engineering."""
        return {
            "key": "github", "name": "GitHub", "category": "Engineering", "max_duration": "30d",
            "owners": [self.ids["Grace"], self.ids["Alan"]],
            "instructions": "Sign in with SSO.",
            "access": [
                {"key": "engineering", "name": "Engineering team", "kind": "group",
                 "connector": {"type": "slack_usergroup", "usergroup": self.group.id}},
                {"key": "admin", "name": "Admin role"},
            ],
            "stage": [{"name": "Owner", "approvers": ["owners"], "rule": "any"}],
        }  # fmt: skip

    async def acquaint(self) -> None:
        """Let the bot know everybody. A look-up that a busy machine held up for too long is made again."""
        everybody, since = set(self.ids.values()), self.clock.now() - GROUP_MAX_AGE
        unknown = everybody
        for _ in range(20):
            await self.bot.context.people.refresh(unknown)
            unknown = await self.bot.store.read(lambda case: stale(case, everybody, since))
            if not unknown:
                return
        raise AssertionError(f"the local Slack says nothing of {unknown}")

    async def settle(self) -> None:
        """Wait until everything that is due is done, and every delivery has arrived."""
        await self.slack.idle()
        await self.bot.idle()
        await self.slack.idle()

    async def pass_time(self, step: timedelta) -> None:
        """Let time pass, and everything happen that becomes due by it."""
        self.clock.advance(step)
        self.slack.run_due()
        await self.bot.catch_up()
        await self.settle()

    async def ask(self, name: str, text: str) -> None:
        """Type /request-access with this text, look at the form, and send it."""
        person = self.person(name)
        outcome = await person.command("/request-access", text)
        assert outcome.trouble is None, outcome
        assert person.view is not None, outcome
        sent = await person.submit()
        assert sent.ok, sent
        await self.settle()

    def card(self, name: str, words: str) -> Message:
        """The latest message in somebody's DM that contains these words."""
        messages = self.person(name).messages()
        found = [message for message in messages if words in message.text]
        assert found, f"{name} sees no “{words}” in {[m.text for m in messages]}"
        return found[-1]

    async def approve(self, name: str, words: str) -> None:
        """Press Approve on a card and confirm."""
        person = self.person(name)
        await person.click(self.card(name, words), "Approve")
        sent = await person.submit()
        assert sent.ok, sent
        await self.settle()


def modal_text(person: Person) -> str:
    """Everything that can be read in the modal on top."""
    assert person.view is not None
    return "\n".join([person.view.title, *person.view.texts, *person.view.buttons])


@asynccontextmanager
async def running(
    url: str,
    clock: ManualClock,
    mode: Mode,
    smtp: str | None = None,
    limits: Mapping[str, int] | None = None,
) -> AsyncIterator[World]:
    """A world that lives as long as the block; with the URL of a mail server, e-mail goes out by it.

    `limits` are those of the configuration, for who asks or says more than people do.
    """
    world = World(clock, mode, smtp, limits)
    await world.slack.start()
    try:
        await world.start_bot(url)
        yield world
    finally:
        await world.stop_bot()
        await world.slack.stop()
