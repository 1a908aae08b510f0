"""Parts of a measurement in processes of their own: they share no loop and no interpreter lock.

A part is a class whose methods are called over a pipe, one at a time: `async with elsewhere(Bot) as bot:
await bot.do("open", …)`. Arguments and results are what JSON can hold. In the process, a part may `tell` the
bench something unasked; those who `listen` hear it.
"""

import asyncio
import importlib
import inspect
import json
import os
import sys
import tempfile
import traceback
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

LONGEST_LINE = 2**26
"""Bytes of one message."""
TIMEOUT = 1800.0
"""Seconds after which a part that says nothing is taken to hang."""


class Elsewhere:
    """The bench's end of the pipe."""

    def __init__(self, process: asyncio.subprocess.Process, log: Any) -> None:
        self._process, self._log = process, log
        self._answers: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._listeners: list[Callable[[dict[str, Any]], object]] = []
        self._reading = asyncio.create_task(self._read())

    @property
    def pid(self) -> int:
        return self._process.pid

    def listen(self, listener: Callable[[dict[str, Any]], object]) -> None:
        """Call `listener` with whatever the part tells unasked."""
        self._listeners.append(listener)

    async def do(self, method: str, **arguments: Any) -> Any:
        """Call a method of the part; raises AssertionError with its traceback where that failed."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": method, "arguments": arguments}).encode() + b"\n")
        await self._process.stdin.drain()
        async with asyncio.timeout(TIMEOUT):
            answer = await self._answers.get()
        if "error" in answer:
            raise AssertionError(f"{method} failed elsewhere:\n{answer['error']}\n{self.log[-4000:]}")
        return answer["result"]

    @property
    def log(self) -> str:
        """What the process wrote to standard error."""
        self._log.seek(0)
        return str(self._log.read().decode(errors="replace"))

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            message = json.loads(line)
            if "told" in message:
                for listener in self._listeners:
                    listener(message["told"])
            else:
                self._answers.put_nowait(message)
        self._answers.put_nowait({"error": "the process ended"})

    async def end(self) -> None:
        """Let it end by itself: its input is over."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(60):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await self._reading


@asynccontextmanager
async def elsewhere(
    part: type[Any], environment: Mapping[str, str] | None = None
) -> AsyncIterator[Elsewhere]:
    """A part in a process that lives as long as the block."""
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.bench.elsewhere", f"{part.__module__}:{part.__qualname__}",
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log, limit=LONGEST_LINE,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
        there = Elsewhere(process, log)
        try:
            yield there
        finally:
            await there.end()


# ── in the process ───────────────────────────────────────────────────────────────────────────────────────


def tell(**what: Any) -> None:
    """Tell the bench something unasked."""
    _write({"told": what})


def main() -> None:
    """Be the part that is named, until standard input ends."""
    # What anybody prints must not come between the answers.
    _pipe.append(os.fdopen(os.dup(1), "wb", buffering=0))
    os.dup2(2, 1)
    module, _, name = sys.argv[1].partition(":")
    part: Any = importlib.import_module(module)
    for each in name.split("."):
        part = getattr(part, each)
    asyncio.run(_serve(part()))


async def _serve(part: Any) -> None:
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader(limit=LONGEST_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        asked = json.loads(line)
        try:
            result = getattr(part, asked["do"])(**asked["arguments"])
            if inspect.isawaitable(result):
                result = await result
            _write({"result": result})
        except Exception:  # noqa: BLE001 - the bench raises it
            _write({"error": traceback.format_exc()})
    if hasattr(part, "close"):
        await part.close()


_pipe: list[Any] = []


def _write(message: dict[str, Any]) -> None:
    data = json.dumps(message).encode() + b"\n"
    with suppress(BrokenPipeError):  # the bench has gone
        while data:
            data = data[_pipe[0].write(data) :]


if __name__ == "__main__":
    # Not as `__main__`: parts import this module, and what they tell has to go over the same pipe.
    importlib.import_module("tests.bench.elsewhere").main()
