import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from models.catalogue.file.read import load
from models.catalogue.spec import AccessSpec, AppSpec, ExamplePerson, ExampleSpec, RuleSpec, StageSpec, When
from models.catalogue.spec.entry_kinds import KINDS
from models.policy import unusual
from models.queries import request_facts
from models.tables.states import as_mermaid
from models.wording.messages import FILTERS, MESSAGES, MessageKey

ROOT = Path(__file__).parent.parent


def test_the_lifecycle_that_is_drawn_is_the_one_that_runs() -> None:
    drawn = (ROOT / "docs/lifecycle.md").read_text()
    assert as_mermaid() in drawn, "models.tables.states.as_mermaid() makes what belongs there"


ENTRIES = (
    AppSpec,
    AccessSpec,
    StageSpec,
    RuleSpec,
    When,
    ExampleSpec,
    ExamplePerson,
    *(one.model for one in KINDS),
)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.__name__)
def test_every_key_of_the_catalogue_is_in_its_documentation(entry: type[BaseModel]) -> None:
    page = (ROOT / "docs/catalogue.md").read_text()
    keys = {field.alias or name for name, field in entry.model_fields.items()}
    assert {key for key in keys if not re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`", page)} == set()


@pytest.mark.parametrize("key", MessageKey)
def test_every_message_with_its_facts_is_in_the_documentation(key: MessageKey) -> None:
    page = (ROOT / "docs/catalogue.md").read_text().partition("## `[[message]]`")[2].partition("\n## ")[0]
    words = set(re.findall(r"`([a-z_]+)(?:\('…'\))?`", page))
    assert {key.value, *MESSAGES[key].facts, *FILTERS} - words == set()


def test_the_documented_message_can_be_used() -> None:
    page = (ROOT / "docs/catalogue.md").read_text()
    (written,) = re.findall(r"```toml\n(\[\[message\]\].*?)```", page, re.DOTALL)
    assert load(written, "docs").entries["message"]


@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/catalogue.md",
        "docs/facts.md",
        "docs/lifecycle.md",
        "docs/operating/README.md",
        "docs/threats.md",
    ],
)
def test_every_link_in_the_documentation_leads_somewhere(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text())
    missing = [link for link in links if not (path.parent / link).exists()]
    assert missing == []


def test_the_page_on_facts_has_the_numbers_of_the_rules() -> None:
    page = (ROOT / "docs/facts.md").read_text()
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| ")}
    evening, morning = unusual.NIGHT
    for row, number in (
        ("Department", f"one in {unusual.RARE} "), ("Department", f"fewer than {unusual.MIN_PEERS} others"),
        ("Department", f"more than {request_facts.MOST_PEERS:,}"),
        ("History", f"at least {unusual.MIN_HELD} times"), ("Time", f"({evening}:00 to {morning}:00)"),
        ("Time", f"last {request_facts.MOST_TIMES} "), ("Time", f"fewer than {unusual.MIN_REQUESTS} earlier"),
        ("Length", f"fewer than {unusual.MIN_LENGTHS} earlier"),
        ("Approver", f"fewer than {unusual.MIN_ANSWERS} answers"),
        ("Approver", f"last {request_facts.MOST_ANSWERS} answers"),
    ):  # fmt: skip
        assert number in rows[row]
    assert f"latest {request_facts.MOST_EARLIER} for the app" in page
