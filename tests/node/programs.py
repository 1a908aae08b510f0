"""Programs of this directory, run by Node with the clients that package-lock.json pins."""

import asyncio
import fcntl
import json
import os
import shutil
import subprocess
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LOCK = HERE / "package-lock.json"
INSTALLED = HERE / "node_modules/.package-lock.json"  # npm writes it last
OLDEST = 20  # the major version that @slack/bolt asks for
PATIENCE = 30  # seconds for a program to start or end; a busy machine takes a few


class Unavailable(Exception):
    """The clients cannot be run here; the text says why."""


def install() -> str:
    """Installs the clients with `npm ci`, unless they are there; the path of Node. Raises Unavailable."""
    node, npm = _found("node"), _found("npm")
    _check_age(node)
    with LOCK.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # pytest-xdist's workers come at once
        if not INSTALLED.exists() or INSTALLED.stat().st_mtime < LOCK.stat().st_mtime:
            _npm_ci(npm)
    return node


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise Unavailable(f"{program} is not installed")
    return path


def _check_age(node: str) -> None:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(said.removeprefix("v").split(".")[0]) < OLDEST:
        raise Unavailable(f"Node {said} is too old, the clients need {OLDEST}")


def _npm_ci(npm: str) -> None:
    # What npm would ask or say besides costs seconds at each fresh checkout.
    command = [npm, "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"npm ci failed: {done.stderr.strip()[-2000:]}")
    INSTALLED.touch()


@asynccontextmanager
async def running(node: str, script: str, **environment: str) -> AsyncIterator[dict[str, Any]]:
    """Starts a program and gives the one line of JSON that it says; afterwards lets it end.

    What it writes to standard error goes to the test's. AssertionError where it ends without a word.
    """
    process = await asyncio.create_subprocess_exec(
        node, str(HERE / script), stdin=PIPE, stdout=PIPE, env=os.environ | environment
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        assert line, f"{script} ended without a word"
        yield json.loads(line)
    finally:
        process.stdin.close()
        await _ended(process)


async def _ended(process: asyncio.subprocess.Process) -> None:
    try:
        await asyncio.wait_for(process.wait(), PATIENCE)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
