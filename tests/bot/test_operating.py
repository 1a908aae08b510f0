"""The alerts and the dashboard ask for numbers that /metrics really shows, and all have their words."""

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.metrics import Metrics

OPERATING = Path(__file__).parents[2] / "docs/operating"
ENDINGS = {
    "counter": ["_total"],
    "gauge": [""],
    "histogram": ["_bucket", "_count", "_sum"],
}


@pytest.fixture
def served(metrics: Metrics) -> set[str]:
    """Every name that may stand in an expression, as /metrics announces it."""
    families = text_string_to_metric_families(metrics.render().decode())
    return {family.name + ending for family in families for ending in ENDINGS[family.type]}


def names(text: str) -> set[str]:
    return set(re.findall(r"\b(?:keyturn|process)_\w+", text))


@pytest.mark.parametrize("file", ["alerts.yml", "dashboard.json"])
def test_each_number_that_is_asked_for_is_served(served: set[str], file: str) -> None:
    asked = names((OPERATING / file).read_text())
    assert len(asked) > 8
    assert asked <= served


def test_each_label_that_is_asked_for_is_one_of_its_number() -> None:
    text = (OPERATING / "alerts.yml").read_text() + (OPERATING / "dashboard.json").read_text()
    asked = re.findall(r"keyturn_(\w+)\{(\w+)=~?\\?\"([\w|]+)", text)
    assert asked
    known = {
        "up": {"part": {"slack", "worker", "database"}},
        "jobs": {"state": {"ready", "running", "parked"}},
        "grants": {"state": {"failed"}},
        "oldest_due_job_seconds": {"urgency": {"take", "give", "tell", "later"}},
    }
    for name, label, values in asked:
        assert set(values.split("|")) <= known[name][label]


def test_the_dashboard_is_one_that_grafana_reads() -> None:
    dashboard = json.loads((OPERATING / "dashboard.json").read_text())
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(taken)) == len(taken)
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)
    assert all(target["expr"] for panel in panels for target in panel["targets"])


def test_every_alert_says_in_the_text_what_to_do_and_an_overdue_revoke_comes_first() -> None:
    alerts = re.findall(r"- alert: (\w+)", (OPERATING / "alerts.yml").read_text())
    told = re.findall(r"`(Keyturn\w+)`", (OPERATING / "README.md").read_text())
    assert alerts[0] == told[0] == "KeyturnOverdueRevokes"
    assert set(alerts) == set(told)
