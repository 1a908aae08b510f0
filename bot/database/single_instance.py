"""Let only one process run on a SQLite file: a second would take over what the first has in hand."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from bot.database.connection import sqlite_file
from bot.errors import Failure


@contextmanager
def single_instance(url: str) -> Iterator[None]:
    """Lock a SQLite database against other processes inside the block; does nothing on PostgreSQL.

    The lock is on a file beside the database ("keyturn.db.lock") and goes with the process, however it ends.

    Raises:
        Failure: Another process holds the lock, or its file cannot be written.
    """
    database = sqlite_file(url)
    if database is None:
        yield
        return
    beside = database.resolve().with_name(f"{database.name}.lock")
    try:
        file = beside.open("a")
    except OSError as error:
        raise Failure(f"{beside} cannot be written: {error.strerror}.") from None
    with file:
        _lock(file, str(database))
        yield


def _lock(file: IO[str], database: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Failure(
            f"Another Keyturn is running on {database}. Stop it first, or use PostgreSQL, which any "
            "number of processes can share."
        ) from None
