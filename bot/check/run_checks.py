"""All checks, in order. What one finds does not stop the next, unless that one stands on it."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import NamedTuple

import structlog

from bot.check import catalogue, channels, connectors, database, email, numbers, people, slack
from bot.check.context import Bench, bench
from bot.check.result import Finding, bad, skipped
from bot.config import Config
from bot.errors import Failure, RetryAfter, UpstreamUnavailable
from bot.slack.gateway import Refused

log = structlog.stdlib.get_logger(__name__)


class Check(NamedTuple):
    """One of them. `slack` and `catalogue` say what it stands on."""

    about: str
    run: Callable[[Bench], AsyncIterator[Finding]]
    slack: bool = False
    catalogue: bool = False


CHECKS = (
    Check("Database", database.database),
    Check("E-mail", email.server),
    Check("Slack token", slack.token),
    Check("Scopes", slack.scopes, slack=True),
    Check("Deliveries", slack.deliveries),
    Check("Admins", people.admins, slack=True),
    Check("People", people.people, slack=True, catalogue=True),
    Check("User groups", people.groups, slack=True, catalogue=True),
    Check("Channels", channels.channels, slack=True, catalogue=True),
    Check("Stages", numbers.numbers, catalogue=True),
    Check("Connectors", connectors.connectors, slack=True, catalogue=True),
    Check("Messages", catalogue.messages, catalogue=True),
)


async def examine(config: Config, checks: Sequence[Check] = CHECKS) -> AsyncIterator[Finding]:
    """Look at everything; each finding comes as soon as it is known."""
    async with bench(config) as ready:
        for check in checks:
            async for finding in _carried_out(check, ready):
                yield finding


async def _carried_out(check: Check, ready: Bench) -> AsyncIterator[Finding]:
    if check.slack and ready.me is None:
        yield skipped(check.about, "skipped because the Slack token doesn't work")
    elif check.catalogue and ready.apps is None:
        yield skipped(check.about, "skipped because there is no catalogue to read")
    else:
        async for finding in _guarded(check, ready):
            yield finding


async def _guarded(check: Check, ready: Bench) -> AsyncIterator[Finding]:
    try:
        async for finding in check.run(ready):
            yield finding
    except (Failure, Refused, UpstreamUnavailable, RetryAfter) as error:
        yield bad(check.about, str(error).removesuffix("."))
    except Exception as error:
        log.exception("a check broke", check=check.about)
        yield bad(check.about, f"could not be checked: {type(error).__name__}: {error}")
