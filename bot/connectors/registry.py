"""Which connectors there are: the built-in ones, and those that other packages bring."""

from functools import partial
from importlib.metadata import entry_points

from blocks.admin.fields.connector import ConnectorKind
from bot.connectors.base import Connector, Tools
from bot.connectors.manual import Manual
from bot.connectors.slack_usergroup import SlackUserGroup
from bot.errors import Failure
from models.catalogue.spec.connectors import ConnectorSpec, register_identity

BUILT_IN: tuple[type[Connector], ...] = (Manual, SlackUserGroup)
GROUP = "keyturn.connectors"

Types = dict[str, type[Connector]]


def known() -> Types:
    """Every connector's class by its type, its identity registered for what is given from now on.

    Raises Failure where a package's connector cannot be loaded.
    """
    types: Types = {each.type: each for each in BUILT_IN}
    for entry in entry_points(group=GROUP):
        if entry.name in types:
            raise Failure(f"The connector {entry.name} of {entry.value} has the name of another one.")
        types[entry.name] = _loaded(entry.name, entry.value, entry.load)
    for name, connector in types.items():
        register_identity(name, connector.identity)
    return types


def check(spec: ConnectorSpec, types: Types) -> str | None:
    """What is wrong with a connector in the catalogue, as a sentence; None if nothing is. Calls nobody."""
    connector = types.get(spec.type)
    if connector is None:
        return f"there is no connector {spec.type!r}; there are {', '.join(sorted(types))}"
    return connector.check(spec.params)


def kinds(types: Types) -> tuple[ConnectorKind, ...]:
    """What admins choose among when they set an access up."""
    return tuple(
        ConnectorKind(name, each.label, each.params, partial(check, types=types))
        for name, each in types.items()
    )


def ready(types: Types, tools: Tools) -> dict[str, Connector]:
    """Connectors to work with, by type."""
    return {name: connector(tools) for name, connector in types.items()}


def _loaded(name: str, value: str, load: object) -> type[Connector]:
    try:
        found = load() if callable(load) else None
    except Exception as error:
        raise Failure(f"The connector {name} cannot be loaded from {value}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, Connector)):
        raise Failure(f"The connector {name} cannot be used: {value} is no bot.connectors.base.Connector.")
    return found
