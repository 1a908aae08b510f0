"""Where a command writes what others read: standard output, or a file that is there whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import typer

from bot.errors import Failure


class NotWritten(Failure):
    """The file or the terminal did not take it; the cause is the OSError."""


@contextmanager
def destination(output: Path | None) -> Iterator[TextIO]:
    """A file to write to, in UTF-8 and with line ends as they are written; None is standard output.

    The file gets its name when the block ends well: nobody takes half an export for a whole one.
    Raises NotWritten; BrokenPipeError where the reader of standard output has left, which the command line
    ends on without a word.
    """
    try:
        if output is None:
            yield typer.get_text_stream("stdout", encoding="utf-8")
        else:
            with _whole(output) as file:
                yield file
    except NotWritten as error:
        raise (error.__cause__ if isinstance(error.__cause__, BrokenPipeError) else error) from None


@contextmanager
def writing() -> Iterator[None]:
    """Around what writes: its OSErrors become NotWritten, and are not taken for the database's."""
    try:
        yield
    except OSError as error:
        raise NotWritten(f"The output cannot be written: {error.strerror}.") from error


@contextmanager
def _whole(output: Path) -> Iterator[TextIO]:
    if output.exists() and not output.is_file():
        # A pipe or a device has no halves, and must not be put aside for a file.
        with _opened(output) as file:
            yield file
        return
    target = output.resolve()
    part = target.with_name(f"{target.name}.part")
    try:
        with _opened(part) as file:
            yield file
        with writing():
            part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    # What a full disk did not take is told at the closing once more.
    with writing(), path.open("w", encoding="utf-8", newline="") as file:
        yield file
