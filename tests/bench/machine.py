"""What the measurements run on: which disk, how long its fsync takes, and one whose fsync takes 2 ms."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

SLOW = 0.002
"""Seconds that fsync takes on the disk that is the same everywhere."""
_SOURCE = """
#include <time.h>
static int wait_for_it(void) {
    struct timespec time = {0, 2000000};
    return clock_nanosleep(CLOCK_MONOTONIC, 0, &time, 0);
}
int fsync(int file) { (void)file; return wait_for_it(); }
int fdatasync(int file) { (void)file; return wait_for_it(); }
"""


@dataclass(frozen=True)
class Disk:
    """Where the databases of the measurements lie."""

    device: str
    filesystem: str
    fsync: float
    """Seconds that it takes to have 4 KiB on it, the median."""

    def __str__(self) -> str:
        return f"{self.device} ({self.filesystem}), where fsync takes {self.fsync * 1000:.2f} ms"


def disk() -> Disk:
    """The one that temporary files lie on; TMPDIR names another."""
    folder = Path(tempfile.gettempdir()).resolve()
    device, filesystem = _mounted(folder)
    return Disk(device, filesystem, fsync_time(folder))


def fsync_time(folder: Path, times: int = 50) -> float:
    """The median seconds of an fsync of 4 KiB in this folder."""
    took = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for _ in range(times):
            file.write(b"x" * 4096)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return median(took)


@contextmanager
def slow_disk() -> Iterator[dict[str, str] | None]:
    """The environment of processes for which each fsync takes 2 ms, whatever the disk; None without cc.

    The real one is not done, so the machine's disk does not matter.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        print("    skipped: the 2 ms disk needs a C compiler (cc), and there is none")  # noqa: T201
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="keyturn-bench-") as folder:
        source, library = Path(folder, "slow.c"), Path(folder, "slow.so")
        source.write_text(_SOURCE)
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(source)], check=True)
        yield {"LD_PRELOAD": str(library)}


def _mounted(folder: Path) -> tuple[str, str]:
    """The device and the file system of a folder."""
    found = ("unknown device", "unknown file system")
    longest = -1
    mounts = Path("/proc/self/mounts")
    for line in mounts.read_text().splitlines() if mounts.exists() else ():
        device, point, filesystem, *_ = line.split()
        if folder.is_relative_to(point) and len(point) > longest:
            found, longest = (device, filesystem), len(point)
    return found
