"""The forms by which a second admin decides on a change: they show it whole, and have room for a comment."""

from collections.abc import Iterator
from enum import StrEnum

from blocks import kit
from blocks.answers import Values, typed
from blocks.cards.change import heading
from blocks.kit import Block, View
from blocks.text import cut, esc
from models.tables.catalogue_changes import Proposal

NOTE = "note"
NOTE_LIMIT = 1000
SENTENCE = 2900
_ROOM = 2900
_MOST = 90
"""Sections; a modal holds 100 blocks."""


class ChangeForm(StrEnum):
    """The forms, by callback id."""

    APPROVE = "change.approve"
    REJECT = "change.reject"


def approve(proposal: Proposal) -> View:
    """Asks "are you sure" with every word of the difference."""
    return _form(ChangeForm.APPROVE, "Approve change", proposal)


def reject(proposal: Proposal) -> View:
    """Asks why."""
    return _form(ChangeForm.REJECT, "Reject change", proposal)


def parse(values: Values) -> str:
    """The comment; empty where none was written."""
    return typed(values, NOTE)


def _form(form: ChangeForm, title: str, proposal: Proposal) -> View:
    element = kit.text_input("text", multiline=True, limit=NOTE_LIMIT)
    comment = kit.input_block("Comment", element, block_id=NOTE, hint="Its author reads it.", optional=True)
    blocks = [kit.section(f"*{heading(proposal)}*"), *list(_words(proposal))[:_MOST], comment]
    carries = {"ref": proposal.ref, "edition": str(proposal.edition)}
    return kit.modal(title, blocks, callback_id=form, submit=title, carries=carries)


def _words(proposal: Proposal) -> Iterator[Block]:
    """All sentences, in as many sections as they need."""
    here = ""
    for sentence in proposal.words:
        line = f"• {cut(esc(str(sentence)), SENTENCE)}"
        if here and len(here) + len(line) + 1 > _ROOM:
            yield kit.section(here)
            here = ""
        here = f"{here}\n{line}" if here else line
    if here:
        yield kit.section(here)
