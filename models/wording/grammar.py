"""The grammar of templates: text, facts, a few filters and conditions. All else is refused, at its place."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, cast

from jinja2 import Environment, TemplateSyntaxError, nodes

from models.text import did_you_mean
from models.wording.messages import FILTERS, MESSAGES, Fact, FactType, MessageKey

MAX_CHARACTERS = 2000
"""Of a template."""
MAX_IF_DEPTH = 5
MAX_EXPRESSION_DEPTH = 20

_JINJA = Environment(autoescape=False)  # noqa: S701 - it only parses: nothing is rendered by it
_USE = "It can have {{ facts }} and {% if … %}."
_NO_FACT = f"there is something in the brackets that cannot be used. {_USE}"
_NO_TEXT = "a number or a switch cannot be used here. Write text in quotes."
_STATEMENT_NAMES: dict[type[nodes.Node], str] = {
    nodes.For: "for", nodes.Macro: "macro", nodes.Assign: "set", nodes.AssignBlock: "set",
    nodes.Include: "include", nodes.Import: "import", nodes.FromImport: "from", nodes.Extends: "extends",
    nodes.Block: "block", nodes.CallBlock: "call", nodes.FilterBlock: "filter", nodes.With: "with",
    nodes.ScopedEvalContextModifier: "autoescape",
}  # fmt: skip
_COMPARISONS = ("eq", "ne")


class TemplateError(ValueError):
    """A template that cannot be used: where, counted from 1, and what is wrong with it."""

    def __init__(self, line: int, column: int, text: str) -> None:
        super().__init__(f"Line {line}, column {column}: {text}")
        self.line, self.column, self.text = line, column, text


@lru_cache(maxsize=1024)
def find_error(key: MessageKey, source: str) -> TemplateError | None:
    """What is wrong with a template for this message; None if nothing is."""
    try:
        parse(key, source)
    except TemplateError as error:
        return error
    return None


def parse(key: MessageKey, source: str) -> nodes.Template:
    """Parse a template into a tree that holds nothing but what is allowed.

    Raises:
        TemplateError: with the place and a sentence of what is wrong.
    """
    positions = TokenPositions(source)
    if len(source) > MAX_CHARACTERS:
        line, column = positions.at_offset(MAX_CHARACTERS)
        raise TemplateError(
            line, column, f"from here on it is longer than {MAX_CHARACTERS} characters. Shorten it."
        )
    try:
        tree = _JINJA.parse(source)
        _Validator(MESSAGES[key].facts, positions).body(tree.body, 0)
    except TemplateSyntaxError as error:
        raise TemplateError(*positions.of_error(error), explain_syntax_error(error)) from None
    except (RecursionError, MemoryError):
        raise TemplateError(1, 1, "there is too much inside one another. Say it more simply.") from None
    return tree


class _Validator:
    """Checks the tree of a template of a message that has these facts."""

    def __init__(self, facts: Mapping[str, Fact], positions: "TokenPositions") -> None:
        self._facts, self._positions = facts, positions

    def body(self, body: list[nodes.Node], depth: int) -> None:
        for node in body:
            if isinstance(node, nodes.Output):
                for output in node.nodes:
                    if not isinstance(output, nodes.TemplateData):
                        self._value(output, 0)
            elif isinstance(node, nodes.If):
                self._if(node, depth + 1)
            else:
                word = _STATEMENT_NAMES.get(type(node), "")
                raise self._refused(node, word, f"“{{% {word or '…'} %}}” cannot be used here. {_USE}")

    def _if(self, node: nodes.If, depth: int) -> None:
        if depth > MAX_IF_DEPTH:
            raise self._refused(node, "if", f"more than {MAX_IF_DEPTH} conditions stand inside one another.")
        self._condition(cast("nodes.Expr", node.test), 0)
        self.body(node.body, depth)
        for branch in node.elif_:
            self._if(branch, depth)
        self.body(node.else_, depth)

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
        if any(operand.op not in _COMPARISONS for operand in node.ops):
            raise self._refused(node, "", "things are compared with == and != only.")
        for compared in (node.expr, *(operand.expr for operand in node.ops)):
            self._value(compared, depth)

    def _value(self, node: nodes.Expr, depth: int) -> FactType:
        self._not_too_deep(node, depth)
        match node:
            case nodes.Name():
                return self._fact(node)
            case nodes.Const(value=str()):
                return FactType.TEXT
            case nodes.Const():
                raise self._refused(node, "", _NO_TEXT)
            case nodes.Filter(node=nodes.Expr()):
                return self._filter(node, depth)
            case _:
                raise self._refused(node, "", _NO_FACT)

    def _fact(self, node: nodes.Name) -> FactType:
        fact = self._facts.get(node.name)
        if fact is None:
            hint = did_you_mean(node.name, list(self._facts))
            raise self._refused(node, node.name, f"“{node.name}” is no fact of this message. {hint}")
        return fact.sort

    def _filter(self, node: nodes.Filter, depth: int) -> FactType:
        spec = FILTERS.get(node.name)
        if spec is None:
            text = f"“{node.name}” is no filter. {did_you_mean(node.name, list(FILTERS))}"
            raise self._refused(node, node.name, text)
        sort = self._value(cast("nodes.Expr", node.node), depth + 1)
        if sort not in spec.takes:
            text = f"“{node.name}” is not for a {sort}; it is for {', '.join(sorted(spec.takes))}."
            raise self._refused(node, node.name, text)
        words = [arg for arg in node.args if isinstance(arg, nodes.Const) and isinstance(arg.value, str)]
        more = [*node.kwargs, node.dyn_args, node.dyn_kwargs]
        if len(node.args) != spec.words or len(words) != spec.words or any(more):
            expected = "one text in quotes" if spec.words else "nothing"
            raise self._refused(node, node.name, f"“{node.name}” takes {expected} in brackets.")
        return FactType.TEXT if spec.words and sort is FactType.TEXT else spec.gives

    def _not_too_deep(self, node: nodes.Node, depth: int) -> None:
        if depth > MAX_EXPRESSION_DEPTH:
            raise self._refused(node, "", "the condition is too long. Say it more simply.")

    def _refused(self, node: nodes.Node, word: str, text: str) -> TemplateError:
        token = word or next((name.name for name in node.find_all(nodes.Name)), "")
        return TemplateError(*self._positions.of(node.lineno, token), text)


_WORDS = ("name", "operator", "string", "integer", "float")
_BEGINS = ("variable_begin", "block_begin")
_AT = re.compile(r" at (\d+)$")
_TAG = re.compile(r"unknown tag '(.*?)'")
_GOT = re.compile(r"got '(.*?)'$")
_SIGN = re.compile(r"unexpected char (.*?) at")
_EXPLANATIONS = (
    (re.compile(r"Unexpected end of template.*'endif'"), "an {% if … %} is not closed. Write {% endif %}."),
    (
        re.compile("unexpected end of template|end of comment"),
        "a tag is not closed. Write }} or %} there.",
    ),
    (re.compile("Expected an expression"), "a fact is missing in the brackets. Write one there."),
)


class _Token(NamedTuple):
    line: int
    column: int
    kind: str
    text: str


class TokenPositions:
    """The lines and columns of a template's tokens, counted from 1."""

    def __init__(self, source: str) -> None:
        self._source = source

    def of(self, line: int, word: str) -> tuple[int, int]:
        """The position of this word in this line, or else of the first tag there."""
        tokens = [token for token in self._tokens() if token.line == line]
        words = (token for token in tokens if word and token.kind in _WORDS and token.text == word)
        tags = (token for token in tokens if token.kind in _BEGINS)
        token = next(words, None) or next(tags, None)
        return (line, token.column) if token else (line, 1)

    def of_error(self, error: TemplateSyntaxError) -> tuple[int, int]:
        """The position that a syntax error is about."""
        message = error.message or ""
        if at := _AT.search(message):
            return self.at_offset(int(at[1]))
        word = _TAG.search(message) or _GOT.search(message)
        return self.of(error.lineno, word[1] if word else "")

    def at_offset(self, offset: int) -> tuple[int, int]:
        """The position of a character, whose `offset` counts from 0."""
        before = self._source[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1

    def _tokens(self) -> list[_Token]:
        tokens, offset = list[_Token](), 0
        try:
            for _, kind, text in _JINJA.lex(self._source):
                offset = max(self._source.find(text, offset), offset)
                tokens.append(_Token(*self.at_offset(offset), kind, text))
                offset += len(text)
        except TemplateSyntaxError:
            pass  # up to where it can be read
        return tokens


def explain_syntax_error(error: TemplateSyntaxError) -> str:
    """A syntax error in plain words; in Jinja's own only where the error is none of those known here."""
    message = error.message or ""
    if tag := _TAG.search(message):
        return f"“{{% {tag[1]} %}}” cannot be used here. It can have {{{{ facts }}}} and {{% if … %}}."
    if sign := _SIGN.search(message):
        return f"the sign {sign[1]} cannot be read here. Text in brackets needs its closing quote."
    for pattern, text in _EXPLANATIONS:
        if pattern.search(message):
            return text
    if got := _GOT.search(message):
        return f"“{got[1]}” is not expected here. A fact stands by itself in its brackets."
    return f"cannot be read: {message.rstrip('.')}."
