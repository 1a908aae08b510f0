"""What is said under a card, as replies in its thread, and what is said without one."""

from blocks import kit
from blocks.cards.words import lasting
from blocks.kit import Message
from blocks.text import cut, esc, mention, quote
from models.tables.base import Json
from models.tables.requests import Term


def reply(person_id: str, text: str) -> Message:
    """Somebody's comment, for those who look at another copy of the card."""
    shown = f"{mention(person_id)}\n{quote(text, 2500)}"
    return Message(text=f"{mention(person_id)}: {cut(esc(text), 300)}", blocks=[kit.section(shown)])


def term_changed(person_id: str, before: Json, after: Json) -> Message:
    """An approver gives it for another time than before."""
    was, now = (lasting(Term.from_json(one)) for one in (before, after))
    said = f"{mention(person_id)} changed how long you have it: {was} → *{now}*"
    return Message(text=said, blocks=[kit.section(said)])


def told(text: str) -> Message:
    """A sentence that could not be shown where it belongs."""
    return Message(text=esc(text), blocks=[kit.section(esc(text))])
