"""Count the files that a flow runs through, from the delivery to what people see.

    python -m tests.flows

prints both flows with their files: "form sent → cards posted" and "confirmed → access given". The local Slack
and the sandbox do not count. `tests/test_flows.py` holds the counts and `docs/architecture.md` against it.

A file counts as soon as one property of it runs, so each flow is also measured by how many files hold nine
tenths of the lines of all functions that run: those are the files to read.
"""

import ast
import asyncio
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from models import migrate
from models.clock import ManualClock
from tests.world import World, running

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "handlers", "blocks", "models")
SANDBOX = "bot/sandbox/"
MAIN_PART = 0.9
"""The share of the lines that whoever reads a flow wants to have seen."""
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Flow:
    """What ran while a flow was recorded: (file, function) in the order of their first call."""

    calls: dict[tuple[str, str], None] = field(default_factory=dict)

    @property
    def functions(self) -> dict[str, list[str]]:
        """The functions by file."""
        found: dict[str, list[str]] = {}
        for file, function in self.calls:
            found.setdefault(file, []).append(function)
        return found

    def main_files(self) -> list[str]:
        """The files with nine tenths of the lines of the functions that ran, the longest part first."""
        lines = {file: _lines(file, functions) for file, functions in self.functions.items()}
        found: list[str] = []
        for file in sorted(lines, key=lambda name: (-lines[name], name)):
            if sum(lines[name] for name in found) >= MAIN_PART * sum(lines.values()):
                break
            found.append(file)
        return found


def _lines(file: str, functions: list[str]) -> int:
    """How many lines the bodies of these functions have, docstrings left out."""
    return sum(
        body[-1].end_lineno - body[0].lineno + 1
        for name, body in _bodies(ast.parse((ROOT / file).read_text(encoding="utf-8")), "")
        if name in functions and body
    )


def _bodies(node: ast.AST, prefix: str) -> Iterator[tuple[str, list[Any]]]:
    """The functions below a node, by qualified name, with the statements of their bodies."""
    for child in ast.iter_child_nodes(node):
        inside = prefix
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name, child.body[1:] if ast.get_docstring(child) else child.body
            inside = f"{prefix}{child.name}.<locals>."
        elif isinstance(child, ast.ClassDef):
            inside = f"{prefix}{child.name}."
        yield from _bodies(child, inside)


class Recorder:
    """Notes every call of the product's own functions while a flow is being recorded, on all threads.

    A thread is seen only where it starts within `installed`, so the bot is started there.
    """

    def __init__(self) -> None:
        self._flow: Flow | None = None
        self._files: dict[str, str | None] = {}

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Look on from here."""
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)

    @contextmanager
    def recording(self) -> Iterator[Flow]:
        """Record what runs meanwhile."""
        self._flow = flow = Flow()
        try:
            yield flow
        finally:
            self._flow = None

    def _note(self, frame: FrameType, event: str, _argument: Any) -> None:
        if self._flow is None or event != "call":
            return
        code = frame.f_code
        if code.co_filename not in self._files:
            self._files[code.co_filename] = _ours(code.co_filename)
        name = self._files[code.co_filename]
        if name is not None and not code.co_name.startswith("<"):
            self._flow.calls.setdefault((name, code.co_qualname))


def _ours(path: str) -> str | None:
    """The file's path in the project where it is the product's, the sandbox left out."""
    try:
        name = Path(path).relative_to(ROOT).as_posix()
    except ValueError:
        return None
    return name if name.startswith(PACKAGES) and not name.startswith(SANDBOX) else None


async def form_sent(world: World, recorder: Recorder) -> Flow:
    """From the form's submission to the requester's and the approvers' cards."""
    ada = world.person("Ada")
    await ada.command("/request-access", "github engineering 8h because INC-42")
    with recorder.recording() as flow:
        assert (await ada.submit()).ok
        await world.settle()
    world.card("Grace", "Engineering team")
    return flow


async def confirmed(world: World, recorder: Recorder) -> Flow:
    """From the confirmation of Approve to the access in the target system, and its news."""
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "Engineering team"), "Approve")
    with recorder.recording() as flow:
        assert (await grace.submit()).ok
        await world.settle()
    assert world.ids["Ada"] in world.group.members
    return flow


async def both_flows() -> dict[str, Flow]:
    """Record both flows, in a world of their own.

    One request went through before: what a process reads or compiles only once is not part of the flow.
    """
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as folder, recorder.installed():
        url = f"sqlite+aiosqlite:///{folder}/keyturn.db"
        await migrate.upgrade(url)
        async with running(url, ManualClock(START), "socket") as world:
            world.bot.scheduler.stop()  # a sweep belongs to no flow, and would tick within one now and then
            await world.offer()
            await world.ask("Otto", "github engineering 1h because it warms the caches")
            await world.approve("Alan", "Engineering team")
            return {
                "form sent → cards posted": await form_sent(world, recorder),
                "confirmed → access given": await confirmed(world, recorder),
            }


def main() -> None:
    """Print both flows."""
    for name, flow in asyncio.run(both_flows()).items():
        count = sum(map(len, flow.functions.values()))
        main = len(flow.main_files())
        print(f"{name}: {len(flow.functions)} files, {main} with 90 % of the lines; {count} functions")  # noqa: T201
        for file, functions in sorted(flow.functions.items()):
            print(f"    {file}: {', '.join(functions)}")  # noqa: T201


if __name__ == "__main__":
    main()
