"""A company with one person for each role in a request.

No job runs and no time passes by itself, so that the database can be restored after each click.
"""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.app import build
from models.catalogue.spec.entry_kinds import SETTINGS, SettingsSpec
from models.clock import ManualClock
from models.jobs import Job, JobState
from models.lifecycle.catalogue import edit_app
from models.lifecycle.grant import revoke
from models.lifecycle.grant.reconcile import ByHand, ConnectorFailure, Done, TargetChange
from models.lifecycle.people import delegations
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.registry import catalogue_entries, directory
from models.store.outcome import Outcome
from models.tables.cards import Card
from models.tables.catalogue import App
from models.tables.requests import Term
from tests import time_limits
from tests.models.workflow_steps import obliging, settle
from tests.rows import clear, the
from tests.world import World

ROLES: dict[str, tuple[str, dict[str, Any]]] = {
    "requester": ("Ada", {}), "beneficiary": ("Ben", {}), "approver": ("Grace", {}), "quiet": ("Quinn", {}),
    "stand-in": ("Dora", {}), "owner": ("Alan", {}), "admin": ("Root", {}), "author": ("Rita", {}),
    "slack-admin": ("Wanda", {"admin": True}), "colleague": ("Otto", {}), "guest": ("Gus", {"guest": True}),
    "stranger": ("Sam", {"stranger": True}), "gone": ("Dan", {}), "bot": ("Robo", {}),
}  # fmt: skip
"""Who has which role. The author is an admin who proposed a change; Dan, who is gone, was an approver too."""

LENGTH = Term(length=timedelta(hours=8))
ACCESSES = ("active", "urgent", "failing", "task", "pending", "other", "burning", "over")
THREAD = ("D0GRACE", "1.000100")
"""Where the approver's card lies."""


class RolesWorld(World):
    """The company, and the requests and grants that the references of roles.txt stand for."""

    def __init__(self, clock: ManualClock, file: Path) -> None:
        super().__init__(clock, "http")
        self.file = file
        self.kept = sqlite3.connect(":memory:")
        for name, extra in ROLES.values():
            if name not in self.ids:
                self.ids[name] = self.slack.workspace.add_person(name, **extra).id

    async def live(self) -> None:
        """Listen, with the story told. Only Slack knows by then that Dan has left and that Robo is a bot."""
        time_limits.stretch(time_limits.FACTOR)
        self._bot = await build(self.config(f"sqlite+aiosqlite:///{self.file}"), self.clock)
        await self.bot.web.start(("127.0.0.1", 0), ("127.0.0.1", 0))
        self.app.request_url = self.app.options_url = f"{self.bot.base_url}/slack/events"
        await self.acquaint()
        await self._tell()
        self.clock.advance(timedelta(hours=5))
        self.slack.workspace.user(self.ids["Dan"]).deleted = True
        self.slack.workspace.user(self.ids["Robo"]).is_bot = True
        with sqlite3.connect(self.file) as file:
            file.backup(self.kept)
        file.close()

    async def leave(self) -> None:
        """Close everything."""
        time_limits.stretch(1)
        self.kept.close()
        if self._bot is not None:
            await self._bot.web.stop()
            await self._bot.resources.aclose()

    async def _tell(self) -> None:
        ada, ben, grace, dora = (self.ids[name] for name in ("Ada", "Ben", "Grace", "Dora"))
        store = self.bot.store

        async def ask(access: str, by: str = ada, *, emergency: bool = False) -> str:
            draft = Draft(by, ben, "github", (access,), LENGTH, "INC-42", emergency=emergency)
            return (await store.run(submit.submit, draft))[0].ref

        async def given(access: str, system: Any) -> None:
            ref = await ask(access)
            await store.run(decide.approve, ref, grace)
            await settle(store, system)

        await self.offer(**self._app())
        await given("active", obliging)  # AR-1, GR-1
        await ask("urgent", ben, emergency=True)  # AR-2, GR-2, RV-1
        await settle(store)
        await given("failing", lambda _: ConnectorFailure("It says no.", transient=False))  # AR-3, GR-3
        await given("task", lambda _: ByHand())  # AR-4, GR-4, TK-1
        await ask("pending")  # AR-5
        await store.run(decide.approve, await ask("over"), grace)  # AR-6, GR-5
        await settle(store, self._only_the_last)
        await store.run(revoke.give_back, "GR-5", ben)
        await settle(store, self._only_the_last)
        today = self.clock.now().date()
        await store.run(delegations.set_delegate, grace, dora, today, today)  # DG-1
        await store.write(self._configured)

    @staticmethod
    def _only_the_last(change: TargetChange) -> Done | ByHand:
        """A target system that does what GR-5 needs, and leaves the rest to people."""
        return Done() if change.grant_id == 5 else ByHand()

    def _app(self) -> dict[str, Any]:
        stage = {"name": "Check", "approvers": [self.ids["Grace"], self.ids["Dan"]]}
        return {
            "owners": [self.ids["Alan"]], "on_behalf": "anyone", "reassign": "anyone",
            "emergency": {"max": "8h"},
            "access": [{"key": one, "name": one.capitalize()} for one in ACCESSES],
            "stage": [stage | {"quiet": [self.ids["Quinn"]]}],
        }  # fmt: skip

    def _configured(self, out: Outcome) -> None:
        """Two people change the catalogue, and one has begun (CH-1); a job was given up (JB-1)."""
        root, rita = self.ids["Root"], self.ids["Rita"]
        directory.appoint(out, [rita], "operator")
        catalogue_entries.save_entry(out, SETTINGS, SettingsSpec(two_people=True), root)
        version = out.case.get_one(App, "github").version
        edit_app.change_app(
            out, "github", version, lambda app: app.model_copy(update={"name": "GitHub 2"}), rita
        )
        mine = the(out.case, Card, about="AR-5", person_id=self.ids["Grace"])
        channel, ts = THREAD
        out.change(mine, channel=channel, ts=ts)
        clear(out, Job)
        out.add(
            Job, id=1, kind="say", key="k", lane="k", payload={}, urgency=2, state=JobState.PARKED,
            run_at=out.now, created_at=out.now,
        )  # fmt: skip
