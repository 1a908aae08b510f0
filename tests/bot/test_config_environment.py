"""The environment alone is enough: by our own names of every key, or by those that platforms set."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import load, load_mode
from bot.config_environment import TEMPORARY_DISK
from bot.config_sources import ConfigError
from tests.bot.command_line import ROOT, clear_environment

SOCKET = {"SLACK_BOT_TOKEN": "xoxb-1-canary", "SLACK_APP_TOKEN": "xapp-1-canary"}
HTTP = {"SLACK_BOT_TOKEN": "xoxb-1-canary", "SLACK_SIGNING_SECRET": "s1gning-canary"}
POSTGRES = {"DATABASE_URL": "postgres://me:pw-canary@db.example.com:5432/keyturn"}


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An empty folder and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    clear_environment(monkeypatch)
    return monkeypatch


def put(environment: pytest.MonkeyPatch, *variables: dict[str, str]) -> None:
    for name, value in (item for group in variables for item in group.items()):
        environment.setenv(name, value)


def test_tokens_in_the_environment_are_enough(environment: pytest.MonkeyPatch) -> None:
    put(environment, SOCKET)
    config = load()
    assert config.slack.mode == "socket"
    assert (config.http.host, config.http.port) == ("127.0.0.1", 3000)
    assert config.database.url.get_secret_value() == "sqlite+aiosqlite:///keyturn.db"


def test_what_a_platform_sets_is_enough_for_mode_http(environment: pytest.MonkeyPatch) -> None:
    put(environment, HTTP, POSTGRES, {"PORT": "8080", "DYNO": "web.1"})
    config = load()
    assert config.slack.mode == "http"
    assert (config.http.host, config.http.port) == ("0.0.0.0", 8080)
    url = "postgresql+asyncpg://me:pw-canary@db.example.com:5432/keyturn"
    assert config.database.url.get_secret_value() == url


def test_in_socket_mode_the_platforms_port_opens_nothing(environment: pytest.MonkeyPatch) -> None:
    put(environment, SOCKET, POSTGRES, {"PORT": "8080"})
    assert (load().http.host, load().http.port) == ("127.0.0.1", 3000)


def test_our_own_names_win_over_the_platforms_and_both_over_the_file(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text('[slack]\nmode = "http"\nadmins = ["U1"]\n[http]\nport = 1\n')
    put(environment, HTTP, POSTGRES, {"PORT": "8080", "KEYTURN_HTTP__HOST": "::1"})
    put(environment, {"KEYTURN_DATABASE__URL": "sqlite+aiosqlite:////data/keyturn.db"})
    config = load()
    assert (config.http.host, config.http.port) == ("::1", 8080)
    assert config.database.url.get_secret_value() == "sqlite+aiosqlite:////data/keyturn.db"
    assert config.slack.admins == ("U1",)


@pytest.mark.parametrize("admins", ["U0123, W9", '["U0123", "W9"]'])
def test_every_key_has_a_name_whatever_its_type(environment: pytest.MonkeyPatch, admins: str) -> None:
    put(environment, SOCKET, {"KEYTURN_SLACK__ADMINS": admins, "KEYTURN_LIMITS__OPEN_REQUESTS": "7"})
    put(environment, {"KEYTURN_AUDIT__KEY": "audit.key", "KEYTURN_AUDIT__CHECKPOINTS": "points.jsonl"})
    put(environment, {"KEYTURN_AUDIT__EVERY_HOURS": "1", "KEYTURN_AUDIT__RETENTION__NAMES": "2w"})
    config = load()
    assert (config.slack.admins, config.limits.open_requests) == (("U0123", "W9"), 7)
    assert config.audit is not None
    assert (config.audit.key, config.audit.every_hours) == (Path("audit.key"), 1)
    assert config.audit.retention == {"names": timedelta(weeks=2)}
    put(environment, {"KEYTURN_AUDIT__RETENTION": '{ words = "1d" }'})
    environment.delenv("KEYTURN_AUDIT__RETENTION__NAMES")
    audit = load().audit
    assert audit is not None
    assert audit.retention == {"words": timedelta(days=1)}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("postgres://h/db", "postgresql+asyncpg://h/db"),
        ("postgresql://h/db?sslmode=require", "postgresql+asyncpg://h/db?ssl=require"),
        ("postgres://h/db?sslmode=verify-full&channel_binding=require", "postgresql+asyncpg://h/db?ssl=verify-full"),
        ("postgresql+asyncpg://h/db", "postgresql+asyncpg://h/db"),
        ("sqlite:////data/k.db", "sqlite+aiosqlite:////data/k.db"),
    ],
)  # fmt: skip
def test_a_database_is_named_as_platforms_name_it(
    environment: pytest.MonkeyPatch, written: str, read: str
) -> None:
    put(environment, SOCKET, {"DATABASE_URL": written})
    assert load().database.url.get_secret_value() == read


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("KEYTURN_SLACK__ZZZ", "canary", "is not a known key; known here: mode, bot_token"),
        ("KEYTURN_HTPP__PORT", "1", "is not a known key; did you mean http?"),
        ("KEYTURN_HTTP__PORT", "canary", "should be a whole number"),
        ("KEYTURN_SLACK__MODE", "canary", "should be 'socket' or 'http'"),
        ("DATABASE_URL", "mysql://me:canary@h/db", 'should start with "sqlite+aiosqlite:///" or'),
    ],
)
def test_a_wrong_variable_is_named(
    environment: pytest.MonkeyPatch, name: str, value: str, problem: str
) -> None:
    put(environment, SOCKET, {name: value})
    with pytest.raises(ConfigError) as refusal:
        load()
    (line,) = refusal.value.problems
    assert line.startswith(f"{name} in the environment {problem}")
    assert "canary" not in line


def test_what_is_missing_is_told_with_where_it_was_looked_for(environment: pytest.MonkeyPatch) -> None:
    put(environment, {"SLACK_BOT_TOKEN": "xoxb-1"})
    with pytest.raises(
        ConfigError, match=r"^environment \(there is no config.toml\): slack.app_token is missing"
    ):
        load()


@pytest.mark.usefixtures("environment")
def test_with_nothing_at_all_it_says_both_ways() -> None:
    with pytest.raises(
        ConfigError, match=r"^config.toml: there is no such file; copy .* or set SLACK_BOT_TOKEN"
    ):
        load()


def test_a_file_that_is_named_has_to_be_there(environment: pytest.MonkeyPatch) -> None:
    put(environment, SOCKET)
    with pytest.raises(ConfigError, match=r"^config.toml: there is no such file"):
        load(Path("config.toml"))
    with pytest.raises(ConfigError, match=r"^other.toml: there is no such file"):
        load_mode(Path("other.toml"), default="socket")


def test_other_programs_variables_are_left_alone(environment: pytest.MonkeyPatch) -> None:
    # What Kubernetes sets in every container beside a service called keyturn.
    put(environment, SOCKET, {"KEYTURN_PORT": "tcp://10.0.0.1:3000", "KEYTURN_SERVICE_HOST": "10.0.0.1"})
    assert load().http.port == 3000


@pytest.mark.parametrize("name", [*TEMPORARY_DISK, "PORT"])
def test_a_database_is_not_put_where_it_would_be_lost(environment: pytest.MonkeyPatch, name: str) -> None:
    put(environment, SOCKET, {name: "3000"})
    with pytest.raises(
        ConfigError, match=f"database.url is missing: {name} in the environment says that the disk"
    ):
        load()
    environment.setenv("DATABASE_URL", "sqlite+aiosqlite:////data/keyturn.db")
    assert load().database.url.get_secret_value().endswith("/data/keyturn.db")


def test_a_port_beside_a_file_says_nothing_about_the_disk(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text("[http]\nport = 3001\n")
    put(environment, SOCKET, {"PORT": "3000"})
    assert load().http.port == 3001


def test_the_mode_for_the_manifest_comes_from_the_environment_too(environment: pytest.MonkeyPatch) -> None:
    assert load_mode(None, default="http") == "http"
    put(environment, {"KEYTURN_SLACK__MODE": "socket"})
    assert load_mode(None, default="http") == "socket"


def test_every_line_of_the_procfile_starts_a_process() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    assert [line.partition(": ")[::2] for line in lines] == [("web", "keyturn run"), ("bot", "keyturn run")]
