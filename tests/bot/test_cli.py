"""The command line ends with 0, 1 or 2, and says why on standard error without a traceback."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer
import yaml

from bot import cli
from bot.errors import Failure
from bot.slack.manifest import manifest
from tests.bot.command_line import Ended, clear_environment, run

URL = "https://keyturn.example.com"


Run = Callable[..., Ended]


@pytest.fixture
def keyturn(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `keyturn …` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return partial(run, capsys)


def command_that(error: Exception) -> SimpleNamespace:
    def fail() -> None:
        raise error

    def register(app: typer.Typer) -> None:
        app.command("fail")(fail)

    return SimpleNamespace(register=register)


def test_the_manifest_needs_no_configuration(keyturn: Run) -> None:
    ended = keyturn("manifest")
    assert (ended.code, ended.err) == (0, "")
    assert yaml.safe_load(ended.out) == manifest("socket")


def test_the_manifest_follows_the_mode_even_before_there_are_tokens(keyturn: Run) -> None:
    Path("other.toml").write_text('[slack]\nmode = "http"\n')
    ended = keyturn("manifest", "--config", "other.toml")
    assert yaml.safe_load(ended.out) == manifest("http", URL)
    assert ended.out.startswith(f"# {URL} stands for")


def test_the_manifest_takes_the_address_of_http_mode(keyturn: Run) -> None:
    ended = keyturn("manifest", "--url", "https://access.example.org/")
    assert yaml.safe_load(ended.out) == manifest("http", "https://access.example.org")
    assert "#" not in ended.out.splitlines()[0]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["manifest", "--url", "http://insecure.example.com"], id="not https"),
        pytest.param(["manifest", "--url", "https://x.example.com", "--config", "socket.toml"], id="socket"),
        pytest.param(["manifst"], id="no such command"),
        pytest.param(["manifest", "--nonsense"], id="no such option"),
        pytest.param(["manifest", "extra"], id="too many words"),
    ],
)
def test_wrong_usage_ends_with_2(keyturn: Run, arguments: list[str]) -> None:
    Path("socket.toml").write_text('[slack]\nmode = "socket"\n')
    ended = keyturn(*arguments)
    assert ended.code == 2
    assert "Error: " in ended.err
    assert ended.out == ""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[slack\n", "is not TOML"),
        ("slack = 1", "slack.mode should be"),
        ("[slack]\nmode = 'web'", "slack.mode should be"),
    ],
)
def test_a_broken_configuration_ends_with_1_and_names_the_file(
    keyturn: Run, content: str, words: str
) -> None:
    Path("config.toml").write_text(content)
    ended = keyturn("manifest")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("config.toml: ")
    assert words in ended.err
    assert len(ended.err.splitlines()) == 1


def test_a_failure_is_one_sentence_without_secrets(keyturn: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "COMMANDS", (command_that(Failure("Slack refused xoxb-canary.")),))
    assert keyturn("fail") == (1, "", "Slack refused [hidden].")


def test_what_nobody_expected_is_logged_without_secrets(
    keyturn: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "COMMANDS", (command_that(RuntimeError("xoxb-canary")),))
    ended = keyturn("fail")
    assert (ended.code, ended.out) == (1, "")
    assert "RuntimeError: [hidden]" in ended.err
    assert "canary" not in ended.err


@pytest.mark.parametrize("start", [["-m", "bot"], ["-c", "import bot.cli; bot.cli.main()"]])
def test_it_runs_as_a_program(start: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, *start, "manifest"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert yaml.safe_load(done.stdout) == manifest("socket")


def test_the_version_is_the_packages(keyturn: Run) -> None:
    assert keyturn("--version") == (0, f"keyturn {version('keyturn')}\n", "")


@pytest.mark.parametrize("group", [[], ["audit"], ["catalogue"]])
def test_help_cuts_no_sentence(keyturn: Run, group: list[str]) -> None:
    ended = keyturn(*group, "--help")
    assert ended.code == 0
    assert "..." not in ended.out.replace("[ARGS]...", "")
    assert max(map(len, ended.out.splitlines())) <= 80


def test_what_it_writes_is_for_its_own_user(keyturn: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    clear_environment(monkeypatch)
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_APP_TOKEN", "xapp-1")
    assert keyturn("db", "upgrade").code == 0
    assert keyturn("audit", "export", "--output", "trail.jsonl").code == 0
    assert keyturn("audit", "key", "audit.key").code == 0
    assert keyturn("audit", "checkpoint", "--key", "audit.key", "--to", "points.jsonl").code == 0
    modes = {path.name: path.stat().st_mode & 0o777 for path in Path().iterdir()}
    assert modes.keys() >= {"keyturn.db", "trail.jsonl", "audit.key", "points.jsonl"}
    assert set(modes.values()) == {0o600}
