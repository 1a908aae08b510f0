"""A configuration is either right, or refused with file, key and what would be right."""

import string
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import TEXTS, Config, load
from bot.config_sources import ConfigError
from bot.pydantic_errors import model_at
from models.audit import TextKind
from tests.bot.command_line import clear_environment

SOCKET = {"bot_token": "xoxb-1-canary", "app_token": "xapp-1-canary"}
HTTP = {"mode": "http", "bot_token": "xoxb-1-canary", "signing_secret": "s1gning-canary"}
EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
one_file_for_all_examples = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_environment(monkeypatch)


def write(folder: Path, **document: Any) -> Path:
    path = folder / "config.toml"
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return path


def problems(folder: Path, **document: Any) -> list[str]:
    path = write(folder, **document)
    with pytest.raises(ConfigError) as refusal:
        load(path)
    lines = str(refusal.value).splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    return [line.removeprefix(f"{path}: ") for line in lines]


def test_a_token_pair_is_enough_for_socket_mode(tmp_path: Path) -> None:
    config = load(write(tmp_path, slack=SOCKET))
    assert config.slack.mode == "socket"
    assert config.slack.api_url == "https://slack.com/api/"
    assert (config.http.host, config.http.port) == ("127.0.0.1", 3000)
    assert config.database.url.get_secret_value() == "sqlite+aiosqlite:///keyturn.db"
    assert config.email is None


def test_every_setting_can_be_given(tmp_path: Path) -> None:
    config = load(
        write(
            tmp_path,
            slack={**HTTP, "api_url": "http://127.0.0.1:8700/api/", "admins": ["U0123", "W9"]},
            http={"host": "::", "port": 8080},
            database={"url": "postgresql+asyncpg://me:pw-canary@/keyturn?host=/run/postgresql"},
            email={"smtp": "smtps://me%40x:pa%2Fss@mail.example.com", "sender": "Keyturn <k@example.com>"},
        )
    )
    assert config.slack.admins == ("U0123", "W9")
    assert config.email is not None
    server = config.email.server
    assert (server.host, server.port, server.tls) == ("mail.example.com", 465, True)
    assert (server.username, server.password) == ("me@x", "pa/ss")
    assert set(config.secrets()) == {"xoxb-1-canary", "s1gning-canary", "pw-canary", "pa/ss"}


def test_no_secret_is_in_its_repr(tmp_path: Path) -> None:
    email = {"smtp": "smtp://me:mail-canary@mail.example.com", "sender": "k@example.com"}
    database = {"url": "postgresql+asyncpg://me:pw-canary@db/keyturn"}
    config = load(write(tmp_path, slack=SOCKET, database=database, email=email))
    assert config.email is not None
    assert "canary" not in f"{config!r} {config} {config.email.server!r}"


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-environment")
    monkeypatch.setenv("SLACK_APP_TOKEN", "")
    slack = load(write(tmp_path, slack=SOCKET)).slack
    assert slack.bot_token.get_secret_value() == "xoxb-environment"
    assert slack.app_token is not None
    assert slack.app_token.get_secret_value() == "xapp-1-canary"


def test_the_environment_alone_can_hold_all_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-environment")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "secret")
    assert load(write(tmp_path, slack={"mode": "http"})).slack.mode == "http"


def test_a_wrong_token_from_the_environment_is_named_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "canary")
    (problem,) = problems(tmp_path, slack=SOCKET)
    assert problem == (
        'SLACK_BOT_TOKEN in the environment should be the token that starts with "xoxb-", as Slack shows it'
    )


def test_a_missing_file_says_what_to_copy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml: there is no such file; copy config\.example\.toml"):
        load(tmp_path / "config.toml")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_broken_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[slack]\nmode socket\n")
    with pytest.raises(ConfigError, match=r"is not TOML: .*line 2"):
        load(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"\xff\xfe", "is not text in UTF-8", id="bytes"),
        pytest.param(b"a = " + b"[" * 5000, "is nested too deeply", id="deep"),
        pytest.param(b"a = " + b"9" * 5000, "is not TOML", id="giant number"),
    ],
)
def test_what_the_parser_chokes_on_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=words):
        load(path)


def test_the_example_as_it_is_asks_for_the_tokens_only() -> None:
    with pytest.raises(ConfigError) as refusal:
        load(EXAMPLE)
    keys = [problem.split()[0] for problem in refusal.value.problems]
    assert keys == ["slack.bot_token", "slack.app_token"]


def test_the_example_names_every_key() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    sections = {"slack", "http", "health", "database", "limits", "email", "audit"}
    assert set(Config.model_fields) == sections
    for section in sections:
        table = text.partition(f"[{section}]")[2]
        model = model_at(Config, (section,))
        assert model is not None
        assert [key for key in model.model_fields if f"{key} = " not in table] == []


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, slack={**SOCKET, "bot_token": "xoxp-canary"}, http={"port": "3000"}, htp={})
    assert [line.split()[0] for line in found] == ["slack.bot_token", "http.port", "htp"]
    assert "canary" not in "".join(found)


@pytest.mark.parametrize(
    ("section", "values", "expected"),
    [
        ("slack", {"bot_token": "xapp-1"}, 'slack.bot_token should be the token that starts with "xoxb-"'),
        ("slack", {"app_token": "xoxb-1"}, 'slack.app_token should be the token that starts with "xapp-"'),
        ("slack", {"bot_token": "xoxb-a b"}, "slack.bot_token should be the token"),
        ("slack", {"bot_tokn": "xoxb-1"}, "slack.bot_tokn is not a known key; did you mean bot_token?"),
        ("slack", {"zzz": 1}, "slack.zzz is not a known key; known here: mode, bot_token, app_token"),
        ("slack", {"a\nb": 1}, 'slack."a\\nb" is not a known key'),
        ("slack", {"mode": "sockets"}, "slack.mode should be 'socket' or 'http'"),
        ("slack", {"mode": "http"}, 'slack.signing_secret is missing: mode "http" needs it'),
        ("slack", {"admins": "U0123"}, "slack.admins should be a list, in square brackets"),
        ("slack", {"admins": ["U0123", "ann"]}, 'slack.admins[1] should be a member id such as "U0123"'),
        ("slack", {"api_url": "https://slack.com/api"}, 'slack.api_url should look like "https://slack.com'),
        ("slack", {"api_url": "ftp://slack.com/api/"}, "slack.api_url should look like"),
        ("slack", {"api_url": "http://[/"}, "slack.api_url should look like"),
        ("slack", {"api_url": "https://slack.com/api/?a=/"}, "slack.api_url should look like"),
        ("http", {"port": "3000"}, "http.port should be a whole number, without quotes"),
        ("http", {"port": True}, "http.port should be a whole number, without quotes"),
        ("http", {"port": 70000}, "http.port should be less than or equal to 65535"),
        ("http", {"host": 1}, "http.host should be text, in quotes"),
        ("database", {"url": "sqlite:///x.db"}, 'database.url should start with "sqlite+aiosqlite:///" or'),
        ("database", {"url": "postgres://h/db"}, "database.url should start with"),
        ("database", {"url": "postgresql+asyncpg://h:port/db"}, "database.url should start with"),
        ("database", {"url": "sqlite+aiosqlite://x.db"}, "database.url should name a database"),
        ("database", {"url": "postgresql+asyncpg://h"}, "database.url should name a database"),
        ("database", {"url": "sqlite+aiosqlite:///:memory:"}, "database.url should name a file"),
        ("email", {"smtp": "https://m", "sender": "k@x"}, 'email.smtp should look like "smtp://'),
        ("email", {"smtp": "smtp://m:0", "sender": "k@x"}, 'email.smtp should look like "smtp://'),
        ("email", {"smtp": "smtp://m/x", "sender": "k@x"}, 'email.smtp should look like "smtp://'),
        ("email", {"smtp": "smtp://m", "sender": "nobody"}, "email.sender should be an e-mail address"),
        ("email", {"smtp": "smtp://m", "sender": "k@x\nBcc: y@z"}, "email.sender should be an e-mail"),
        ("email", {"smtp": "smtp://m"}, "email.sender is missing: whom e-mail comes from"),
    ],
)
def test_a_wrong_value_is_told_with_its_key_and_what_would_be_right(
    tmp_path: Path, section: str, values: dict[str, Any], expected: str
) -> None:
    base: dict[str, Any] = {"slack": SOCKET}
    found = problems(tmp_path, **base | {section: {**base.get(section, {}), **values}})
    assert len(found) == 1
    assert found[0].startswith(expected)


def test_without_any_section_the_tokens_are_asked_for(tmp_path: Path) -> None:
    bot, app = problems(tmp_path)
    assert bot == 'slack.bot_token is missing: the token that starts with "xoxb-", also from SLACK_BOT_TOKEN'
    assert app.startswith("slack.app_token is missing")


def test_a_section_must_be_a_table(tmp_path: Path) -> None:
    assert problems(tmp_path, slack=1) == ["slack should be a table"]


def outcome(path: Path) -> Config | ConfigError:
    try:
        return load(path)
    except ConfigError as refusal:
        return refusal


def assert_loads_or_tells_one_line_per_problem(path: Path) -> None:
    result = outcome(path)
    if isinstance(result, ConfigError):
        lines = str(result).splitlines()
        assert len(lines) == len(result.problems) > 0
        assert all(line.startswith(f"{path}: ") for line in lines)


@one_file_for_all_examples
@given(content=st.one_of(st.text(), st.binary(), st.text(alphabet="[]{}=\"'.#\\\n -0123456789slackhtp")))
def test_no_file_whatever_breaks_the_reader(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    assert_loads_or_tells_one_line_per_problem(path)


sections = ["slack", "http", "database", "email"]
keys = ["mode", "bot_token", "app_token", "admins", "api_url", "host", "port", "url", "smtp", "sender"]
names = st.sampled_from([*sections, *keys])
addresses = st.builds(
    "{}://{}{}".format,
    st.sampled_from(["smtp", "smtps", "http", "https", "sqlite+aiosqlite", "postgresql+asyncpg"]),
    st.text(alphabet=string.printable + "ä[]@:/?#%", max_size=20),
    st.sampled_from(["", "/", "/x", ":memory:", ":99999999/"]),
)
scalars = st.one_of(
    addresses,
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.integers(),
    st.booleans(),
    st.dates(),
)
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=12)


@one_file_for_all_examples
@given(document=st.dictionaries(names, st.dictionaries(names, values) | values))
def test_no_document_whatever_breaks_the_checks(tmp_path: Path, document: dict[str, Any]) -> None:
    path = tmp_path / "config.toml"
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    assert_loads_or_tells_one_line_per_problem(path)


@pytest.mark.parametrize(
    ("audit", "problem"),
    [
        ({"key": "a.key"}, "audit.checkpoints is missing: the file that checkpoints are added to"),
        ({"checkpoints": "p"}, "audit.checkpoints needs audit.key, the file that `keyturn audit key` made"),
        ({"witness_channel": "C0123"}, "audit.witness_channel needs audit.key and audit.checkpoints"),
        (
            {"key": "a", "checkpoints": "p", "witness_channel": "#audit"},
            'audit.witness_channel should be a channel id such as "C0123"',
        ),
        ({"retention": "long"}, "audit.retention “long” is not a duration"),
        ({"retention": {"word": "1d"}}, "audit.retention has no word; known here: words, names, errors"),
        ({"retention": {"words": 7}}, 'audit.retention should be a length such as "365d"'),
    ],
)
def test_what_audit_wants_is_told(tmp_path: Path, audit: dict[str, Any], problem: str) -> None:
    (line,) = problems(tmp_path, slack=SOCKET, audit=audit)
    assert line.startswith(problem)


def test_texts_are_kept_for_one_time_or_by_kind(tmp_path: Path) -> None:
    def retention(value: object) -> Mapping[str, timedelta]:
        config = load(write(tmp_path, slack=SOCKET, audit={"retention": value}))
        assert config.audit is not None
        return config.audit.retention

    assert tuple(TextKind) == TEXTS
    assert retention("365d") == dict.fromkeys(TEXTS, timedelta(days=365))
    assert retention({"names": "2w"}) == {"names": timedelta(weeks=2)}
