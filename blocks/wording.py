"""The company's own words on a card: a checked template, filled in with a card's facts, as mrkdwn.

What an admin wrote is text with Slack's bold and italics; it makes no mention and no link under other words.
Facts come in escaped. Nothing in here fails a message: where a template cannot be used, the caller gets None
and uses the standard words, and what was wrong is kept in the story for the record.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from jinja2 import Template, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from blocks.text import cut, day, esc, in_a_row, moment
from models.wording.grammar import parse
from models.wording.messages import MessageKey
from models.wording.own import OwnWords, Trouble

SUBJECT = 300
TEXT = 1500
"""Characters that a text can have on a card, with its facts in it."""


class Shown(str):
    """Mrkdwn already."""

    __slots__ = ()


@dataclass(frozen=True)
class Who:
    """A person: as the card shows them, and by name."""

    shown: str
    name: str


@dataclass(frozen=True)
class People:
    """Several people, each as a subject or a card shows them."""

    shown: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.shown)


Value = Who | People | datetime | str | None
Facts = Callable[[], Mapping[str, Value]]
"""Gives what a template can use; asked only where there is one."""


def subject(words: OwnWords, key: MessageKey, facts: Facts) -> str | None:
    """The message's subject in the company's own words, in one line; None where the standard words hold."""
    said = _said(words, key, "subject", facts, SUBJECT)
    return " ".join(said.split()) or None if said else None


def text(words: OwnWords, key: MessageKey, facts: Facts, limit: int = TEXT) -> str | None:
    """The same for its text, which can be empty."""
    return _said(words, key, "text", facts, limit)


def render(key: MessageKey, template: str, facts: Mapping[str, Value], limit: int = TEXT) -> str:
    """A template filled in. Raises Broken where it cannot be used."""
    compiled = _compiled(key, template)
    return _fitted(compiled.root_render_func(compiled.new_context(dict(facts))), limit).strip()


def _said(words: OwnWords, key: MessageKey, name: str, facts: Facts, limit: int) -> str | None:
    template = words.of(key, name)
    if template is None:
        return None
    try:
        return render(key, template, facts(), limit)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with the words, the message goes out
        words.troubles.append(Trouble(key, name, str(error)))
        return None


@lru_cache(maxsize=512)
def _compiled(key: MessageKey, source: str) -> Template:
    tree = parse(key, source)
    for written in tree.find_all(nodes.TemplateData):
        written.data = esc(written.data)
    return Template.from_code(_SAFE, _SAFE.compile(tree), {})


def _fitted(parts: Iterable[str], limit: int) -> str:
    """As many parts as fit: no more is ever held. A mention or a moment is never cut in two."""
    kept, room = list[str](), limit
    for part in parts:
        if len(part) > room:
            kept.append("…" if "<" in part else cut(part, max(room, 1)))
            break
        kept.append(part)
        room -= len(part)
    return "".join(kept)


def _shown(value: Value) -> str:
    match value:
        case None:
            return ""
        case Shown():
            return value
        case Who():
            return value.shown
        case People():
            return in_a_row(value.shown)
        case datetime():
            return moment(value)
    return esc(value)


def _of_text(change: Callable[[str], str]) -> Callable[[Value], str]:
    return lambda value: change(value) if isinstance(value, str) else ""


def _either(people: People) -> Shown:
    return Shown(in_a_row(people.shown, word="or"))


def _date(at: datetime | None) -> Shown:
    return Shown(day(at) if at else "")


def _name(person: Who | None) -> str:
    return person.name if person else ""


def _default(value: Value, otherwise: str) -> Value:
    return value or otherwise


FILTERS: Mapping[str, Callable[..., Value]] = {
    "upper": _of_text(str.upper),
    "lower": _of_text(str.lower),
    "capitalize": _of_text(str.capitalize),
    "name": _name,
    "either": _either,
    "date": _date,
    "default": _default,
}


def _sandbox() -> ImmutableSandboxedEnvironment:
    """Jinja's sandbox, with our filters and nothing else. Our grammar has read what gets here."""
    made = ImmutableSandboxedEnvironment(finalize=_shown, autoescape=False, cache_size=0)
    for its in (made.globals, made.filters, made.tests):
        its.clear()
    made.filters.update(FILTERS)
    return made


_SAFE = _sandbox()
