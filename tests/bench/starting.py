"""Processes of their own: how soon one is ready, and how much memory it takes."""

import asyncio
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from tests.bench import places
from tests.bench.measure import Result, in_turns
from tests.world import World

LIBRARIES = (
    "import slack_bolt.async_app, sqlalchemy.ext.asyncio, aiohttp, pydantic, apscheduler, structlog, alembic"
)
# (What getrusage tells of a child begins with what its parent had.)
_MOST = """
def most():
    with open("/proc/self/status") as status:
        return next(line.split()[1] for line in status if line.startswith("VmHWM"))
"""
_READY = f"""{_MOST}
import asyncio, json, sys
from bot.app import build
from bot.config import Config
from models.clock import SystemClock
config = Config.model_validate(json.loads(sys.argv[1]))
async def main():
    bot = await build(config, SystemClock())
    await bot.start()
    await bot.idle()
    print(most())
    await bot.stop()
asyncio.run(main())
"""
_IMPORT = f"{LIBRARIES}\n{_MOST}\nprint(most())"


async def ready() -> list[Result]:
    """Ready with 100,000 grants, against ready with none and against the import of the libraries."""
    async with places.world() as world, places.database() as empty, places.database() as full:
        places.fill_grants(full, 100_000, ends=places.NOW + timedelta(days=3650))

        async def start(path: Path) -> None:
            await asyncio.to_thread(_run, _READY, _config(world, path))

        ours, floor = await in_turns(lambda: start(full), lambda: start(empty), 5)
        _, bare = await in_turns(lambda: None, lambda: asyncio.to_thread(_run, _IMPORT), 5)
    return [
        Result("Ready with 100,000 grants", "ready with none", ours, floor, 1.2),
        Result("Ready with 100,000 grants", "the import of the libraries", ours, bare, 2.5),
    ]


async def memory() -> list[Result]:
    """The most memory until it is idle, in MiB, with no grants and with a million."""
    async with places.world() as world, places.database() as empty, places.database() as full:
        places.fill_grants(full, 1_000_000, ends=places.NOW + timedelta(days=3650))
        idle = await asyncio.to_thread(_run, _READY, _config(world, empty))
        large = await asyncio.to_thread(_run, _READY, _config(world, full))
        bare = await asyncio.to_thread(_run, _IMPORT)
    return [
        Result("Memory, idle", "the import of the libraries", idle, bare, 1.6, unit="MiB"),
        Result(
            "Memory that 1,000,000 grants add",
            "what is allowed, 10 MiB",
            max(large - idle, 0),
            10,
            1,
            unit="MiB",
        ),
    ]


def _run(program: str, *arguments: str) -> float:
    """Run it in a new Python; what it prints, in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return int(done.stdout.split()[-1]) / 1024


def _config(world: World, path: Path) -> str:
    return json.dumps(
        {
            "slack": {
                "mode": "http", "bot_token": world.app.bot_token, "signing_secret": world.app.signing_secret,
                "api_url": world.slack.api_url,
            },
            "http": {"host": "127.0.0.1", "port": 0},
            "database": {"url": f"sqlite+aiosqlite:///{path}"},
        }
    )  # fmt: skip
