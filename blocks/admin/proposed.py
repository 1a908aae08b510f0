"""What is said above an app of which a change waits for a second admin."""

from collections.abc import Sequence

from blocks import kit
from blocks.cards import change
from blocks.kit import Block
from blocks.text import esc
from models.tables.catalogue_changes import Proposal

SHOWN = 3
"""Changes; the others stand on App Home."""


def waiting(proposals: Sequence[Proposal], viewer: str, second: str) -> list[Block]:
    """The changes that wait, one's own first; nothing where none does."""
    mine = [one for one in proposals if one.by == viewer]
    blocks = [_mine(one, second) for one in mine]
    for one in [*mine, *(one for one in proposals if one.by != viewer)][:SHOWN]:
        blocks += change.row(one, viewer)
    more = len(proposals) - SHOWN
    if more > 0:
        blocks.append(kit.context(f"{more} more on App Home, under To do."))
    return [*blocks, kit.divider()] if blocks else []


def _mine(one: Proposal, second: str) -> Block:
    waits = f"*Proposed, not saved: {change.waits(len(one.words))}.*"
    return kit.section(f"{waits} {esc(second)} You see the app as you want it to be.")
