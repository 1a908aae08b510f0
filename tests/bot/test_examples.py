"""The example files are right as they stand."""

import tomllib
from pathlib import Path

from models.catalogue.spec import AppSpec

CATALOGUE = Path(__file__).parents[2] / "catalogue.example.toml"


def test_the_example_catalogue_can_be_imported() -> None:
    document = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    apps = [AppSpec.model_validate(entry) for entry in document.pop("app")]
    assert [app.key for app in apps] == ["github", "prod-db", "salesforce"]
    assert document == {}
