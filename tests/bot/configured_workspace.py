"""A local Slack with a configuration for it, for tests of the commands that look people up."""

import asyncio
from typing import Any

import pytest

from bot.database.connection import sqlite_file
from bot.sandbox.slack import App, LocalSlack
from models.catalogue.spec import AppSpec
from models.clock import SystemClock
from models.registry import apps
from models.store.open import open_store
from tests.bot.command_line import CommandLine, Ended


class Report:
    """What `keyturn check` printed."""

    def __init__(self, ended: Ended) -> None:
        self.code, self.err = ended.code, ended.err
        self.lines = ended.out.splitlines()

    def about(self, name: str) -> list[str]:
        """The lines about one thing, each with its mark."""
        return [line for line in self.lines if line[2:].strip().startswith(f"{name}:")]

    def bad(self) -> list[str]:
        return [line for line in self.lines if line.startswith("✗")]


class ConfiguredWorkspace:
    """A local Slack with Keyturn's app, and a folder with a configuration for it."""

    def __init__(self, keyturn: CommandLine, slack: LocalSlack, app: App, url: str) -> None:
        self.keyturn, self.slack, self.app, self.url = keyturn, slack, app, url
        for name in ("Root", "Grace", "Alan"):
            slack.workspace.add_person(name, id=f"U0{name.upper()}", email=f"{name.lower()}@example.com")
        slack.workspace.add_usergroup("On call", handle="oncall", id="S0ONCALL", members=["U0ALAN"])
        if file := sqlite_file(url):
            file.chmod(0o600)  # as `keyturn run` makes it
        self.configure()

    def configure(self, **slack: Any) -> None:
        """Write config.toml, with these values of `[slack]` instead of the right ones."""
        settings = {
            "bot_token": self.app.bot_token,
            "app_token": self.app.app_token,
            "api_url": self.slack.api_url,
            "admins": ["U0ROOT"],
        }
        self.keyturn.configure(self.url, **(settings | slack))

    async def catalogue(self, *entries: dict[str, Any]) -> None:
        """Make these the apps of the catalogue."""
        specs = [AppSpec.model_validate(entry) for entry in entries]
        store = open_store(self.url, SystemClock())
        await store.run(apps.replace_apps, specs, "operator")
        await store.close()

    async def check(self) -> Report:
        """Run `keyturn check`."""
        return Report(await asyncio.to_thread(self.keyturn, "check"))


@pytest.fixture
def engine() -> str:
    """SQLite in any case: what `keyturn check` says of PostgreSQL has a test of its own."""
    return "sqlite"


@pytest.fixture
def workspace(keyturn: CommandLine, slack: LocalSlack, app: App, database_url: str) -> ConfiguredWorkspace:
    """Everyone whom the tests' catalogues name is in it."""
    return ConfiguredWorkspace(keyturn, slack, app, database_url)
