"""What a template may be: text, facts, a few filters and conditions. All else is refused, at its place."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, cast

from jinja2 import Environment, TemplateSyntaxError, nodes

from models.did_you_mean import did_you_mean
from models.wording.messages import FILTERS, MESSAGES, Fact, MessageKey, Sort

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


LONGEST = 2000
"""Characters of a template."""
DEEPEST_IF = 5
DEEPEST_EXPRESSION = 20

_READING = Environment(autoescape=False)  # noqa: S701 - it only reads: nothing is rendered by it
_USE = "It can have {{ facts }} and {% if … %}."
_NO_FACT = f"there is something in the brackets that cannot be used. {_USE}"
_NO_TEXT = "a number or a switch cannot be used here. Write text in quotes."
_CALLED: dict[type[nodes.Node], str] = {
    nodes.For: "for", nodes.Macro: "macro", nodes.Assign: "set", nodes.AssignBlock: "set",
    nodes.Include: "include", nodes.Import: "import", nodes.FromImport: "from", nodes.Extends: "extends",
    nodes.Block: "block", nodes.CallBlock: "call", nodes.FilterBlock: "filter", nodes.With: "with",
    nodes.ScopedEvalContextModifier: "autoescape",
}  # fmt: skip
_COMPARED = ("eq", "ne")


class Broken(ValueError):
    """A template that cannot be used: where, counted from 1, and what is wrong with it."""

    def __init__(self, line: int, column: int, text: str) -> None:
        super().__init__(f"Line {line}, column {column}: {text}")
        self.line, self.column, self.text = line, column, text


@lru_cache(maxsize=1024)
def wrong(key: MessageKey, source: str) -> Broken | None:
    """What is wrong with this template for this message; None if nothing is."""
    try:
        parse(key, source)
    except Broken as broken:
        return broken
    return None


def parse(key: MessageKey, source: str) -> nodes.Template:
    """The template as a tree in which nothing is but what is allowed. Raises Broken."""
    spots = Spots(source)
    if len(source) > LONGEST:
        line, column = spots.at_offset(LONGEST)
        raise Broken(line, column, f"from here on it is longer than {LONGEST} characters. Shorten it.")
    try:
        tree = _READING.parse(source)
        _Reading(MESSAGES[key].facts, spots).body(tree.body, 0)
    except TemplateSyntaxError as error:
        raise Broken(*spots.of_error(error), plainly(error)) from None
    except (RecursionError, MemoryError):
        raise Broken(1, 1, "there is too much inside one another. Say it more simply.") from None
    return tree


class _Reading:
    """Walks over a template of a message with these facts."""

    def __init__(self, facts: Mapping[str, Fact], spots: Spots) -> None:
        self._facts, self._spots = facts, spots

    def body(self, body: list[nodes.Node], depth: int) -> None:
        for node in body:
            if isinstance(node, nodes.Output):
                for one in node.nodes:
                    self._output(one)
            elif isinstance(node, nodes.If):
                self._if(node, depth + 1)
            else:
                word = _CALLED.get(type(node), "")
                raise self._refused(node, word, f"“{{% {word or '…'} %}}” cannot be used here. {_USE}")

    def _if(self, node: nodes.If, depth: int) -> None:
        if depth > DEEPEST_IF:
            raise self._refused(node, "if", f"more than {DEEPEST_IF} conditions stand inside one another.")
        self._condition(cast("nodes.Expr", node.test), 0)
        self.body(node.body, depth)
        for other in node.elif_:
            self._if(other, depth)
        self.body(node.else_, depth)

    def _output(self, node: nodes.Expr) -> None:
        if not isinstance(node, nodes.TemplateData):
            self._value(node, 0)

    def _condition(self, node: nodes.Expr, depth: int) -> None:
        self._not_too_deep(node, depth)
        match node:
            case nodes.And() | nodes.Or():
                self._condition(node.left, depth + 1)
                self._condition(node.right, depth + 1)
            case nodes.Not():
                self._condition(node.node, depth + 1)
            case nodes.Compare():
                self._comparison(node, depth + 1)
            case _:
                self._value(node, depth + 1)

    def _comparison(self, node: nodes.Compare, depth: int) -> None:
        if any(one.op not in _COMPARED for one in node.ops):
            raise self._refused(node, "", "things are compared with == and != only.")
        for one in (node.expr, *(operand.expr for operand in node.ops)):
            self._value(one, depth)

    def _value(self, node: nodes.Expr, depth: int) -> Sort:
        self._not_too_deep(node, depth)
        match node:
            case nodes.Name():
                return self._fact(node)
            case nodes.Const(value=str()):
                return Sort.TEXT
            case nodes.Const():
                raise self._refused(node, "", _NO_TEXT)
            case nodes.Filter(node=nodes.Expr()):
                return self._filter(node, depth)
            case _:
                raise self._refused(node, "", _NO_FACT)

    def _fact(self, node: nodes.Name) -> Sort:
        fact = self._facts.get(node.name)
        if fact is None:
            raise self._refused(
                node, node.name, f"“{node.name}” is no fact of this message. {self._meant(node)}"
            )
        return fact.sort

    def _meant(self, node: nodes.Name) -> str:
        return did_you_mean(node.name, list(self._facts))

    def _filter(self, node: nodes.Filter, depth: int) -> Sort:
        known = FILTERS.get(node.name)
        if known is None:
            said = f"“{node.name}” is no filter. {did_you_mean(node.name, list(FILTERS))}"
            raise self._refused(node, node.name, said)
        sort = self._value(cast("nodes.Expr", node.node), depth + 1)
        if sort not in known.takes:
            said = f"“{node.name}” is not for a {sort}; it is for {', '.join(sorted(known.takes))}."
            raise self._refused(node, node.name, said)
        words = [one for one in node.args if isinstance(one, nodes.Const) and isinstance(one.value, str)]
        more = [*node.kwargs, node.dyn_args, node.dyn_kwargs]
        if len(node.args) != known.words or len(words) != known.words or any(more):
            wanted = "one text in quotes" if known.words else "nothing"
            raise self._refused(node, node.name, f"“{node.name}” takes {wanted} in brackets.")
        return Sort.TEXT if known.words and sort is Sort.TEXT else known.gives

    def _not_too_deep(self, node: nodes.Node, depth: int) -> None:
        if depth > DEEPEST_EXPRESSION:
            raise self._refused(node, "", "the condition is too long. Say it more simply.")

    def _refused(self, node: nodes.Node, word: str, text: str) -> Broken:
        named = word or next((one.name for one in node.find_all(nodes.Name)), "")
        return Broken(*self._spots.of(node.lineno, named), text)
