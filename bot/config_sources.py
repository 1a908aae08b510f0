"""Where the configuration comes from: a TOML file, the environment, or both. The environment wins."""

import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bot.config_environment import Variable, merge, port_variables, temporary_disk, variables
from bot.errors import Failure
from bot.pydantic_errors import FieldProblem

DEFAULT_FILE = Path("config.toml")
"""Read where it is there and no other is named."""


class ConfigError(Failure):
    """The configuration cannot be used. The text has one line per problem: file, key, what would be right."""

    def __init__(self, source: Path | str, problems: Sequence[str]) -> None:
        super().__init__("\n".join(f"{source}: {problem}" for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Sources:
    """The document to validate, and where its values come from."""

    file: Path | None
    """None where the environment says all."""
    document: dict[str, Any]
    variables: Sequence[Variable]

    @classmethod
    def read(cls, path: Path | None, model: type[BaseModel], *, required: bool = True) -> "Sources":
        """Read both, `model` being the whole configuration; `path` None is `DEFAULT_FILE`, if there is one.

        Raises:
            ConfigError: The file cannot be read, or neither has anything although that is `required`.
        """
        found = variables(os.environ, model)
        if path is None and (DEFAULT_FILE.exists() or (required and not found)):
            path = DEFAULT_FILE
        document = {} if path is None else _read(path)
        document.setdefault("slack", {})
        merge(document, found)
        _infer_mode(document, found)
        if isinstance(slack := document.get("slack"), dict) and slack.get("mode") == "http":
            named = {variable.location for variable in found}
            port = [variable for variable in port_variables(os.environ) if variable.location not in named]
            merge(document, port)
            found += port
        return cls(path, document, found)

    @property
    def name(self) -> str:
        """What problems are told about."""
        return str(self.file or f"environment (there is no {DEFAULT_FILE})")

    def line(self, problem: FieldProblem) -> str:
        """One problem with its place, which is the environment where the value came from there."""
        for variable in self.variables:
            # An unknown section is told by its name alone, a list's entry with its position.
            shorter = min(len(variable.location), len(problem.location))
            is_table = isinstance(self.document[variable.location[0]], dict)
            if is_table and problem.location[:shorter] == variable.location[:shorter]:
                return f"{variable.name} in the environment {problem.words.removesuffix(', without quotes')}"
        return f"{problem.key} {problem.words}"

    def lost_database(self) -> str | None:
        """Why the default database must not be used here; None where it may, or another one is named."""
        shown_by = temporary_disk(os.environ, file=self.file is not None)
        database = self.document.get("database", {})
        if shown_by is None or not isinstance(database, dict) or "url" in database:
            return None
        return (
            f"database.url is missing: {shown_by} in the environment says that the disk here is temporary: "
            "a SQLite file would be lost at the next start. Set DATABASE_URL to a PostgreSQL database, or "
            "database.url to a file on a disk that stays"
        )


def _infer_mode(document: dict[str, Any], found: Sequence[Variable]) -> None:
    """Mode http where the environment has the signing secret, and nothing names a mode or an app token."""
    slack = document.get("slack")
    from_environment = ("slack", "signing_secret") in {variable.location for variable in found}
    if isinstance(slack, dict) and from_environment and not slack.keys() & {"mode", "app_token"}:
        slack["mode"] = "http"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        hint = (
            "there is no such file; copy config.example.toml to it and fill it in, or set SLACK_BOT_TOKEN, "
            "SLACK_APP_TOKEN and DATABASE_URL in the environment"
        )
        raise ConfigError(path, [hint]) from None
    except OSError as error:
        raise ConfigError(path, [f"cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError(path, ["is not text in UTF-8"]) from None
    except RecursionError:
        raise ConfigError(path, ["is nested too deeply"]) from None
    except ValueError as error:
        # tomllib ends its sentence with the line and column.
        raise ConfigError(path, [f"is not TOML: {error}"]) from None
