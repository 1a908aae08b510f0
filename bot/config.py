"""The configuration: a TOML file, the environment, or both; the environment wins."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    field_validator,
)
from pydantic_core.core_schema import ValidationInfo

from bot.config_addresses import SmtpServer, check_api_url, check_database_url, check_sender, parse_smtp
from bot.config_sources import ConfigError, Sources
from bot.pydantic_errors import explain, quoted
from models.durations import parse_duration
from models.lifecycle.request.rate_limits import DEFAULT_LIMITS

Mode = Literal["socket", "http"]
TEXTS = ("words", "names", "errors")
"""The kinds of `models.audit.Kind`, which a command line without the database does not import."""


def _member_id(text: str) -> str:
    if not re.fullmatch(r"[UW][A-Z0-9]+", text):
        raise ValueError('should be a member id such as "U0123" (in Slack: profile, ⋮, Copy member ID)')
    return text


def _channel_id(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"[CG][A-Z0-9]+", text):
        raise ValueError('should be a channel id such as "C0123" (in Slack: the channel, About, at the end)')
    return text


def _retention(value: object) -> object:
    """One length for all kinds of text, or one for each; as `Mapping`.

    Raises:
        ValueError: There is no such kind of text.
    """
    if not isinstance(value, dict):
        value = dict.fromkeys(TEXTS, value)
    if unknown := [key for key in value if key not in TEXTS]:
        raise ValueError(f"has no {quoted(str(unknown[0]))}; known here: {', '.join(TEXTS)}")
    return {key: _length(length) for key, length in value.items()}


def _length(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if not isinstance(value, str):
        raise ValueError('should be a length such as "365d"')  # noqa: TRY004 - pydantic's way to say it
    return parse_duration(value)


def _database(secret: SecretStr) -> SecretStr:
    check_database_url(secret.get_secret_value())
    return secret


def _smtp(secret: SecretStr) -> SecretStr:
    parse_smtp(secret.get_secret_value())
    return secret


class _Section(BaseModel):
    # A value of the wrong type is an error, never converted: `port = "3000"` is told, not guessed.
    # The input stays out of pydantic's own errors too, since it may be a secret.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class SlackConfig(_Section):
    """`[slack]`. `bot_token` is always there, `app_token` in mode socket, `signing_secret` in mode http."""

    mode: Mode = "socket"
    bot_token: SecretStr = Field(description='the token that starts with "xoxb-", also from SLACK_BOT_TOKEN')
    app_token: SecretStr | None = Field(default=None, validate_default=True)
    signing_secret: SecretStr | None = Field(default=None, validate_default=True)
    api_url: Annotated[str, AfterValidator(check_api_url)] = "https://slack.com/api/"
    admins: Annotated[tuple[Annotated[str, AfterValidator(_member_id)], ...], Field(strict=False)] = ()

    @field_validator("bot_token")
    @classmethod
    def _bot_token(cls, token: SecretStr) -> SecretStr:
        return _starts_with("xoxb-", token)

    @field_validator("app_token")
    @classmethod
    def _app_token(cls, token: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if token is None and info.data.get("mode") == "socket":
            raise ValueError('is missing: mode "socket" needs the app-level token, also from SLACK_APP_TOKEN')
        return token and _starts_with("xapp-", token)

    @field_validator("signing_secret")
    @classmethod
    def _signing_secret(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if not secret and info.data.get("mode") == "http":
            raise ValueError('is missing: mode "http" needs it, also from SLACK_SIGNING_SECRET')
        return secret


def _starts_with(prefix: str, token: SecretStr) -> SecretStr:
    # Visible ASCII only: it travels in an HTTP header, and the example's "xoxb-…" is caught as well.
    if not re.fullmatch(rf"{prefix}[!-~]+", token.get_secret_value()):
        raise ValueError(f'should be the token that starts with "{prefix}", as Slack shows it')
    return token


class HttpConfig(_Section):
    """`[http]`: where Keyturn listens. Port 0 takes any free one."""

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=3000, ge=0, le=65535)


class HealthConfig(_Section):
    """`[health]`: where metrics and reasons are, in mode http. Port 0 takes any free one."""

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=3001, ge=0, le=65535)


class DatabaseConfig(_Section):
    """`[database]`: a SQLAlchemy URL, secret since it may hold a password."""

    url: Annotated[SecretStr, AfterValidator(_database)] = SecretStr("sqlite+aiosqlite:///keyturn.db")

    @property
    def password(self) -> str:
        """The password in the URL; empty where there is none."""
        return check_database_url(self.url.get_secret_value()).password or ""


class EmailConfig(_Section):
    """`[email]`: the server that e-mail goes out by, and whom it is from."""

    smtp: Annotated[SecretStr, AfterValidator(_smtp)] = Field(description="the server, smtp://…")
    sender: Annotated[str, AfterValidator(check_sender)] = Field(description="whom e-mail comes from")

    @property
    def server(self) -> SmtpServer:
        """The parts of `smtp`."""
        return parse_smtp(self.smtp.get_secret_value())


class AuditConfig(_Section):
    """`[audit]`: signed checkpoints of the trail, and for how long its words are kept.

    `keyturn run` signs every so many hours, where there is a key; who else hears of each checkpoint is the
    second witness. `retention` is by kind of text; what it leaves out stays.
    """

    key: Annotated[Path | None, Field(strict=False)] = None
    checkpoints: Annotated[Path | None, Field(strict=False, validate_default=True)] = None
    every_hours: int = Field(default=24, ge=1, le=24 * 365)
    witness_channel: Annotated[str | None, AfterValidator(_channel_id)] = None
    witness_email: str | None = None
    retention: Annotated[Mapping[str, timedelta], BeforeValidator(_retention)] = {}

    @field_validator("checkpoints")
    @classmethod
    def _both(cls, checkpoints: Path | None, info: ValidationInfo) -> Path | None:
        if checkpoints is None and info.data.get("key") is not None:
            raise ValueError("is missing: the file that checkpoints are added to")
        if checkpoints is not None and "key" in info.data and info.data["key"] is None:
            raise ValueError("needs audit.key, the file that `keyturn audit key` made")
        return checkpoints

    @field_validator("witness_channel", "witness_email")
    @classmethod
    def _of_checkpoints(cls, witness: str | None, info: ValidationInfo) -> str | None:
        if witness is not None and "checkpoints" in info.data and info.data["checkpoints"] is None:
            raise ValueError("needs audit.key and audit.checkpoints: what it hears of are checkpoints")
        return witness


class LimitsConfig(_Section):
    """`[limits]`: how much one person may ask for and say (`models.lifecycle.request.rate_limits`)."""

    open_requests: int = Field(default=DEFAULT_LIMITS.open_requests, ge=1)
    requests_an_hour: int = Field(default=DEFAULT_LIMITS.requests_an_hour, ge=1)
    comments_an_hour: int = Field(default=DEFAULT_LIMITS.comments_an_hour, ge=1)


class Config(_Section):
    """All of the configuration, checked and unchangeable. `email` is None where none is wanted."""

    slack: SlackConfig
    http: HttpConfig = HttpConfig()
    health: HealthConfig = HealthConfig()
    database: DatabaseConfig = DatabaseConfig()
    limits: LimitsConfig = LimitsConfig()
    email: EmailConfig | None = None
    audit: AuditConfig | None = None

    def secrets(self) -> tuple[str, ...]:
        """Every secret value, so that a log can leave them out (see bot.log)."""
        tokens = (self.slack.bot_token, self.slack.app_token, self.slack.signing_secret)
        values = [token.get_secret_value() for token in tokens if token]
        values.append(self.database.password)
        values.append((self.email and self.email.server.password) or "")
        return tuple(value for value in values if value)


def load(path: Path | None = None) -> Config:
    """Load the configuration of a file (None: config.toml, if there is one) and the environment.

    Raises:
        ConfigError: The file is named and not there, or something in it or in the environment is wrong.
    """
    sources = Sources.read(path, Config)
    config, problems = None, []
    try:
        config = Config.model_validate(sources.document)
    except ValidationError as error:
        problems = [sources.line(problem) for problem in explain(error, Config)]
    if lost := sources.lost_database():
        problems.append(lost)
    if config is None or problems:
        raise ConfigError(sources.name, problems)
    return config


class _DatabaseOnly(_Section):
    database: DatabaseConfig = DatabaseConfig()


def load_database(path: Path | None = None) -> DatabaseConfig:
    """Load only `[database]`, for what needs no Slack; without any configuration it is the default.

    Raises:
        ConfigError: It is wrong; nothing else is looked at.
    """
    sources = Sources.read(path, Config, required=False)
    document = {key: value for key, value in sources.document.items() if key == "database"}
    try:
        return _DatabaseOnly.model_validate(document).database
    except ValidationError as error:
        problems = [sources.line(problem) for problem in explain(error, _DatabaseOnly)]
        raise ConfigError(sources.name, problems) from None


def load_mode(path: Path | None, default: Mode) -> Mode:
    """Only the mode, for what is done before there are tokens. `default` where nothing is configured yet.

    Raises:
        ConfigError: It is wrong; nothing else is looked at.
    """
    sources = Sources.read(path, Config, required=False)
    slack = sources.document.get("slack", {})
    try:
        return TypeAdapter(Mode).validate_python(slack.get("mode", "socket" if sources.file else default))
    except (AttributeError, ValidationError):
        raise ConfigError(sources.name, ["slack.mode should be 'socket' or 'http'"]) from None
