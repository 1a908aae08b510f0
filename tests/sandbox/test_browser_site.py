import aiohttp
import pytest

from bot.sandbox.browser import Browser
from tests.sandbox.demo import Demo


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:1", "localhost"])
async def test_a_foreign_name_that_points_here_is_refused(browser: Browser, host: str) -> None:
    async with aiohttp.ClientSession() as http, http.get(browser.url, headers={"Host": host}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_foreign_page_cannot_open_the_line(browser: Browser, origin: str) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{browser.url}live?at=/as/UADA", origin=origin)
    assert refused.value.status == 403


async def test_a_page_loads_and_runs_nothing_from_outside(browser: Browser) -> None:
    async with aiohttp.ClientSession() as http, http.get(browser.url) as answer:
        html, policy = await answer.text(), answer.headers["Content-Security-Policy"]
    assert str(answer.url).endswith("/as/UADA")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "<script>" not in html
    assert "style=" not in html


async def test_every_file_that_the_page_names_is_there(browser: Browser) -> None:
    names = (
        "tokens.css",
        "frame.css",
        "blocks.css",
        "drawer.css",
        "icon.svg",
        "sandbox.js",
        "line.js",
        "menu.js",
    )
    async with aiohttp.ClientSession() as http:
        for name in (*names, "morph.js", "composer.js"):
            async with http.get(f"{browser.url}static/{name}") as answer:
                assert answer.status == 200, name
        for name in ("..%2Fsite.py", "nothing.js", "%2Fetc%2Fpasswd"):
            async with http.get(f"{browser.url}static/{name}") as answer:
                assert answer.status == 404, name


async def test_nobody_is_nobody(browser: Browser) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{browser.url}as/UNOBODY") as answer:
            assert str(answer.url).endswith("/as/UADA")
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(f"{browser.url}live?at=/as/UNOBODY")


async def test_a_conversation_shows_only_to_its_members(world: Demo, browser: Browser) -> None:
    await world.slack.person("UADA", world.app).say("CINCIDENTS", "the database is on fire")
    async with aiohttp.ClientSession() as http:
        for user, sees in (("UMIA", True), ("UGUS", False)):
            async with http.get(f"{browser.url}as/{user}/CINCIDENTS") as answer:
                assert ("on fire" in await answer.text()) is sees
