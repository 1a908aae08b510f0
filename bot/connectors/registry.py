"""Register the connectors: the built-in ones, and those of other packages (entry points)."""

from functools import partial
from importlib.metadata import entry_points

from blocks.admin.fields.connector import ConnectorKind
from bot.connectors.base import Connector, ConnectorContext
from bot.connectors.manual import Manual
from bot.connectors.slack_usergroup import SlackUserGroup
from bot.errors import Failure
from models.catalogue.spec.connectors import ConnectorSpec, register_identity

BUILT_IN: tuple[type[Connector], ...] = (Manual, SlackUserGroup)
GROUP = "keyturn.connectors"

Types = dict[str, type[Connector]]


def load_types() -> Types:
    """Every connector's class by its type; registers what `models` has to know of each.

    Raises:
        Failure: A package's connector cannot be loaded, or has the name of another.
    """
    types: Types = {connector.type: connector for connector in BUILT_IN}
    for entry in entry_points(group=GROUP):
        if entry.name in types:
            raise Failure(f"The connector {entry.name} of {entry.value} has the name of another one.")
        types[entry.name] = _load(entry.name, entry.value, entry.load)
    for name, connector in types.items():
        register_identity(name, connector.identity)
    return types


def check(spec: ConnectorSpec, types: Types) -> str | None:
    """What is wrong with a connector in the catalogue, as a sentence, or None. Makes no call."""
    connector = types.get(spec.type)
    if connector is None:
        return f"there is no connector {spec.type!r}; there are {', '.join(sorted(types))}"
    return connector.check(spec.params)


def kinds(types: Types) -> tuple[ConnectorKind, ...]:
    """What admins choose among when they set an access up."""
    return tuple(
        ConnectorKind(name, connector.label, connector.params, partial(check, types=types))
        for name, connector in types.items()
    )


def instances(types: Types, context: ConnectorContext) -> dict[str, Connector]:
    """A connector of each type, to work with."""
    return {name: connector(context) for name, connector in types.items()}


def _load(name: str, value: str, load: object) -> type[Connector]:
    try:
        connector = load() if callable(load) else None
    except Exception as error:
        raise Failure(f"The connector {name} cannot be loaded from {value}: {error}") from error
    if not (isinstance(connector, type) and issubclass(connector, Connector)):
        raise Failure(f"The connector {name} cannot be used: {value} is no bot.connectors.base.Connector.")
    return connector
