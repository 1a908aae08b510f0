"""The list of messages, each with the company's own text where there is one."""

from collections.abc import Sequence

from blocks import kit
from blocks.admin.ids import AdminAction, AdminScreen
from blocks.kit import Block, View
from blocks.kit.text import cut, esc
from models.catalogue.spec.messages import template_problems
from models.lifecycle.catalogue.edit_message import MessageEntry
from models.wording.messages import MESSAGES

_EXCERPT = 200


def build(entries: Sequence[MessageEntry], above: Sequence[Block] = ()) -> View:
    """Every message, with a button that opens its form."""
    head = kit.section("Who, what, when and status are always shown.")
    blocks = [*above, head, *(block for entry in entries for block in _row(entry))]
    return kit.modal("Messages", blocks, callback_id=AdminScreen.MESSAGES, close="Back")


def _row(entry: MessageEntry) -> list[Block]:
    about, own = MESSAGES[entry.key], entry.own
    mark = " · custom text" if own else ""
    lines = [f"*{about.title}*{mark}", esc(about.when)]
    if own:
        lines += [
            f"> {cut(esc(' '.join(text.split())), _EXCERPT)}" for text in (own.subject, own.text) if text
        ]
        lines += [
            f":warning: The standard text is sent. {name.capitalize()}: {esc(text)}"
            for name, text in template_problems(own)
        ]
    edit = kit.button("Edit", AdminAction.EDIT_MESSAGE, entry.key.value)
    return [kit.divider(), kit.section("\n".join(lines), accessory=edit)]
