"""Render a company's message template with a card's values, as mrkdwn.

What an admin wrote is text with Slack's bold and italics; it makes no mention and no link under other words.
Values are escaped. No error in here stops a message: where a template cannot be used, the caller gets None
and uses the standard text, and the problem is kept in the story for the audit trail.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from jinja2 import Template, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from blocks.kit.text import MAX_MENTIONS, cut, date, esc, moment
from models.registry.company_templates import CompanyTemplates, TemplateFailure
from models.text import join_words
from models.wording.grammar import parse
from models.wording.messages import MessageKey

SUBJECT_LIMIT = 300
TEXT_LIMIT = 1500
"""Characters of a text on a card, with its values filled in."""


class Mrkdwn(str):
    """Text that is mrkdwn already, so it is not escaped again."""

    __slots__ = ()


@dataclass(frozen=True)
class PersonValue:
    """A person: as shown on the card, and by name."""

    mrkdwn: str
    name: str


@dataclass(frozen=True)
class PeopleValue:
    """Several people, each as shown in the subject or on the card."""

    mrkdwn: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.mrkdwn)


Value = PersonValue | PeopleValue | datetime | str | None
ValueSource = Callable[[], Mapping[str, Value]]
"""Returns a template's values; called only if there is a template."""


def subject(words: CompanyTemplates, key: MessageKey, facts: ValueSource) -> str | None:
    """The subject by the company's template, in one line; None where the standard one holds."""
    text = _render_or_none(words, key, "subject", facts, SUBJECT_LIMIT)
    return " ".join(text.split()) or None if text else None


def text(words: CompanyTemplates, key: MessageKey, facts: ValueSource, limit: int = TEXT_LIMIT) -> str | None:
    """The text by the company's template, possibly empty; None where the standard one holds."""
    return _render_or_none(words, key, "text", facts, limit)


def render(key: MessageKey, template: str, facts: Mapping[str, Value], limit: int = TEXT_LIMIT) -> str:
    """Render a template with these values.

    Raises:
        Broken: The template cannot be used.
    """
    compiled = _compile(key, template)
    return _join_within(compiled.root_render_func(compiled.new_context(dict(facts))), limit).strip()


def _render_or_none(
    words: CompanyTemplates, key: MessageKey, name: str, facts: ValueSource, limit: int
) -> str | None:
    template = words.of(key, name)
    if template is None:
        return None
    try:
        return render(key, template, facts(), limit)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the words, the message goes out
        words.failures.append(TemplateFailure(key, name, str(error)))
        return None


@lru_cache(maxsize=512)
def _compile(key: MessageKey, source: str) -> Template:
    tree = parse(key, source)
    for node in tree.find_all(nodes.TemplateData):
        node.data = esc(node.data)
    return Template.from_code(_SAFE, _SAFE.compile(tree), {})


def _join_within(parts: Iterable[str], limit: int) -> str:
    """The first parts that fit in `limit`. No more is ever held, and no mention or date is cut in two."""
    result, room = list[str](), limit
    for part in parts:
        if len(part) > room:
            result.append("…" if "<" in part else cut(part, max(room, 1)))
            break
        result.append(part)
        room -= len(part)
    return "".join(result)


def _to_mrkdwn(value: Value) -> str:
    match value:
        case None:
            return ""
        case Mrkdwn():
            return value
        case PersonValue():
            return value.mrkdwn
        case PeopleValue():
            return join_words(value.mrkdwn, limit=MAX_MENTIONS)
        case datetime():
            return moment(value)
    return esc(value)


def _text_filter(change: Callable[[str], str]) -> Callable[[Value], str]:
    return lambda value: change(value) if isinstance(value, str) else ""


FILTERS: Mapping[str, Callable[..., Value]] = {
    "upper": _text_filter(str.upper),
    "lower": _text_filter(str.lower),
    "capitalize": _text_filter(str.capitalize),
    "name": lambda person: person.name if person else "",
    "either": lambda people: Mrkdwn(join_words(people.mrkdwn, word="or", limit=MAX_MENTIONS)),
    "date": lambda at: Mrkdwn(date(at) if at else ""),
    "default": lambda value, otherwise: value or otherwise,
}


def _sandbox() -> ImmutableSandboxedEnvironment:
    """Jinja's sandbox with our filters and nothing else. Templates have passed our grammar before."""
    environment = ImmutableSandboxedEnvironment(finalize=_to_mrkdwn, autoescape=False, cache_size=0)
    for registry in (environment.globals, environment.filters, environment.tests):
        registry.clear()
    environment.filters.update(FILTERS)
    return environment


_SAFE = _sandbox()
