"""Try mutants in a copy of the repository, so that nobody who works in it sees them."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from itertools import count
from pathlib import Path

from tests.mutants.mutant import ROOT, DoesNotApply, Mutant

PATIENCE = 150
"""Seconds for the tests of one mutant; those that hang have noticed it."""
OPTIONS = (
    "-n", "0", "-x", "-p", "no:cacheprovider", "-p", "tests.mutants.no_shrinking",
    "-q", "--no-header", "--tb=line",
)  # fmt: skip
PASSED, FAILED = 0, 1


class Found(StrEnum):
    """What came of a mutant."""

    NOTICED = "noticed"
    HUNG = "noticed (a test hangs)"
    UNNOTICED = "NOT NOTICED"
    DOES_NOT_APPLY = "DOES NOT APPLY"
    DOES_NOT_RUN = "DOES NOT RUN"
    """pytest found no such test, or could not import something: that shows nothing."""
    RED_BEFORE = "RED BEFORE"
    """The tests fail without the change too."""

    @property
    def good(self) -> bool:
        return self in (Found.NOTICED, Found.HUNG)


class Copy:
    """A copy of the working tree, as it was at one moment."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._compiled = folder / "code", folder / "compiled"
        self._moments = count(int(time.time()) + 10)
        for name in _listed():
            if (ROOT / name).is_file():
                (self._folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self._folder / name)

    def try_out(self, mutant: Mutant) -> tuple[Found, str]:
        """Apply it, run its tests, and take it back; says what came of it, and pytest's last words."""
        path = self._folder / mutant.file
        source = path.read_text(encoding="utf-8")
        try:
            mutated = mutant.mutated(source)
        except DoesNotApply as error:
            return Found.DOES_NOT_APPLY, str(error)
        self._write(path, mutated)
        try:
            code, said = self.run(mutant.tests)
        finally:
            self._write(path, source)
        known = {FAILED: Found.NOTICED, PASSED: Found.UNNOTICED, None: Found.HUNG}
        return known.get(code, Found.DOES_NOT_RUN), said

    def run(self, tests: Iterable[str], patience: float = PATIENCE) -> tuple[int | None, str]:
        """Run these tests; pytest's exit code (None: they took too long) and the end of what it said."""
        environment = os.environ | {
            "PYTHONPATH": str(self._folder),
            "PYTHONPYCACHEPREFIX": str(self._compiled),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *OPTIONS, *tests],
            cwd=self._folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            return None, f"nothing after {patience:g} s"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return process.returncode, said

    def _write(self, path: Path, source: str) -> None:
        path.write_text(source, encoding="utf-8")
        # Python takes what it compiled before for the same where time (in seconds) and length are.
        moment = next(self._moments)
        os.utime(path, (moment, moment))


@contextmanager
def copied() -> Iterator[Copy]:
    """A copy for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="keyturn-mutants-") as folder:
        yield Copy(Path(folder))


def _listed() -> list[str]:
    """The files that git knows, and new ones that it does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(set(filter(None, listed.split("\0"))))
