"""Which connectors there are, what the catalogue may say of them, and what others may bring."""

import ast
from importlib.metadata import EntryPoint
from pathlib import Path

import aiohttp
import pytest

from bot.connectors import registry
from bot.connectors.base import ConnectorContext
from bot.connectors.manual import Manual
from bot.errors import Failure
from bot.slack.gateway import Gateway
from models.catalogue.spec.connectors import BY_HAND, ConnectorSpec
from models.clock import ManualClock
from models.lifecycle.grant.reconcile import ByHand, Done, TargetChange
from models.tables.grants import Direction


def brought(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """As if another package had declared this entry point."""
    entry = EntryPoint(name, value, registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [entry] if group == registry.GROUP else [])


def spec(**entry: object) -> ConnectorSpec:
    return ConnectorSpec.model_validate(entry)


def test_two_come_with_keyturn() -> None:
    assert list(registry.load_types()) == ["manual", "slack_usergroup"]


@pytest.mark.parametrize("package", ["models", "blocks", "handlers"])
def test_a_new_connector_needs_no_change_below_the_connectors(package: str) -> None:
    """No type of a connector is named there, but the catalogue's default in the one place that defines it."""
    root, types = Path(__file__).parents[2] / package, set(registry.load_types())
    named = [
        (path.relative_to(root).as_posix(), node.value)
        for path in sorted(root.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in types
    ]
    assert [value for _, value in named] == ([BY_HAND] if package == "models" else [])


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (spec(type="manual"), None),
        (spec(type="slack_usergroup", usergroup="S0123"), None),
        (spec(type="manual", usergroup="S0123"), "takes nothing but its type"),
        (spec(type="slack_usergroup"), "usergroup is missing"),
        (spec(type="third_party"), "there is no connector 'third_party'; there are manual, slack_usergroup"),
    ],
)
def test_a_catalogue_entry_is_looked_at_before_it_is_taken(entry: ConnectorSpec, words: str | None) -> None:
    problem = registry.check(entry, registry.load_types())
    assert problem is None if words is None else words in str(problem)


def test_admins_choose_among_them_by_name_and_are_checked() -> None:
    manual, group = registry.kinds(registry.load_types())
    assert (manual.label, manual.params) == ("By hand, by the owners", ())
    assert [param.name for param in group.params] == ["usergroup", "placeholder"]
    assert group.check(spec(type="slack_usergroup", usergroup="S0123")) is None
    assert "usergroup" in str(group.check(spec(type="slack_usergroup", usergroup="team")))


def test_a_package_brings_one_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    brought(monkeypatch, "third_party", "tests.bot.third_party_connector:ThirdPartyConnector")
    known = registry.load_types()
    assert registry.check(spec(type="third_party"), known) is None
    assert [kind.label for kind in registry.kinds(known)][-1] == "Third party"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("third_party", "tests.bot.nowhere:Connector", "The connector third_party cannot be loaded"),
        ("third_party", "pathlib:Path", "pathlib:Path is no bot.connectors.base.Connector"),
        ("manual", "tests.bot.third_party_connector:ThirdPartyConnector", "has the name of another one"),
    ],
)
def test_one_that_cannot_be_used_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    brought(monkeypatch, name, value)
    with pytest.raises(Failure, match=words):
        registry.load_types()


@pytest.mark.parametrize(
    ("direction", "was_active", "outcome"),
    [
        (Direction.GIVE, False, ByHand()),
        (Direction.TAKE, True, ByHand()),
        (Direction.TAKE, False, Done()),  # nobody had given it yet: nothing to undo
    ],
)
async def test_what_is_done_by_hand_is_somebodys_task(
    clock: ManualClock,
    http: aiohttp.ClientSession,
    gateway: Gateway,
    direction: Direction,
    was_active: bool,
    outcome: object,
) -> None:
    connector = Manual(ConnectorContext(clock, http, gateway, lambda: "UKEYTURN"))
    change = TargetChange(
        7, "GR-7", direction, "UADA", "", {"type": "manual"}, held_otherwise=False, was_active=was_active
    )
    assert await connector.apply([change]) == {7: outcome}
    assert await connector.holds(change) is None
    assert await connector.probe({}) is None
