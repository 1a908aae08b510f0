"""The core keeps its shape: verbs are pure, and what carries them does not grow into an ORM."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import errors

MODELS = Path(__file__).parents[2] / "models"
VERBS = sorted((MODELS / "lifecycle").rglob("*.py"))
MOST_LINES = 600
REFUSALS = {name for name, value in vars(errors).items() if isinstance(value, type)}
IMPURE = {"sqlalchemy.orm", "asyncio", "models.clock", "models.store.base", "models.store.save"}


def names(path: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def test_case_outcome_and_save_stay_small() -> None:
    files = [MODELS / "store" / f"{name}.py" for name in ("case", "outcome", "save")]
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) < MOST_LINES


@pytest.mark.parametrize("path", VERBS, ids=lambda path: str(path.relative_to(MODELS)))
def test_a_verb_waits_for_nothing_and_knows_no_session_and_no_clock(path: Path) -> None:
    nodes = list(names(path))
    assert not [node for node in nodes if isinstance(node, ast.AsyncFunctionDef | ast.Await)]
    imported = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    assert not imported & IMPURE
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    asked = {f"{ast.unparse(call)}" for call in calls if isinstance(call, ast.Attribute)}
    assert not asked & {"datetime.now", "datetime.utcnow", "time.time", "date.today"}


@pytest.mark.parametrize("path", VERBS, ids=lambda path: str(path.relative_to(MODELS)))
def test_no_verb_goes_on_after_anothers_refusal(path: Path) -> None:
    """What the other had collected by then would stay."""
    handlers = [node.type for node in names(path) if isinstance(node, ast.ExceptHandler) and node.type]
    caught = {name.id for handler in handlers for name in ast.walk(handler) if isinstance(name, ast.Name)}
    assert not caught & REFUSALS
