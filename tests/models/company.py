"""A small company for tests of the rules, written straight into the tables."""

from models.catalogue.spec import AppSpec
from models.registry import apps, directory
from models.store.outcome import Outcome
from models.tables.people import Person
from tests.rows import new_row

ADA, GRACE, ALAN, ROOT = "UADA", "UGRACE", "UALAN", "UROOT"
NAMES = {ADA: "Ada", GRACE: "Grace", ALAN: "Alan", ROOT: "Root"}

GITHUB = AppSpec.model_validate(
    {
        "key": "github",
        "name": "GitHub",
        "risk": "low",
        "owners": [GRACE, ALAN],
        "max_duration": "30d",
        "access": [
            {"key": "engineering", "name": "Engineering team", "kind": "group"},
            {"key": "design", "name": "Design team", "kind": "group"},
        ],
        "stage": [{"name": "Owner", "approvers": ["owners"], "rule": "any"}],
    }
)


def found(out: Outcome, *specs: AppSpec) -> None:
    """Ada asks, Grace and Alan own, Root is the admin."""
    people = [
        new_row(
            Person, id=one, name=name, handle=name.lower(), email=f"{name.lower()}@example.com", active=True
        )
        for one, name in NAMES.items()
    ]
    directory.remember_people(out, people)
    directory.appoint(out, [ROOT], "operator")
    for spec in specs or (GITHUB,):
        apps.save_app(out, spec, ROOT)
