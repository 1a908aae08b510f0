"""Try mutants: `python -m tests.mutants` all of them, `python -m tests.mutants NAME …` some."""

import argparse
import sys

from tests.mutants.mutant import Mutant
from tests.mutants.run_mutants import PASSED, Copy, Found, copied
from tests.mutants.table import MUTANTS

LAST = 12
"""Lines of what pytest said, shown where something is wrong."""


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command speaks on stdout


def chosen(names: list[str]) -> list[Mutant]:
    """Those of these names; all where none is named."""
    known = {one.name: one for one in MUTANTS}
    if not names:
        return list(MUTANTS)
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"There is no mutant {', '.join(unknown)}. Those that there are: {', '.join(known)}.")
    return [known[name] for name in names]


def red_before(copy: Copy, mutants: list[Mutant]) -> set[str]:
    """The mutants of which a test fails without any change: they would show nothing."""
    every = list(dict.fromkeys(test for one in mutants for test in one.tests))
    say(f"without a change: {len(every)} tests …")
    if copy.run(every, patience=1800)[0] == PASSED:
        return set()
    passes = {test: copy.run([test])[0] == PASSED for test in every}
    for test in every:
        if not passes[test]:
            say(f"  fails without any change: {test}")
    return {one.name for one in mutants if not all(passes[test] for test in one.tests)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    parser.add_argument("--list", action="store_true", help="say which there are, and try none")
    wanted = parser.parse_args()
    mutants = chosen(wanted.names)
    if wanted.list:
        for one in mutants:
            say(f"{one.name:<34} {one.about:<28} {one.file}")
        return 0
    bad: list[str] = []
    with copied() as copy:
        red = red_before(copy, mutants)
        for one in mutants:
            found, said = (Found.RED_BEFORE, "") if one.name in red else copy.try_out(one)
            say(f"{found:<24} {one.name} ({one.about})")
            if not found.good:
                bad.append(one.name)
                say("".join(f"    {line}\n" for line in said.splitlines()[-LAST:]).rstrip())
    say(f"{len(mutants) - len(bad)} of {len(mutants)} noticed." + (f" Not: {', '.join(bad)}." if bad else ""))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
