"""The connectors: known, rightly set, and welcome in their target systems."""

import json
from collections.abc import AsyncIterator

from bot.check.context import Bench
from bot.check.result import Finding, bad, ok
from bot.connectors import registry
from bot.connectors.base import Connector, Tools
from bot.plural import counted
from models.catalogue.spec.connectors import ConnectorSpec
from models.clock import SystemClock


async def connectors(bench: Bench) -> AsyncIterator[Finding]:
    """Looks at each target that the catalogue names, once. Raises Failure as `registry.known` does."""
    types = registry.known()
    tools = Tools(clock=SystemClock(), http=bench.http, slack=bench.slack, me=lambda: bench.me or "")
    ready, good = registry.ready(types, tools), 0
    targets = _targets(bench)
    for spec, place in targets:
        problem = registry.check(spec, types) or await _probed(ready[spec.type], spec)
        if problem:
            yield bad("Connectors", f"{place}: {problem}")
        else:
            good += 1
    yield ok("Connectors", f"{good} of {counted(len(targets), 'target')} ready")


def _targets(bench: Bench) -> list[tuple[ConnectorSpec, str]]:
    """Each connector with other parameters once, with the first access that has it."""
    found: dict[str, tuple[ConnectorSpec, str]] = {}
    for app in bench.apps or ():
        for access in app.access:
            key = json.dumps([access.connector.type, access.connector.params], sort_keys=True)
            found.setdefault(key, (access.connector, f"{app.name}, {access.name}"))
    return list(found.values())


async def _probed(connector: Connector, spec: ConnectorSpec) -> str | None:
    try:
        return await connector.probe(spec.params)
    except Exception as error:  # noqa: BLE001 - a package's connector may raise anything; the others go on
        return f"{type(error).__name__}: {error}"
