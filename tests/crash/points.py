"""The points at which a bot can be killed, found out from outside: its code knows nothing of this.

A point is a commit that writes something or a call to Slack, each before and after, named by what it is for
and counted. `install` notes each one that is passed, and at the one it is told ends the process, as a power
cut would, or freezes it, as a machine that has too much to do.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from slack_sdk.web.async_base_client import AsyncBaseClient
from sqlalchemy.engine.default import DefaultDialect

from models.store import postgres, sqlite
from models.store.base import carry_out
from models.store.tx import Tx

PASSED_OVER = ("auth.test", "apps.connections.open")
"""Asked while the bot starts; nothing is under way then."""


class Points:
    """Notes each point in a file, one a line, and sends itself a signal (SIGKILL, SIGSTOP) at one of them."""

    def __init__(self, path: Path, strike: str | None, number: int) -> None:
        self._strike, self._number = strike, number
        self._seen: Counter[str] = Counter()
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def reach(self, name: str) -> None:
        """Come by this point."""
        self._seen[name] += 1
        point = f"{name} #{self._seen[name]}"
        os.write(self._file, f"{point}\n".encode())
        if point == self._strike:
            os.kill(os.getpid(), self._number)


def install(points: Points) -> None:
    """Come by a point at each commit and each call to Slack from now on."""
    _at_calls(points)
    _at_commits(points)


def _at_calls(points: Points) -> None:
    call = AsyncBaseClient.api_call

    @wraps(call)
    async def watched(self: AsyncBaseClient, api_method: str, **arguments: Any) -> Any:
        if api_method in PASSED_OVER:
            return await call(self, api_method, **arguments)
        points.reach(f"before {api_method}")
        answer = await call(self, api_method, **arguments)
        points.reach(f"after {api_method}")
        return answer

    AsyncBaseClient.api_call = watched  # type: ignore[method-assign]


def _at_commits(points: Points) -> None:
    under_way: dict[int, list[str]] = defaultdict(list)
    commit = DefaultDialect.do_commit

    def noted(tx: Tx, work: Callable[[Tx], Any], delivery: str | None) -> Any:
        result = carry_out(tx, work, delivery)
        under_way[_of(tx.session.connection().connection)] += _names(tx, work, result)
        return result

    def watched(self: DefaultDialect, connection: Any) -> None:
        names = list(dict.fromkeys(under_way.pop(_of(connection), [])))
        for name in names:
            points.reach(f"before commit of {name}")
        commit(self, connection)  # type: ignore[no-untyped-call]
        for name in names:
            points.reach(f"after commit of {name}")

    sqlite.carry_out = postgres.carry_out = noted  # type: ignore[attr-defined]
    DefaultDialect.do_commit = watched  # type: ignore[method-assign]


def _of(connection: Any) -> int:
    return id(connection.dbapi_connection)


def _names(tx: Tx, work: Callable[[Tx], Any], result: Any) -> list[str]:
    """What this transaction is for; nothing where it found nothing to do."""
    what = getattr(work, "__qualname__", "").replace(".<locals>", "").replace(".<lambda>", "")
    if what == "Worker._claim":
        return [f"claim {one.kind}" for one in result[0]]
    actions = sorted({fact.action for fact in tx.facts})
    if what in ("", "Scheduler._sweep", "tidy", "Writable._try") and not actions:
        return []
    return [" ".join([what, *actions])]
