"""Where tests keep their files: in memory, where that is a folder with room.

A database waits for the disk at each commit, milliseconds each time; what is written and read is the same.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Bytes that have to be free: containers often have 64 MB, which do not do."""


def use() -> None:
    """From now on in this process, and in those that it starts; where a place is named already, that one."""
    fits = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    if fits and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)
