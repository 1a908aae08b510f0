"""Options that commands share."""

from pathlib import Path
from typing import Annotated

import typer

# Every command takes it: `def check(config: ConfigFile = DEFAULT_CONFIG) -> None`.
ConfigFile = Annotated[Path, typer.Option("--config", metavar="FILE", help="The configuration.")]
DEFAULT_CONFIG = Path("config.toml")
