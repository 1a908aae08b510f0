"""`keyturn …` as somebody runs it: in this process, or as a program of its own."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from bot import cli
from bot.config_environment import PLATFORM_NAMES, PORT, PREFIX, SEPARATOR, TEMPORARY_DISK

ROOT = Path(__file__).parents[2]


class Ended(NamedTuple):
    """How a command ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


class Terminal(io.StringIO):
    """Output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def clear_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave nothing in the environment that configures Keyturn."""
    ours = {name for name in os.environ if name.startswith(PREFIX) and SEPARATOR in name}
    for name in (*PLATFORM_NAMES, PORT, *TEMPORARY_DISK, *ours):
        monkeypatch.delenv(name, raising=False)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
    """Run `keyturn …` in this process."""
    capsys.readouterr()
    umask = os.umask(0o022)
    try:
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
    finally:
        os.umask(umask)
    # Text as a code is what the interpreter prints to standard error, with exit code 1.
    text = ended.value.code if isinstance(ended.value.code, str) else ""
    code = 1 if text else int(ended.value.code or 0)
    out, err = capsys.readouterr()
    return Ended(code, out, err + text)


class CommandLine:
    """Runs commands in a folder of their own, where `configure` writes config.toml."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys

    def configure(self, database: str = "sqlite+aiosqlite:///keyturn.db", **slack: Any) -> None:
        """Write config.toml. Values of `slack` are text or lists of texts."""
        nowhere = {"api_url": "http://127.0.0.1:1/api/"}  # no test asks the real Slack
        settings = {"bot_token": "xoxb-1-secret", "app_token": "xapp-1-secret"} | nowhere | slack
        # A list of texts in Python's notation is one in TOML's.
        lines = [f"{key} = {value!r}" for key, value in settings.items()]
        content = ["[slack]", *lines, "[database]", f"url = '{database}'"]
        (self.folder / "config.toml").write_text("\n".join(content), encoding="utf-8")

    def configure_email(self, smtp: str) -> None:
        """Add [email], with this server, to config.toml."""
        with (self.folder / "config.toml").open("a", encoding="utf-8") as file:
            file.write(f"\n[email]\nsmtp = '{smtp}'\nsender = 'keyturn@example.com'\n")

    def write(self, name: str, content: str) -> None:
        """Write a file into the folder."""
        (self.folder / name).write_text(content, encoding="utf-8")

    def __call__(self, *arguments: str) -> Ended:
        return run(self._capsys, *arguments)

    def program(
        self, *arguments: str, stdin: int | None = None, stdout: int | None = None, stderr: int | None = None
    ) -> "subprocess.Popen[bytes]":
        """The same as a program of its own, with these streams."""
        return subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self.folder,
            env={"PYTHONPATH": str(ROOT)},
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )


@pytest.fixture
def keyturn(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """Runs `keyturn …` in a folder with a config.toml for SQLite and no Slack."""
    monkeypatch.chdir(tmp_path)
    clear_environment(monkeypatch)
    line = CommandLine(tmp_path, capsys)
    line.configure()
    return line
