"""One process for one SQLite file: a second would corrupt what the first believes to be its own."""

import fcntl
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from sqlalchemy import make_url

from bot.failure import Failure


class OnlyOne:
    """Holds the lock of a SQLite database's file while it is entered; PostgreSQL needs none.

    The lock is on a file beside it ("keyturn.db.lock") and goes with the process, however that ends. Raises
    Failure where another process has it.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._path = Path(f"{parsed.database}.lock") if parsed.get_backend_name() == "sqlite" else None
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._file = self._path.open("a")
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self.release()
                raise Failure(
                    f"Another Keyturn runs on {self._path.with_suffix('')}. Stop it first, or use "
                    "PostgreSQL, which any number of processes can share."
                ) from None
            except OSError as error:
                raise Failure(f"{self._path} cannot be written: {error.strerror}.") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Let the file go; another process may take it."""
        if self._file is not None:
            self._file.close()
            self._file = None
