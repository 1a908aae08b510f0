"""Logs are lines that a machine can read, with their context and without a secret."""

import io
import json
import logging
import subprocess
import sys
import warnings
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.log import bound, configure
from bot.redact import HIDDEN, Redactor
from tests.bot.command_line import Terminal

CANARY = "c'a\"nary-5%ä"
TOKENS = ["xoxb-1-canary", "xapp-1-A0-canary", "xoxp-canary", "xoxe.xoxp-1-canary"]


@pytest.fixture
def stream() -> io.StringIO:
    stream = io.StringIO()
    configure([CANARY], stream=stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_time_level_and_logger(stream: io.StringIO) -> None:
    structlog.stdlib.get_logger("bot.worker").info("job done", attempts=2)
    (line,) = lines(stream)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "job done", "level": "info", "logger": "bot.worker", "attempts": 2}


def test_the_libraries_lines_come_the_same_way(stream: io.StringIO) -> None:
    logging.getLogger("slack_bolt.App").warning("no listener for %s", "app_home_opened", extra={"team": "T1"})
    (line,) = lines(stream)
    assert (line["event"], line["logger"]) == ("no listener for app_home_opened", "slack_bolt.App")
    assert line["team"] == "T1"


def test_what_is_bound_is_on_every_line_inside(stream: io.StringIO) -> None:
    with bound(actor="U1", delivery="Ev1"):
        logging.getLogger("sqlalchemy").warning("inside")
        structlog.stdlib.get_logger().info("inside")
    structlog.stdlib.get_logger().info("outside")
    assert [line.get("actor") for line in lines(stream)] == ["U1", "U1", None]


def test_ticks_and_access_lines_are_left_out(stream: io.StringIO) -> None:
    for name in ("apscheduler.executors.default", "aiohttp.access"):
        logging.getLogger(name).info("again")
    assert lines(stream) == []


def test_a_later_call_replaces_the_earlier(stream: io.StringIO) -> None:
    later = io.StringIO()
    configure(stream=later)
    logging.getLogger("x").info("once")
    assert (len(lines(stream)), len(lines(later))) == (0, 1)


def fail(secret: str) -> None:
    raise ValueError(secret) from KeyError(secret)


@pytest.mark.filterwarnings("always")
@pytest.mark.parametrize("make", [io.StringIO, Terminal], ids=["json", "terminal"])
@pytest.mark.parametrize("secret", [CANARY, *TOKENS, "postgresql+asyncpg://me:p@ss-canary@db/x"])
def test_no_secret_comes_out_by_any_way(make: type[io.StringIO], secret: str) -> None:
    stream = make()
    configure([CANARY], stream=stream)
    log = structlog.stdlib.get_logger("x")
    log.info(
        secret,
        value=secret,
        nested={secret: [(secret,), {secret}]},
        object=OSError(secret),
    )
    with bound(context=secret):
        logging.getLogger("y").error("an argument: %s %r", secret, secret, extra={"extra": secret})
    try:
        fail(secret)
    except ValueError:
        log.exception("failed")
        logging.getLogger("y").exception("failed")
    warnings.warn(secret, UserWarning, stacklevel=1)
    output = stream.getvalue()
    assert "nary" not in output
    assert output.count(HIDDEN) >= 10


def test_a_line_that_cannot_be_formatted_shows_its_place_and_no_argument() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    logging.getLogger("x").info("%d", CANARY)
    assert "test_log.py" in stream.getvalue()
    assert "nary" not in stream.getvalue()


def test_text_around_a_secret_stays() -> None:
    redact = Redactor(["s3cret", "s3cret-and-more", "abc"]).text
    assert redact("say s3cret, s3cret-and-more, abc") == "say [hidden], [hidden], abc"
    assert (
        redact("https://me:pw@host:80/a?ticket=1&b=2") == "https://me:[hidden]@host:80/a?ticket=[hidden]&b=2"
    )
    assert redact("Authorization: Bearer abc.def, next") == "Authorization: Bearer [hidden], next"
    assert redact("https://hooks.slack.com/actions/T1/2/3 ok") == "https://hooks.slack.com/[hidden] ok"
    assert (
        redact("http://127.0.0.1:8700/api/ and ann@example.com")
        == "http://127.0.0.1:8700/api/ and ann@example.com"
    )


def test_a_value_that_holds_itself_ends() -> None:
    knot: list[object] = ["xoxb-1"]
    knot.append(knot)
    assert "xoxb-1" not in str(Redactor().value(knot))


@given(before=st.text(), secret=st.text(min_size=4), after=st.text())
def test_a_known_secret_never_stays(before: str, secret: str, after: str) -> None:
    if secret not in HIDDEN:
        redacted = Redactor([secret]).text(f"{before} {secret} {after}")
        assert HIDDEN in redacted


def test_by_default_it_goes_to_standard_error_as_json() -> None:
    program = (
        "from bot.log import configure; import logging; configure(); logging.getLogger('x').info('hello')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (done.stdout, json.loads(done.stderr)["event"]) == ("", "hello")
