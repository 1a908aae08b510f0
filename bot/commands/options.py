"""Options that commands share, and the configuration that they lead to."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from bot import log
from bot.config import Config, load

# Every command takes it: `def check(config: ConfigFile = DEFAULT_CONFIG) -> None`.
ConfigFile = Annotated[Path, typer.Option("--config", metavar="FILE", help="The configuration file.")]
DEFAULT_CONFIG = Path("config.toml")


def configured(path: Path) -> Config:
    """The configuration. From here on no log shows its secrets. Raises ConfigError."""
    config = load(path)
    log.configure(config.secrets(), level=logging.WARNING)
    return config
