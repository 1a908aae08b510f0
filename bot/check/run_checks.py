"""Run all checks, in order. A problem stops no other check but those that depend on it."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import NamedTuple

import structlog

from bot.check import catalogue, connectors, database, email, files, health, people, slack
from bot.check.context import CheckContext, open_context
from bot.check.result import CheckResult, bad, skipped
from bot.config import Config
from bot.errors import Failure, RetryAfter, UpstreamUnavailable
from bot.slack.gateway import Refused

log = structlog.stdlib.get_logger(__name__)


class Check(NamedTuple):
    """A check. `slack` and `catalogue` say what it depends on."""

    about: str
    run: Callable[[CheckContext], AsyncIterator[CheckResult]]
    slack: bool = False
    catalogue: bool = False


CHECKS = (
    Check("Database", database.database),
    Check("Files", files.files),
    Check("E-mail", email.server),
    Check("Slack token", slack.token),
    Check("Scopes", slack.scopes, slack=True),
    Check("Deliveries", slack.deliveries),
    Check("Health", health.port),
    Check("Admins", people.admins, slack=True),
    Check("People", people.people, slack=True, catalogue=True),
    Check("User groups", people.groups, slack=True, catalogue=True),
    Check("Channels", catalogue.channels, slack=True, catalogue=True),
    Check("Stages", catalogue.stage_sizes, catalogue=True),
    Check("Connectors", connectors.connectors, slack=True, catalogue=True),
    Check("Messages", catalogue.messages, catalogue=True),
)


async def run_checks(config: Config, checks: Sequence[Check] = CHECKS) -> AsyncIterator[CheckResult]:
    """Run the checks; each result comes as soon as it is known."""
    async with open_context(config) as context:
        for check in checks:
            async for result in _run_if_possible(check, context):
                yield result


async def _run_if_possible(check: Check, context: CheckContext) -> AsyncIterator[CheckResult]:
    if check.slack and context.me is None:
        yield skipped(check.about, "skipped because the Slack token doesn't work")
    elif check.catalogue and context.apps is None:
        yield skipped(check.about, "skipped because there is no catalogue to read")
    else:
        async for result in _run(check, context):
            yield result


async def _run(check: Check, context: CheckContext) -> AsyncIterator[CheckResult]:
    try:
        async for result in check.run(context):
            yield result
    except (Failure, Refused, UpstreamUnavailable, RetryAfter) as error:
        yield bad(check.about, str(error).removesuffix("."))
    except Exception as error:
        log.exception("a check broke", check=check.about)
        yield bad(check.about, f"could not be checked: {type(error).__name__}: {error}")
