"""The points at which a bot can be killed, found from outside: the product knows nothing of them.

A point is a commit that writes something or a call to Slack, each before and after, named by what it is for
and counted. `install` notes each one that is passed, and at the one it is told ends the process, as a power
cut would, or freezes it, as a machine that has too much to do.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from inspect import getclosurevars
from pathlib import Path
from typing import Any

from slack_sdk.web.async_base_client import AsyncBaseClient

from bot.worker.claim import Claim
from models.statements import Sql
from models.store import postgres, sqlite
from models.store.case import Case
from models.store.units import Unit, carry_out

PASSED_OVER = ("auth.test", "apps.connections.open")
"""Asked while the bot starts; nothing is under way then."""
BESIDES = (
    "",
    "commit_to_claim",
    "sweep",
    "forget",
    "note_time",
    "erase_expired",
    "DatabaseHealth._try_write",
)
"""What is written by the seconds that pass and records nothing: no story comes by it at the same place."""


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


@dataclass
class _Commits:
    """What each connection is about to commit. Nothing else is written over it before that."""

    points: Points
    under_way: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def begun(self, sql: Sql, names: Iterable[str]) -> None:
        for name in dict.fromkeys(names):
            self.points.reach(f"before commit of {name}")
            self.under_way[_connection_of(sql)].append(name)

    def ended(self, connection: object) -> None:
        for name in self.under_way.pop(id(connection), []):
            self.points.reach(f"after commit of {name}")


def _at_commits(points: Points) -> None:
    """What the works of a commit wrote, and then what the worker claimed with it."""
    commits = _Commits(points)
    on_sqlite: Any = sqlite.SqliteStore._commit
    on_postgres, claim = postgres._in_transaction, Claim.claim

    def noted(case: Case, units: Sequence[Unit]) -> bool:
        wakes = carry_out(case, units)
        commits.begun(case.sql, (name for unit in units for name in _names(unit)))
        return wakes

    def claimed(self: Claim, sql: Sql, now: datetime) -> None:
        claim(self, sql, now)
        commits.begun(sql, (f"claim {work.kind}" for work in self.works))

    def watched_sqlite(self: sqlite.SqliteStore, connection: Any, *what: Any) -> Any:
        done = on_sqlite(self, connection, *what)
        commits.ended(connection)
        return done

    def watched_postgres(driver: Any, work: Callable[..., Any], begin: str) -> Any:
        commits.under_way.pop(id(driver), None)  # of a transaction that was undone
        done = on_postgres(driver, work, begin)
        commits.ended(driver)
        return done

    sqlite.carry_out = postgres.carry_out = noted  # type: ignore[attr-defined]
    sqlite.SqliteStore._commit = watched_sqlite  # type: ignore[method-assign,assignment]
    postgres._in_transaction = watched_postgres
    Claim.claim = claimed  # type: ignore[method-assign]


def _connection_of(sql: Any) -> int:
    return id(sql._driver if isinstance(sql, postgres.PostgresSql) else sql._connection)


def _names(unit: Unit) -> list[str]:
    """What this unit is for; nothing where it found nothing to do, or is undone."""
    if unit.error is not None or unit.again:
        return []
    what = _name(unit)
    actions = sorted({fact.action for fact in unit.facts})
    if what in BESIDES and not actions:
        return []
    return [" ".join([what, *actions])]


def _name(unit: Unit) -> str:
    """Who wrote it: the verb where that was all, otherwise the function that asked for it."""
    if unit.several is not None:
        return "sweep"
    verb, name = unit.work, getattr(unit.work, "__qualname__", "")
    if name.startswith("JobRunner._finish."):
        return f"end of {getclosurevars(verb).nonlocals['work'].kind}"
    if name.startswith("Store.run."):
        verb = getclosurevars(verb).nonlocals["verb"]
    return str(getattr(verb, "__qualname__", "")).replace(".<locals>", "").replace(".<lambda>", "")
