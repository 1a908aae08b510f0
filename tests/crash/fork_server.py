"""A program that imports everything once, and forks a bot for each line on standard input.

A fork starts in a tenth of the time of a new process, with connections and a death of its own. Each line is
JSON, see `LaunchOrder`; the answer to each is the process id of the fork.
"""

import asyncio
import gc
import importlib
import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType

from sqlalchemy.orm import configure_mappers

from bot import app, log
from bot.config import load
from bot.serve import serve
from bot.worker import schedule, worker
from models.lifecycle import due
from tests.crash.kill_points import Points, install

STANDSTILL = timedelta(seconds=4)
"""After so long PostgreSQL undoes a transaction whose bot froze."""


@dataclass(frozen=True)
class LaunchOrder:
    """How to start a bot: as `keyturn run` with this configuration, at the time in a file."""

    folder: str
    config: str
    clock: str
    lease: float = 60
    """Seconds."""
    points: str = ""
    """A file in which the points are noted; none are where this is empty."""
    strike: str | None = None
    """The point at which it is struck…"""
    number: int = signal.SIGKILL
    """…by this signal."""
    batch: int = 0
    """How many rows a sweep takes at once; 0 for as many as it does."""

    def line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


class ClockInFile:
    """A clock that every process reads from the same file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.fromisoformat(self._path.read_text())


def main() -> None:
    """Fork at each line, and reap what has ended."""
    _warm_up()
    signal.signal(signal.SIGCHLD, _reap)
    for line in sys.stdin:
        order = LaunchOrder(**json.loads(line))
        child = os.fork()
        if child == 0:
            _live(order)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
    os._exit(0)  # taking down all that was imported takes seconds


def _warm_up() -> None:
    """Do once what each bot would do at its start: half of its time went into it."""
    for late in ("alembic.command", "models.store.postgres"):
        importlib.import_module(late)
    configure_mappers()
    gc.freeze()


def _reap(_number: int, _frame: FrameType | None) -> None:
    # Waited for and not ignored, so that `time pytest` counts what the bots took.
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _live(order: LaunchOrder) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    output = os.open(f"{order.folder}/log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((nothing, output, output)):
        os.dup2(file, number)
    code = 1
    try:
        code = _run(order)
    finally:
        os._exit(code)


def _run(order: LaunchOrder) -> int:
    # Only how often it looks, how much it takes at once, how long it is waited for; not what it does.
    schedule.TICK = schedule.END_FROZEN = worker.POLL = 0.3  # type: ignore[assignment]
    vars(app)["STANDSTILL"] = STANDSTILL
    due.BATCH = order.batch or due.BATCH
    if order.points:
        install(Points(Path(order.points), order.strike, order.number))
    config = load(Path(order.config))
    log.configure(config.secrets())
    asyncio.run(serve(config, ClockInFile(Path(order.clock)), lease=timedelta(seconds=order.lease)))
    return 0


if __name__ == "__main__":
    main()
