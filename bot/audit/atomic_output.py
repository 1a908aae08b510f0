"""Write a command's output to standard output, or to a file that is replaced whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import typer

from bot.errors import Failure


class NotWritten(Failure):
    """The file or the terminal did not take it; the cause is the OSError."""


@contextmanager
def open_output(output: Path | None) -> Iterator[TextIO]:
    """A file to write to, in UTF-8 and with line ends as they are written; None is standard output.

    The file gets its name when the block ends well: nobody takes half an export for a whole one.

    Raises:
        NotWritten: The output cannot be written.
        BrokenPipeError: The reader of standard output has left, which the command line ends on without a
            word.
    """
    try:
        if output is None:
            yield typer.get_text_stream("stdout", encoding="utf-8")
        else:
            with _replace_on_success(output) as file:
                yield file
    except NotWritten as error:
        raise (error.__cause__ if isinstance(error.__cause__, BrokenPipeError) else error) from None


@contextmanager
def translate_write_errors() -> Iterator[None]:
    """Raise NotWritten for OSErrors of what writes, so that they are not taken for the database's.

    Raises:
        NotWritten: Writing has failed inside the block.
    """
    try:
        yield
    except OSError as error:
        raise NotWritten(f"The output cannot be written: {error.strerror}.") from error


@contextmanager
def _replace_on_success(output: Path) -> Iterator[TextIO]:
    if output.exists() and not output.is_file():
        # A pipe or a device has no halves, and must not be put aside for a file.
        with _open(output) as file:
            yield file
        return
    target = output.resolve()
    part = target.with_name(f"{target.name}.part")
    try:
        with _open(part) as file:
            yield file
        with translate_write_errors():
            part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def _open(path: Path) -> Iterator[TextIO]:
    # What a full disk did not take is told at the closing once more.
    with translate_write_errors(), path.open("w", encoding="utf-8", newline="") as file:
        yield file
