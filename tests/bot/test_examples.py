"""The example files are right as they stand."""

from functools import partial
from pathlib import Path

from bot.connectors import registry
from models.catalogue.file.read import load
from models.catalogue.spec.conflicts import CONFLICT
from models.policy import Company
from models.policy.examples import run_examples

CATALOGUE = Path(__file__).parents[2] / "catalogue.example.toml"


def test_the_example_catalogue_can_be_imported() -> None:
    check = partial(registry.check, types=registry.load_types())
    catalogue = load(CATALOGUE.read_text(encoding="utf-8"), CATALOGUE.name, check)
    assert [app.key for app in catalogue.apps] == ["github", "prod-db", "salesforce"]
    assert catalogue.notes == ()
    ran = list(run_examples(catalogue.apps, Company([]), catalogue.of(CONFLICT)))
    assert ran
    assert [str(one) for one in ran if not one.met] == []
