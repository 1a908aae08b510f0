"""The job `home`: what somebody sees becomes what is true, also where it changes while it is published."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, cast

import pytest

from bot.slack.gateway import Gateway
from bot.worker.jobs.sync_home import SyncHomeJob
from models import jobs
from models.jobs import Work
from models.lifecycle.people import app_home
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.requests import Term
from tests.models.company import ADA, found
from tests.models.workflow_steps import ask

pytestmark = pytest.mark.both_engines


class Slack:
    """Takes what is published, and lets something happen meanwhile."""

    def __init__(self) -> None:
        self.published = 0
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def call(self, _method: str, **_arguments: Any) -> dict[str, Any]:
        self.published += 1
        if self.meanwhile is not None:
            await self.meanwhile()
        return {}


async def homes(store: Store) -> list[Work]:
    works = await store.write(lambda out: jobs.claim(out.sql, out.now, 100))
    return [work for work in works if work.kind == "home"]


async def published(store: Store, slack: Slack, work: Work) -> None:
    result = await SyncHomeJob(store, cast("Gateway", slack)).run(work)

    def end(out: Outcome) -> None:
        out.finish(work)
        if result is not None:
            result(out)

    await store.write(end)


async def test_what_changes_while_it_is_published_is_published_after_it(store: Store) -> None:
    slack = Slack()
    await store.write(found)
    await store.run(app_home.open_home, ADA)
    slack.meanwhile = lambda: ask(store, Term(length=timedelta(hours=8)))
    (work,) = await homes(store)
    await published(store, slack, work)
    slack.meanwhile = None
    (again,) = await homes(store)
    await published(store, slack, again)
    assert slack.published == 2
    await store.run(app_home.open_home, ADA)
    (nothing_new,) = await homes(store)
    await published(store, slack, nothing_new)
    assert slack.published == 2


async def test_after_a_run_that_failed_it_is_published_though_nothing_has_changed(store: Store) -> None:
    """Slack may have taken it and not said so, and somebody may see what was true before."""
    slack = Slack()
    await store.write(found)
    await store.run(app_home.open_home, ADA)
    (work,) = await homes(store)
    await published(store, slack, work)
    await store.run(app_home.open_home, ADA)
    (failed,) = await homes(store)
    await store.write(lambda out: jobs.retry_or_park(out.sql, failed, out.now, error="away", park=False))
    await store.write(lambda out: jobs.hurry(out.sql, out.now))
    (again,) = await homes(store)
    await published(store, slack, again)
    assert slack.published == 2
