"""Where in a template something stands, and what its reader says about it in plain words."""

import re
from typing import NamedTuple

from jinja2 import Environment, TemplateSyntaxError

_LEXING = Environment(autoescape=False)  # noqa: S701 - it only cuts a text into words
_WORDS = ("name", "operator", "string", "integer", "float")
_BEGINS = ("variable_begin", "block_begin")
_AT = re.compile(r" at (\d+)$")
_TAG = re.compile(r"unknown tag '(.*?)'")
_GOT = re.compile(r"got '(.*?)'$")
_SIGN = re.compile(r"unexpected char (.*?) at")
_SAID = (
    (re.compile(r"Unexpected end of template.*'endif'"), "an {% if … %} is not closed. Write {% endif %}."),
    (
        re.compile("unexpected end of template|end of comment"),
        "a tag is not closed. Write }} or %} there.",
    ),
    (re.compile("Expected an expression"), "a fact is missing in the brackets. Write one there."),
)


class _Spot(NamedTuple):
    line: int
    column: int
    kind: str
    text: str


class Spots:
    """The words of a template with their places."""

    def __init__(self, source: str) -> None:
        self._source = source

    def of(self, line: int, word: str) -> tuple[int, int]:
        """The line and column of this word in this line, or of the first tag there."""
        here = [spot for spot in self._found() if spot.line == line]
        named = (spot for spot in here if word and spot.kind in _WORDS and spot.text == word)
        begun = (spot for spot in here if spot.kind in _BEGINS)
        found = next(named, None) or next(begun, None)
        return (line, found.column) if found else (line, 1)

    def of_error(self, error: TemplateSyntaxError) -> tuple[int, int]:
        """The same for what the reader could not read."""
        said = error.message or ""
        if at := _AT.search(said):
            return self.at_offset(int(at[1]))
        named = _TAG.search(said) or _GOT.search(said)
        return self.of(error.lineno, named[1] if named else "")

    def at_offset(self, offset: int) -> tuple[int, int]:
        """The line and column of a character."""
        before = self._source[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

    def _found(self) -> list[_Spot]:
        found, offset = list[_Spot](), 0
        try:
            for _, kind, text in _LEXING.lex(self._source):
                offset = max(self._source.find(text, offset), offset)
                found.append(_Spot(*self.at_offset(offset), kind, text))
                offset += len(text)
        except TemplateSyntaxError:
            pass  # up to where it can be read
        return found


def plainly(error: TemplateSyntaxError) -> str:
    """What is wrong with it, without the reader's own words where that can be."""
    said = error.message or ""
    if tag := _TAG.search(said):
        return f"“{{% {tag[1]} %}}” cannot be used here. It can have {{{{ facts }}}} and {{% if … %}}."
    if sign := _SIGN.search(said):
        return f"the sign {sign[1]} cannot be read here. Text in brackets needs its closing quote."
    for pattern, text in _SAID:
        if pattern.search(said):
            return text
    if got := _GOT.search(said):
        return f"“{got[1]}” is not expected here. A fact stands by itself in its brackets."
    return f"cannot be read: {said.rstrip('.')}."
