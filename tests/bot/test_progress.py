"""A long command says on a terminal that it is at work, and nothing anywhere else."""

import io
import os
import pty
import re
import time
from collections.abc import Callable

import pytest

from bot import progress as module
from bot.progress import CLEAR, progress
from tests.bot.command_line import CommandLine, Terminal, keyturn

__all__ = ["keyturn"]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENT", 0.01)
    monkeypatch.setattr(module, "INTERVAL", 0.01)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_on_a_terminal_it_counts_and_leaves_nothing() -> None:
    stream = Terminal()
    with progress("Exporting entries", 10_000, stream) as shown:
        assert shown is not None
        shown.count = 1_234
        wait_for(lambda: "Exporting entries… 1,234 of 10,000 (0 s)" in stream.getvalue())
    assert stream.getvalue().endswith(CLEAR)


def test_what_is_written_meanwhile_stands_on_a_line_of_its_own() -> None:
    stream = Terminal()
    with progress("Checking", stream=stream) as shown:
        assert shown is not None
        wait_for(lambda: "Checking" in stream.getvalue())
        with shown.hidden():
            stream.write("ok Database\n")
    assert f"{CLEAR}ok Database\n" in stream.getvalue()


def test_what_is_done_at_once_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENT", 60)
    stream = Terminal()
    with progress("Importing", stream=stream):
        pass
    assert stream.getvalue() == ""


def test_elsewhere_nothing_is_written() -> None:
    stream = io.StringIO()
    with progress("Importing", stream=stream) as shown:
        assert shown is None
    assert stream.getvalue() == ""


def test_check_shows_on_a_terminal_that_it_is_at_work_and_folds_what_it_finds(
    keyturn: CommandLine,
) -> None:
    # Nobody answers there: Slack's client tries for a while.
    keyturn.configure(api_url="http://127.0.0.1:1/api/")
    ours, theirs = pty.openpty()
    screen = ""
    with keyturn.program("check", stdin=theirs, stdout=theirs, stderr=theirs) as program:
        os.close(theirs)
        try:
            while part := os.read(ours, 65536).decode():
                screen += part
        except OSError:
            pass
    os.close(ours)
    assert program.returncode == 1
    assert f"{CLEAR}Checking… (" in screen.replace("\r\r", "\r")
    plain = re.sub(r"\x1b\[[0-9;]*[mK]", "", screen)
    lines = [line.rpartition("\r")[2] for line in plain.replace("\r\n", "\n").splitlines()]
    assert max(map(len, lines)) <= 80
    assert "ok Configuration:  config.toml, mode socket" in lines
