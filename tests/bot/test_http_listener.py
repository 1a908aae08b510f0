"""Connections that say nothing take nothing away from those that do."""

import asyncio
import json
import os
import resource
import socket as sockets
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.sandbox.slack.delivery.signing import signed_headers
from bot.slack import http_listener
from bot.slack.http_listener import FEWEST, MOST, RESERVE, HttpListener, connection_limit
from tests.bot.command_line import ROOT


@asynccontextmanager
async def listening(limit: int) -> AsyncIterator[tuple[HttpListener, int]]:
    """A listener that answers "here", and takes half a second for /slow."""

    async def here(request: web.Request) -> web.Response:
        if request.path == "/slow":
            await asyncio.sleep(0.5)
        return web.Response(text="here")

    application = web.Application()
    application.router.add_get("/", here)
    application.router.add_get("/slow", here)
    listener = HttpListener(application, limit)
    await listener.start("127.0.0.1", 0)
    try:
        yield listener, int(listener.base_url.rpartition(":")[2])
    finally:
        await listener.stop()


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the other side closes within a second."""
    try:
        async with asyncio.timeout(1):
            return await reader.read() == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


async def get(url: str) -> str:
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return await answer.text()


async def test_the_longest_idle_connection_makes_room_and_a_busy_one_does_not() -> None:
    async with listening(3) as (listener, port), asyncio.TaskGroup() as group:
        slow = group.create_task(get(f"{listener.base_url}/slow"))
        await asyncio.sleep(0.1)
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(6)]
        with capture_logs() as logs:
            assert await get(listener.base_url) == "here"
        assert [await ended(reader) for reader, _ in idle[:4]] == [True] * 4
        assert await slow == "here"
        assert logs == []  # it was said once, when the first ones went
        for _, writer in idle:
            writer.close()


async def test_it_says_so_once() -> None:
    with capture_logs() as logs:
        async with listening(2) as (_, port):
            idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
            assert await ended(idle[0][0])
            for _, writer in idle:
                writer.close()
    assert [(line["event"], line["limit"]) for line in logs] == [
        ("too many connections; the longest idle ones are closed", 2)
    ]


@pytest.mark.parametrize("start", [b"", b"GET / HTTP/1.1\r\nHost: x\r\n"])
async def test_headers_that_do_not_come_are_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(http_listener, "HEADERS_TIMEOUT", 0.1)
    async with listening(10) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(start)
        assert await ended(reader)
        writer.close()


async def test_one_connection_serves_many_requests_and_longer_than_its_headers_may_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http_listener, "HEADERS_TIMEOUT", 0.2)
    async with listening(1) as (listener, _), aiohttp.ClientSession() as http:
        for path in ("/", "/slow", "/"):
            async with http.get(listener.base_url + path) as answer:
                assert await answer.text() == "here"


def test_descriptors_are_kept_in_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {1024: 1024 - RESERVE, 100: FEWEST, 10**6: MOST, resource.RLIM_INFINITY: MOST}
    for files, connections in limits.items():
        monkeypatch.setattr(resource, "getrlimit", lambda _, files=files: (files, files))
        assert connection_limit() == connections


def free_ports() -> tuple[int, int]:
    with sockets.create_server(("127.0.0.1", 0)) as one, sockets.create_server(("127.0.0.1", 0)) as two:
        return one.getsockname()[1], two.getsockname()[1]


def limited_files() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))


@pytest.fixture
async def at_1024_files(tmp_path: Path) -> AsyncIterator[tuple[str, str, Path]]:
    """`keyturn run` in mode http, with the usual limit: its public address, its private one, and its log."""
    public, private = free_ports()
    environment = {
        "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"],
        "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "secret", "PORT": str(public),
        "KEYTURN_SLACK__API_URL": "http://127.0.0.1:1/api/", "KEYTURN_HEALTH__PORT": str(private),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'keyturn.db'}",
    }  # fmt: skip
    log = tmp_path / "log.txt"
    with log.open("wb") as file:
        process = subprocess.Popen(  # noqa: ASYNC220 - it goes on beside the test
            [sys.executable, "-m", "bot", "run"], cwd=tmp_path, env=environment, stderr=file,
            preexec_fn=limited_files,  # noqa: PLW1509 - nothing else runs in this process that could hold a lock
        )  # fmt: skip
    try:
        async with asyncio.timeout(60):
            while '"event": "ready"' not in log.read_text():
                assert process.poll() is None, log.read_text()
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{public}", f"http://127.0.0.1:{private}", log
    finally:
        process.kill()
        process.wait()


async def test_at_1024_files_1136_idle_connections_keep_nobody_out(
    at_1024_files: tuple[str, str, Path],
) -> None:
    public, private, log = at_1024_files
    said = len(log.read_text().splitlines())
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()
    with ExitStack() as idle:
        for _ in range(1136):
            idle.enter_context(sockets.create_connection(("127.0.0.1", int(public.rpartition(":")[2]))))
        started = time.monotonic()
        async with aiohttp.ClientSession() as http:
            for _ in range(3):
                headers = signed_headers("secret", body, "application/json", time.time)
                async with http.post(f"{public}/slack/events", data=body, headers=headers) as answer:
                    assert (answer.status, (await answer.json())["challenge"]) == (200, "3eZbrw1a")
                async with http.get(f"{public}/healthz") as answer:
                    assert (answer.status, await answer.text()) == (200, "ok")
            async with http.get(f"{private}/metrics") as answer:
                assert answer.status == 200
        assert time.monotonic() - started < 3
    lines = log.read_text().splitlines()[said:]
    assert sum("too many connections" in line for line in lines) == 1
    assert not any("out of system resource" in line or "Traceback" in line for line in lines)
