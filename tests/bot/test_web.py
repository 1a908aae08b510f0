"""Only what Slack has signed gets in; whatever else arrives is refused in one word and changes nothing.

Therefore one bot takes it all; a test that counts what comes, or stops something, has its own.
"""

import asyncio
import json
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio
from structlog.testing import capture_logs
from yarl import URL

from bot.sandbox.slack.delivery.signing import signature, signed_headers
from bot.slack import http_receiver
from bot.slack.http_receiver import MAX_BODY
from models.clock import ManualClock
from tests.conftest import START
from tests.world import World, running

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
CHALLENGE = json.dumps({"type": "url_verification", "challenge": "3eZbrw1a"}).encode()


pytestmark = pytest.mark.asyncio(loop_scope="module")


class Forger:
    """Sends what it likes to the bot; knows Slack's secret or does not use it."""

    def __init__(self, world: World, http: aiohttp.ClientSession) -> None:
        self.world, self.http = world, http
        self.url = f"{world.bot.base_url}/slack/events"

    def headers(self, body: bytes, kind: str = JSON, *, age: float = 0) -> dict[str, str]:
        return signed_headers(self.world.app.signing_secret, body, kind, lambda: time.time() - age)

    async def send(self, body: Any, headers: dict[str, str]) -> tuple[int, str]:
        async with self.http.post(self.url, data=body, headers=headers) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def forging(template: str, folder: Path) -> AsyncIterator[Forger]:
    shutil.copy(template, folder / "keyturn.db")
    url = f"sqlite+aiosqlite:///{folder / 'keyturn.db'}"
    async with running(url, ManualClock(START), "http") as world, aiohttp.ClientSession() as http:
        yield Forger(world, http)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def forger(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Forger]:
    async with forging(sqlite_template, tmp_path_factory.mktemp("web")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def alone(sqlite_template: str, tmp_path: Path) -> AsyncIterator[Forger]:
    async with forging(sqlite_template, tmp_path) as made:
        yield made


async def test_slacks_question_whether_we_are_there_is_answered(forger: Forger) -> None:
    status, text = await forger.send(CHALLENGE, forger.headers(CHALLENGE))
    assert (status, json.loads(text)) == (200, {"challenge": "3eZbrw1a"})


@pytest.mark.parametrize("age", [301, -302, 86400])
async def test_a_signature_is_good_for_five_minutes(forger: Forger, age: float) -> None:
    assert await forger.send(CHALLENGE, forger.headers(CHALLENGE, age=age)) == (401, "")


@pytest.mark.parametrize(("ahead", "words"), [(600, "10 minutes ahead of"), (-600, "10 minutes behind")])
async def test_a_clock_that_is_off_is_named_in_the_log(alone: Forger, ahead: int, words: str) -> None:
    with capture_logs() as logs:
        for later in (0, 5, 10, 15):
            headers = alone.headers(CHALLENGE, age=ahead - later)
            assert (await alone.send(CHALLENGE, headers))[0] == 401
    because = [line.get("because") for line in logs if line.get("why") == "stale"]
    named = f"This machine's clock is {words} Slack's. Set it right."
    assert because == [None, None, named, named]
    async with alone.http.get(f"{alone.world.bot.health_url}/metrics") as answer:
        assert 'keyturn_refused_deliveries_total{why="stale"} 4.0' in await answer.text()


@pytest.mark.parametrize("age", [298, -298])
async def test_a_clock_that_is_a_little_off_is_no_forger(forger: Forger, age: float) -> None:
    assert (await forger.send(CHALLENGE, forger.headers(CHALLENGE, age=age)))[0] == 200


async def test_another_body_under_the_same_signature_is_refused(forger: Forger) -> None:
    assert await forger.send(CHALLENGE + b" ", forger.headers(CHALLENGE)) == (401, "")


async def test_another_secret_is_refused(forger: Forger) -> None:
    headers = signed_headers("another", CHALLENGE, JSON)
    assert await forger.send(CHALLENGE, headers) == (401, "")


@pytest.mark.parametrize("missing", ["X-Slack-Signature", "X-Slack-Request-Timestamp"])
async def test_a_header_that_is_missing_is_refused(forger: Forger, missing: str) -> None:
    headers = forger.headers(CHALLENGE)
    del headers[missing]
    assert await forger.send(CHALLENGE, headers) == (401, "")


@pytest.mark.parametrize(
    "stamp",
    ["abc", "", "1e9", "-1", "+{now}", "{now}.0", "0x10", "{now}_0", "٣٤٥", "9" * 40, "nan", "{now},1"],
)
async def test_a_time_that_is_no_whole_number_is_refused_even_if_signed(forger: Forger, stamp: str) -> None:
    stamp = stamp.replace("{now}", str(int(time.time())))
    signed = signature(forger.world.app.signing_secret, stamp, CHALLENGE)
    headers = {"Content-Type": JSON, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed}
    assert await forger.send(CHALLENGE, headers) == (401, "")


@pytest.mark.parametrize("signed", ["", "v0=", "v0=é", "v1=ab", "é" * 64, "v0=" + "0" * 64])
async def test_a_signature_that_is_none_is_refused(forger: Forger, signed: str) -> None:
    headers = forger.headers(CHALLENGE) | {"X-Slack-Signature": signed}
    assert await forger.send(CHALLENGE, headers) == (401, "")


async def test_giants_are_refused_before_they_are_read(forger: Forger) -> None:
    body = b" " * (MAX_BODY + 1)
    assert (await forger.send(BytesIO(body), forger.headers(body)))[0] == 413

    async def without_a_length() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 65536 + 2):
            yield b" " * 65536

    assert (await forger.send(without_a_length(), forger.headers(b"")))[0] == 413


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/xml"])
async def test_only_json_and_forms_are_read(forger: Forger, kind: str) -> None:
    assert await forger.send(CHALLENGE, forger.headers(CHALLENGE, kind)) == (415, "")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"7",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"event": {"type": 7}',
        b'{"a": NaN,}',
    ],
)
async def test_signed_nonsense_is_refused_without_a_traceback(forger: Forger, body: bytes) -> None:
    assert await forger.send(body, forger.headers(body)) == (400, "")


@pytest.mark.parametrize("payload", ["[1]", "null", "{", "7", '"x"'])
async def test_a_form_that_carries_no_payload_is_refused(forger: Forger, payload: str) -> None:
    body = urlencode({"payload": payload}).encode()
    assert await forger.send(body, forger.headers(body, FORM)) == (400, "")


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "block_actions"},
        {"type": "block_actions", "user": 7, "actions": [7], "trigger_id": []},
        {"type": "view_submission", "view": {"state": 7, "callback_id": "nobody's"}, "user": {"id": {}}},
        {"type": "event_callback", "event": {"type": "message", "user": {"id": 7}}},
        {"type": "event_callback", "event": None, "authorizations": 7},
        {"type": "\ud800", "team": "x"},
        {"command": ["/request-access"], "user_id": 7},
    ],
)
async def test_payloads_of_strange_shapes_harm_nobody(forger: Forger, payload: dict[str, Any]) -> None:
    body = json.dumps(payload).encode()
    status, text = await forger.send(body, forger.headers(body))
    assert status in (200, 400, 500)
    assert "Traceback" not in text
    assert (await forger.send(CHALLENGE, forger.headers(CHALLENGE)))[0] == 200


async def test_what_nobody_listens_to_is_acknowledged_or_slack_would_send_it_again(forger: Forger) -> None:
    event = {"type": "event_callback", "team_id": "T1", "event": {"type": "pin_added", "user": "U1"}}
    body = json.dumps(event).encode()
    assert await forger.send(body, forger.headers(body)) == (200, "")


async def test_refusals_are_counted(alone: Forger) -> None:
    await alone.send(CHALLENGE, {"Content-Type": JSON})
    async with alone.http.get(f"{alone.world.bot.health_url}/metrics") as answer:
        assert 'keyturn_refused_deliveries_total{why="signature"} 1.0' in await answer.text()


async def look(alone: Forger, url: str) -> tuple[int, str]:
    async with alone.http.get(url) as answer:
        return answer.status, await answer.text()


async def test_it_is_ready_as_long_as_all_its_parts_are(alone: Forger) -> None:
    bot = alone.world.bot
    public, private = bot.base_url, bot.health_url
    assert await look(alone, f"{public}/healthz") == await look(alone, f"{private}/healthz") == (200, "ok")
    status, text = await look(alone, f"{private}/readyz")
    assert (status, json.loads(text)) == (
        200,
        {"worker": True, "sweeps": True, "slack": True, "database": True},
    )
    assert await look(alone, f"{public}/readyz") == (200, "ready")
    await bot.worker.stop()
    assert (await look(alone, f"{private}/readyz"))[0] == 503
    await bot.store.close()
    status, text = await look(alone, f"{private}/readyz")
    assert (status, json.loads(text)["database"]) == (503, False)
    assert await look(alone, f"{public}/readyz") == (503, "not ready")
    assert await look(alone, f"{public}/healthz") == (200, "ok")


async def test_the_public_port_shows_no_numbers_and_no_reasons(forger: Forger) -> None:
    bot = forger.world.bot
    assert bot.health_url.startswith("http://127.0.0.1:")
    assert bot.health_url != bot.base_url
    assert (await look(forger, f"{bot.base_url}/metrics"))[0] == 404
    assert (await look(forger, f"{bot.health_url}/metrics"))[0] == 200
    assert (await forger.http.post(f"{bot.health_url}/slack/events")).status == 404


async def test_what_is_in_hand_when_it_stops_is_still_answered(alone: Forger) -> None:
    begun, may_answer = asyncio.Event(), asyncio.Event()

    async def slow(ack: Callable[..., Awaitable[None]]) -> None:
        begun.set()
        await may_answer.wait()
        await ack("Late, but here")

    alone.world.bot.bolt.command("/slow")(slow)
    body = urlencode({"command": "/slow", "user_id": "U1", "team_id": "T1"}).encode()
    asked = asyncio.create_task(alone.send(body, alone.headers(body, FORM)))
    await begun.wait()
    stopping = asyncio.create_task(alone.world.bot.web.stop())
    await asyncio.sleep(0)
    may_answer.set()
    await stopping
    assert await asked == (200, "Late, but here")


async def begun(forger: Forger, headers: dict[str, str], length: int) -> bytes:
    """What is answered to a delivery whose headers came, and whose body does not."""
    url = URL(forger.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    lines = [f"{name}: {value}" for name, value in (headers | {"Content-Length": str(length)}).items()]
    writer.write("\r\n".join(["POST /slack/events HTTP/1.1", "Host: x", *lines, "", ""]).encode())
    try:
        async with asyncio.timeout(1):
            return (await reader.readline()).partition(b" ")[2][:3]
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("changed", "length", "status"),
    [
        ({"X-Slack-Signature": ""}, 100, b"401"),
        ({"X-Slack-Signature": "v0=short"}, 100, b"401"),
        ({"X-Slack-Request-Timestamp": "1000000000"}, 100, b"401"),
        ({}, MAX_BODY + 1, b"413"),
    ],
)
async def test_what_is_refused_anyway_is_refused_before_its_body_is_there(
    forger: Forger, changed: dict[str, str], length: int, status: bytes
) -> None:
    assert await begun(forger, forger.headers(CHALLENGE) | changed, length) == status


async def test_a_body_that_does_not_come_is_not_waited_for(
    forger: Forger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_receiver, "BODY_TIMEOUT", 0.05)
    assert await begun(forger, forger.headers(CHALLENGE), len(CHALLENGE)) == b"408"


async def test_other_addresses_show_nothing(forger: Forger) -> None:
    for path in ("/", "/slack/events", "/docs", "/slack/install"):
        async with forger.http.get(forger.world.bot.base_url + path) as answer:
            assert answer.status in (404, 405)
