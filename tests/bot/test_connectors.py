"""Which connectors there are, what the catalogue may say of them, and what others may bring."""

from importlib.metadata import EntryPoint

import aiohttp
import pytest

from bot.connectors import registry
from bot.connectors.base import Tools
from bot.connectors.manual import Manual
from bot.failure import Failure
from bot.slack import Gateway
from models.catalogue.spec.connectors import ConnectorSpec
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
    assert list(registry.known()) == ["manual", "slack_usergroup"]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (spec(type="manual"), None),
        (spec(type="slack_usergroup", usergroup="S0123"), None),
        (spec(type="manual", usergroup="S0123"), "takes nothing but its type"),
        (spec(type="slack_usergroup"), "usergroup is missing"),
        (spec(type="pigeon"), "there is no connector 'pigeon'; there are manual, slack_usergroup"),
    ],
)
def test_a_catalogue_entry_is_looked_at_before_it_is_taken(entry: ConnectorSpec, words: str | None) -> None:
    problem = registry.check(entry, registry.known())
    assert problem is None if words is None else words in str(problem)


def test_admins_choose_among_them_by_name_and_are_checked() -> None:
    manual, group = registry.kinds(registry.known())
    assert (manual.label, manual.params) == ("By hand, by the owners", ())
    assert [param.name for param in group.params] == ["usergroup", "placeholder"]
    assert group.check(spec(type="slack_usergroup", usergroup="S0123")) is None
    assert "usergroup" in str(group.check(spec(type="slack_usergroup", usergroup="team")))


def test_a_package_brings_one_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    brought(monkeypatch, "pigeon", "tests.bot.pigeon:Pigeon")
    known = registry.known()
    assert registry.check(spec(type="pigeon"), known) is None
    assert [kind.label for kind in registry.kinds(known)][-1] == "Carrier pigeon"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("pigeon", "tests.bot.nowhere:Pigeon", "The connector pigeon cannot be loaded"),
        ("pigeon", "pathlib:Path", "pathlib:Path is no bot.connectors.base.Connector"),
        ("manual", "tests.bot.pigeon:Pigeon", "has the name of another one"),
    ],
)
def test_one_that_cannot_be_used_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    brought(monkeypatch, name, value)
    with pytest.raises(Failure, match=words):
        registry.known()


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
    connector = Manual(Tools(clock, http, gateway, lambda: "UKEYTURN"))
    change = TargetChange(
        7, "GR-7", direction, "UADA", "", {"type": "manual"}, held_otherwise=False, was_active=was_active
    )
    assert await connector.apply([change]) == {7: outcome}
    assert await connector.holds(change) is None
    assert await connector.probe({}) is None
