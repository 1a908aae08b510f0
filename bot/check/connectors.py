"""Check the connectors: known, set up right, and let into their target systems."""

import json
from collections.abc import AsyncIterator

from bot.check.context import CheckContext
from bot.check.result import CheckResult, bad, ok
from bot.connectors import registry
from bot.connectors.base import Connector, ConnectorContext
from bot.plural import plural
from models.catalogue.spec.connectors import ConnectorSpec
from models.clock import SystemClock


async def connectors(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Look at each target that the catalogue names, once.

    Raises:
        Failure: A package's connector cannot be loaded.
    """
    types = registry.load_types()
    connector_context = ConnectorContext(
        clock=SystemClock(), http=context.http, slack=context.slack, bot_user_id=lambda: context.me or ""
    )
    ready, good = registry.instances(types, connector_context), 0
    targets = _targets(context)
    for spec, place in targets:
        problem = registry.check(spec, types) or await _probe(ready[spec.type], spec)
        if problem:
            yield bad("Connectors", f"{place}: {problem}")
        else:
            good += 1
    yield ok("Connectors", f"{good} of {plural(len(targets), 'target')} ready")


def _targets(context: CheckContext) -> list[tuple[ConnectorSpec, str]]:
    """Each connector with other parameters once, with the first access that has it."""
    targets: dict[str, tuple[ConnectorSpec, str]] = {}
    for app in context.apps or ():
        for access in app.access:
            key = json.dumps([access.connector.type, access.connector.params], sort_keys=True)
            targets.setdefault(key, (access.connector, f"{app.name}, {access.name}"))
    return list(targets.values())


async def _probe(connector: Connector, spec: ConnectorSpec) -> str | None:
    try:
        return await connector.probe(spec.params)
    except Exception as error:  # noqa: BLE001 - a package's connector may raise anything; the others go on
        return f"{type(error).__name__}: {error}"
