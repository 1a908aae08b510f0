"""The forms by which a second admin decides on a catalogue change: the whole difference, and a comment."""

from collections.abc import Iterator
from enum import StrEnum

from blocks import kit
from blocks.cards.catalogue_change import heading
from blocks.kit import Block, View
from blocks.kit.inputs import Values, text_of
from blocks.kit.text import cut, esc
from models.tables.catalogue import Proposal

NOTE = "note"
NOTE_LIMIT = 1000
SENTENCE_LIMIT = 2900
_SECTION_LIMIT = 2900
_MAX_SECTIONS = 90
"""Sections; a modal holds 100 blocks."""


class ChangeForm(StrEnum):
    """The forms, by callback id."""

    APPROVE = "change.approve"
    REJECT = "change.reject"


def approve(proposal: Proposal) -> View:
    """The confirmation of an approval, with the whole difference."""
    return _form(ChangeForm.APPROVE, "Approve change", proposal)


def reject(proposal: Proposal) -> View:
    """The confirmation of a rejection, with its reason."""
    return _form(ChangeForm.REJECT, "Reject change", proposal)


def parse(values: Values) -> str:
    """The comment; may be empty."""
    return text_of(values, NOTE)


def _form(form: ChangeForm, title: str, proposal: Proposal) -> View:
    hint = "Visible to the author."
    comment = kit.text_block("Comment", block_id=NOTE, limit=NOTE_LIMIT, hint=hint, optional=True)
    blocks = [kit.section(f"*{heading(proposal)}*"), *list(_difference(proposal))[:_MAX_SECTIONS], comment]
    carries = {"ref": proposal.ref, "edition": str(proposal.edition)}
    return kit.modal(title, blocks, callback_id=form, submit=title, carries=carries)


def _difference(proposal: Proposal) -> Iterator[Block]:
    """The sentences of the difference, in as many sections as they need."""
    text = ""
    for sentence in proposal.words:
        line = f"• {cut(esc(str(sentence)), SENTENCE_LIMIT)}"
        if text and len(text) + len(line) + 1 > _SECTION_LIMIT:
            yield kit.section(text)
            text = ""
        text = f"{text}\n{line}" if text else line
    if text:
        yield kit.section(text)
