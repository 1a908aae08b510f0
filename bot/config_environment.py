"""The configuration in environment variables: KEYTURN_SECTION__KEY, and the names that platforms set."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from bot.config_addresses import POSTGRES, SQLITE
from bot.pydantic_errors import field_at

PREFIX = "KEYTURN_"
SEPARATOR = "__"
PLATFORM_NAMES = {
    "SLACK_BOT_TOKEN": ("slack", "bot_token"),
    "SLACK_APP_TOKEN": ("slack", "app_token"),
    "SLACK_SIGNING_SECRET": ("slack", "signing_secret"),
    "DATABASE_URL": ("database", "url"),
}
PORT = "PORT"
"""Where a platform routes HTTP to; counts in mode http only, since Socket Mode needs no public port."""
TEMPORARY_DISK = ("DYNO", "K_SERVICE", "RENDER", "RAILWAY_ENVIRONMENT", "FLY_APP_NAME")
"""Set by Heroku, Cloud Run, Render, Railway and Fly: a file there is gone at the next start, except on a
volume."""
DRIVERS = {"postgres": POSTGRES, "postgresql": POSTGRES, "sqlite": SQLITE}
"""The drivers of URLs that name none."""


@dataclass(frozen=True)
class Variable:
    """An environment variable that sets a key of the configuration."""

    name: str
    location: tuple[str, ...]
    value: Any


def variables(environment: Mapping[str, str], model: type[BaseModel]) -> list[Variable]:
    """The variables that set something, later ones over earlier ones; empty ones set nothing.

    `model` is the whole configuration: values are read as its fields want them. A name without the separator
    is not ours: Kubernetes sets KEYTURN_PORT to something else where a service is called keyturn.
    """
    found = [
        *((name, location) for name, location in PLATFORM_NAMES.items() if environment.get(name)),
        *(
            (name, tuple(name.removeprefix(PREFIX).lower().split(SEPARATOR)))
            for name, text in sorted(environment.items())
            if name.startswith(PREFIX) and SEPARATOR in name and text
        ),
    ]
    return [Variable(name, location, _value(environment[name], location, model)) for name, location in found]


def port_variables(environment: Mapping[str, str]) -> list[Variable]:
    """What PORT sets in mode http: that port, on every address, since the platform calls from outside."""
    port = environment.get(PORT)
    if not port:
        return []
    everywhere = "0.0.0.0"  # noqa: S104 - the platform's router comes from another machine
    return [
        Variable(PORT, ("http", "host"), everywhere),
        Variable(PORT, ("http", "port"), int(port) if port.isdecimal() else port),
    ]


def temporary_disk(environment: Mapping[str, str], *, file: bool) -> str | None:
    """The variable that shows that files are lost at the next start; None where they stay.

    PORT alone shows it where there is no configuration file either: then nothing was put on the disk.
    """
    names = TEMPORARY_DISK if file else (*TEMPORARY_DISK, PORT)
    return next((name for name in names if environment.get(name)), None)


def merge(document: dict[str, Any], new: list[Variable]) -> None:
    """Set these variables' keys in a document. A section that is no table stays, to be told as wrong."""
    for variable in new:
        table = document
        for part in variable.location[:-1]:
            inner = table.setdefault(part, {})
            if not isinstance(inner, dict):
                if table is document:
                    break
                inner = table[part] = {}
            table = inner
        else:
            table[variable.location[-1]] = variable.value


def _value(text: str, location: tuple[str, ...], model: type[BaseModel]) -> Any:
    """The text as the field at this location wants it; as text where it can't be read so."""
    if location == PLATFORM_NAMES["DATABASE_URL"]:
        return _with_driver(text)
    field = field_at(model, location)
    types = set(_types_in(field.annotation)) if field else set()
    if int in types and re.fullmatch("-?[0-9]{1,18}", text):
        return int(text)
    if bool in types and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if tuple in types and not text.lstrip().startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    if tuple in types or (Mapping in types and text.lstrip().startswith("{")):
        return _toml_value(text)
    return text


def _with_driver(url: str) -> str:
    """A database URL as platforms write it, with our driver and its name for the TLS mode."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in DRIVERS:
        return url
    address, question, query = rest.partition("?")
    # asyncpg negotiates channel binding itself and knows no such setting.
    options = [option for option in query.split("&") if not option.startswith("channel_binding=")]
    query = "&".join(re.sub("^sslmode=", "ssl=", option) for option in options)
    return f"{DRIVERS[scheme]}://{address}{question if query else ''}{query}"


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _types_in(annotation: Any) -> Iterator[Any]:
    """The types that an annotation names: of `tuple[str, ...] | None` tuple and None, not what is inside."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(origin, type) and issubclass(origin, tuple | Mapping):
        yield Mapping if issubclass(origin, Mapping) else tuple
    elif arguments and not isinstance(arguments[0], str):
        for argument in arguments:
            yield from _types_in(argument)
    else:
        yield annotation
