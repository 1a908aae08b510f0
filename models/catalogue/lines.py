"""On which line of a TOML text something stands. The parser of the standard library does not say."""

import re
from collections import Counter

from models.catalogue.problems import Path

_TOKENS = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*',
    re.DOTALL,
)
_HEADER = re.compile(r"\s*(\[\[?)\s*([\w-]+(?:\s*\.\s*[\w-]+)*)\s*\]")
_KEY = re.compile(r"\s*([\w-]+)\s*=")


class Lines:
    """The lines of a TOML text that can be parsed, found by its headings and the keys at line starts."""

    def __init__(self, text: str) -> None:
        self._found: dict[Path, int] = {}
        self._counts: Counter[Path] = Counter()
        here: Path = ()
        for number, line in enumerate(_TOKENS.sub(_without_lines, text).split("\n"), start=1):
            if header := _HEADER.match(line):
                here = self._enter(header[2], number, listed=header[1] == "[[")
                self._found.setdefault(here, number)
            elif key := _KEY.match(line):
                self._found.setdefault((*here, key[1]), number)

    def of(self, path: Path) -> int | None:
        """The line of the innermost part of this path that has one."""
        parts = (path[:end] for end in range(len(path), 0, -1))
        return next((self._found[part] for part in parts if part in self._found), None)

    def _enter(self, header: str, number: int, *, listed: bool) -> Path:
        path: Path = ()
        *outer, last = (part.strip() for part in header.split("."))
        for part in outer:
            path = (*path, part)
            if self._counts[path]:
                path = (*path, self._counts[path] - 1)
        path = (*path, last)
        if listed:
            self._found.setdefault(path, number)
            self._counts[path] += 1
            path = (*path, self._counts[path] - 1)
        return path


def _without_lines(token: re.Match[str]) -> str:
    """Comments go, and of a text over several lines only the line breaks stay."""
    text = token[0]
    if text.startswith("#"):
        return ""
    return "\n" * text.count("\n") if text.startswith(('"""', "'''")) else text
