"""Show on a terminal that a long command is at work, and how far it is. Elsewhere nothing is written."""

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

SILENT = 0.5
"""Seconds before anything is shown: what is done sooner needs no words."""
INTERVAL = 0.2
"""Seconds between two looks at the count."""
CLEAR = "\r\x1b[K"
"""To the line's beginning, and erase what stands there."""


class Progress:
    """A line on a terminal: what is done, how many of how many, and for how many seconds by now."""

    def __init__(self, text: str, total: int | None, stream: TextIO) -> None:
        self.text, self.total, self.count = text, total, 0
        self._stream, self._started = stream, time.monotonic()
        self._shown = False
        self._ended, self._lock = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._draw_until_ended, name="progress", daemon=True)

    def start(self) -> None:
        """Show it from now on, by a thread of its own: the work may hold up the event loop."""
        self._thread.start()

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Take the line away while something else is written in the block; it comes back at the next look."""
        with self._lock:
            if self._shown:
                self._stream.write(CLEAR)
                self._stream.flush()
                self._shown = False
            yield

    def end(self) -> None:
        """Take the line away for good."""
        self._ended.set()
        self._thread.join()
        with self.hidden():
            pass

    def _draw_until_ended(self) -> None:
        pause = SILENT
        while not self._ended.wait(pause):
            pause = INTERVAL
            with self._lock:
                width = shutil.get_terminal_size().columns
                self._stream.write(f"{CLEAR}{self._line()[: width - 1]}")
                self._stream.flush()
                self._shown = True

    def _line(self) -> str:
        of = f" of {self.total:,}" if self.total is not None else ""
        number = f" {self.count:,}{of}" if self.count else ""
        return f"{self.text}…{number} ({time.monotonic() - self._started:.0f} s)"


@contextmanager
def progress(text: str, total: int | None = None, stream: TextIO | None = None) -> Iterator[Progress | None]:
    """Show the line on `stream` (standard error) while the block runs; None where that is no terminal."""
    stream = stream or sys.stderr
    if not stream.isatty():
        yield None
        return
    line = Progress(text, total, stream)
    line.start()
    try:
        yield line
    finally:
        line.end()
