"""What is said under a card: replies in its thread."""

from blocks import kit
from blocks.kit import Message
from blocks.text import cut, esc, mention, quote


def reply(person_id: str, text: str) -> Message:
    """Somebody's comment, for those who look at another copy of the card."""
    shown = f"{mention(person_id)}\n{quote(text, 2500)}"
    return Message(text=f"{mention(person_id)}: {cut(esc(text), 300)}", blocks=[kit.section(shown)])
