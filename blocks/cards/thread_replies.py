"""Replies in a card's thread: the messages posted there, and the plain text of what people write."""

import re
from collections.abc import Mapping

from blocks import kit
from blocks.cards.phrases import term_text
from blocks.kit import Message
from blocks.kit.text import cut, esc, mention, quote, unescape
from models.tables.base import Json
from models.tables.requests import Term

_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_PERSON = re.compile(r"@([UW][A-Z0-9]+)")


def comment_reply(person_id: str, text: str) -> Message:
    """A comment, for the people who have another copy of the card."""
    body = f"{mention(person_id)}\n{quote(text, 2500)}"
    return Message(text=f"{mention(person_id)}: {cut(esc(text), 300)}", blocks=[kit.section(body)])


def term_change_reply(person_id: str, before: Json, after: Json) -> Message:
    """The notice that an approver changed the duration. `before` and `after` are terms as stored."""
    was, now = (term_text(Term.from_json(term)) for term in (before, after))
    text = f"{mention(person_id)} changed the duration: {was} → *{now}*"
    return Message(text=text, blocks=[kit.section(text)])


def sentence_reply(text: str) -> Message:
    """A sentence that could not be shown in the form or card where it belongs."""
    return Message(text=esc(text), blocks=[kit.section(esc(text))])


def mentioned_people(text: str) -> set[str]:
    """The ids of the people that a message mentions."""
    return {person[1] for mark in _MARK.finditer(text) if (person := _PERSON.fullmatch(mark[1]))}


def plain_text(text: str, names: Mapping[str, str]) -> str:
    """A message as its writer saw it: mentions by name (`names` is by id), links as their text."""
    return unescape(_MARK.sub(lambda mark: _readable(mark[1], mark[2], names), text))


def _readable(target: str, label: str | None, names: Mapping[str, str]) -> str:
    person = _PERSON.fullmatch(target)
    if person:
        return f"@{label or names.get(person[1], person[1])}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return f"@{(label or target[1:].partition('^')[0]).lstrip('@')}"
    return label if label is not None and label in target else " ".join(filter(None, (label, target)))
