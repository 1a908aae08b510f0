"""Keep the tests' temporary files in memory where /dev/shm has room.

On a disk each commit of a database waits some milliseconds.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Bytes that must be free; containers often have 64 MB, which is too little."""


def install() -> None:
    """Set TMPDIR for this process and those that it starts, unless it is set already."""
    fits = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    if fits and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
