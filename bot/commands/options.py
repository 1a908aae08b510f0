"""Options that commands share: the configuration, and times in ISO 8601."""

import logging
import re
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from bot import log
from bot.config import Config, load, load_database

# Every command takes it: `def check(config: ConfigFile = None) -> None`.
ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="The configuration file; by default config.toml, or the environment alone where there is none.",
    ),
]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def load_config(path: Path | None) -> Config:
    """Load the configuration. From here on no log shows its secrets.

    Raises:
        ConfigError: The configuration is not valid.
    """
    config = load(path)
    log.configure(config.secrets(), level=logging.WARNING)
    return config


def load_database_url(path: Path | None) -> str:
    """The database's URL, for commands that need no Slack and so no token.

    Raises:
        ConfigError: The configuration is not valid.
    """
    database = load_database(path)
    log.configure([database.password] if database.password else [], level=logging.WARNING)
    return database.url.get_secret_value()


def parse_since(text: str) -> datetime:
    """The beginning of a period: of a day, its first moment; UTC unless the text says otherwise.

    Raises:
        ValueError: The text is no day or moment; says what would be right.
    """
    return _parse_moment(text, time.min)


def parse_until(text: str) -> datetime:
    """The end of a period: of a day, its last moment.

    Raises:
        ValueError: The text is no day or moment; says what would be right.
    """
    return _parse_moment(text, time.max)


def _parse_moment(text: str, time_of_day: time) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"“{text}” is no time. Write 2026-03-31, 2026-03-31T09:00 (UTC) or 2026-03-31T09:00+02:00"
        ) from None
    if _DAY.fullmatch(text):
        moment = datetime.combine(moment, time_of_day)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
