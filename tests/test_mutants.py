"""The table of mutants goes with the code: see tests/mutants/README.md."""

from tests.mutants.mutant import ROOT, DoesNotApply
from tests.mutants.table import MUTANTS


def test_every_mutant_applies_once_and_names_tests_that_are_there() -> None:
    wrong: list[str] = []
    for one in MUTANTS:
        try:
            one.mutated((ROOT / one.file).read_text(encoding="utf-8"))
        except (DoesNotApply, OSError) as error:
            wrong.append(str(error))
        for test in one.tests:
            path, _, name = test.partition("::")
            file = ROOT / path
            there = file.is_file() and (
                not name or f"def {name.partition('[')[0]}(" in file.read_text(encoding="utf-8")
            )
            wrong += [] if there else [f"{one.name}: there is no {test}"]
    names = [one.name for one in MUTANTS]
    assert (wrong, len(names)) == ([], len(set(names)))
