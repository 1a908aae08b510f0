"""`python -m tests.bench [NAME…] [--write]`: measure, and say what came out."""

import argparse
import asyncio
import platform
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.serve import keep_what_is_loaded
from tests.bench import acknowledging, calls, committing, drawing, flow, reading, starting, sweeping
from tests.bench.measure import Result
from tests.bench.report import chart, table

DOCS = Path(__file__).parents[2] / "docs"
BENCHES: dict[str, Callable[[], Awaitable[list[Result]]]] = {
    "ack": acknowledging.run,
    "flow": flow.run,
    "calls": calls.run,
    "commit": committing.run,
    "postgres": committing.postgres,
    "sweep": sweeping.claims,
    "burst": sweeping.burst,
    "typeahead": reading.typeahead,
    "home": reading.home,
    "audit": reading.audit_trail,
    "card": drawing.run,
    "start": starting.ready,
    "memory": starting.memory,
}


async def measure(names: list[str]) -> list[Result]:
    """Run these, in their order."""
    keep_what_is_loaded()  # as `keyturn run` does
    results = []
    for name in names:
        print(f"measuring {name} …", flush=True)  # noqa: T201 - a command speaks on stdout
        results += await BENCHES[name]()
    return results


def write(names: list[str], results: list[Result]) -> None:
    """Put the table and the chart of these into docs/."""
    command = " ".join([".venv/bin/python -m tests.bench", *names, "--write"])
    when = datetime.now(UTC).date()
    machine = f"CPython {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {platform.machine()}"
    text = (
        "# Measurements\n\n"
        f"Made on {when} by `{command}` ({machine}). How each is measured "
        "stands in `tests/bench/`. The ratio counts; the seconds are this machine’s.\n\n"
        f"{table(results)}\n\n"
        "![How much of what is allowed each used; up to the line is met](pictures/benchmarks.svg)\n"
    )
    (DOCS / "benchmarks.md").write_text(text, "utf-8")
    (DOCS / "pictures" / "benchmarks.svg").write_text(chart(results), "utf-8")


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], metavar="NAME")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    results = asyncio.run(measure(chosen.names or list(BENCHES)))
    print(table(results))  # noqa: T201
    if chosen.write:
        write(chosen.names, results)


if __name__ == "__main__":
    main()
