"""`python -m tests.bench [NAME…] [--write] [--quick]`: measure, and say what came out."""

import argparse
import asyncio
import platform
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from bot.serve import keep_what_is_loaded
from tests.bench import (
    acknowledging,
    approving,
    auditing,
    calls,
    drawing,
    ending,
    flow,
    meanwhile,
    reading,
    report,
    scaling,
    starting,
    submitting,
)
from tests.bench.machine import disk
from tests.bench.measure import Result

DOCS = Path(__file__).parents[2] / "docs"
BENCHES: dict[str, Callable[[], Awaitable[list[Result]]]] = {
    "ack": acknowledging.run,
    "flow": flow.run,
    "calls": calls.run,
    "cpu": approving.cpu,
    "commit": approving.run,
    "postgres": approving.postgres,
    "thousand": submitting.run,
    "burst": ending.run,
    "beside": meanwhile.run,
    "scale": scaling.run,
    "typeahead": reading.typeahead,
    "home": reading.home,
    "audit": auditing.run,
    "card": drawing.run,
    "start": starting.ready,
    "memory": starting.memory,
}
SMALL: dict[ModuleType, dict[str, object]] = {
    auditing: {"ENTRIES": 2_000, "SHORT": 1_000, "ROUNDS": 1},
    reading: {"APPS": 100},
}
"""What `--quick` sets in modules that do not say it themselves (`QUICK`)."""


async def measure(names: list[str]) -> list[Result]:
    """Run these, in their order."""
    keep_what_is_loaded()  # as `keyturn run` does
    results = []
    for name in names:
        print(f"measuring {name} …", flush=True)  # noqa: T201 - a command speaks on stdout
        results += await BENCHES[name]()
    return results


def shrink(names: list[str]) -> None:
    """Have the benches do everything with a few: it shows that they run, and measures nothing."""
    for module in {BENCHES[name].__module__ for name in names}:
        found = globals()[module.rpartition(".")[2]]
        vars(found).update(getattr(found, "QUICK", {}) | SMALL.get(found, {}))


def write(names: list[str], results: list[Result]) -> None:
    """Put the table and the chart of these into docs/."""
    command = " ".join([".venv/bin/python -m tests.bench", *names, "--write"])
    when = datetime.now(UTC).date()
    machine = f"CPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}"
    text = (
        "# Measurements\n\n"
        f"Made on {when} by `{command}` ({machine}; disk: {disk()}). How each is measured stands in "
        "`tests/bench/`. What counts is the ratio of two medians, of rounds in turns; the seconds are this "
        "machine’s.\n\n"
        f"{report.table(results)}\n\n"
        "![How much of what is allowed each used; up to the line is met](pictures/benchmarks.svg)\n\n"
        f"Not measured, since Keyturn does not do it yet:\n\n{report.missing()}\n"
    )
    (DOCS / "benchmarks.md").write_text(text, "utf-8")
    (DOCS / "pictures" / "benchmarks.svg").write_text(report.chart(results), "utf-8")


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], metavar="NAME")
    told = parser.add_mutually_exclusive_group()
    told.add_argument("--write", action="store_true", help="write docs/benchmarks.md with its chart")
    told.add_argument("--quick", action="store_true", help="only show that they run")
    chosen = parser.parse_args()
    names = chosen.names or list(BENCHES)
    if chosen.quick:
        shrink(names)
    print(f"disk: {disk()}")  # noqa: T201
    results = asyncio.run(measure(names))
    print(report.table(results))  # noqa: T201
    if chosen.quick:
        print("quick: these figures mean nothing")  # noqa: T201
    if chosen.write:
        write(chosen.names, results)


if __name__ == "__main__":
    main()
