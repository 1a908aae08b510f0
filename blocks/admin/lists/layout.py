"""Blocks that several admin lists share: banners above them, stages, and the buttons that turn pages."""

from collections.abc import Sequence

from blocks import kit
from blocks.admin.fields.base import SlackNames
from blocks.admin.ids import AdminAction
from blocks.admin.lists import summaries
from blocks.cards import catalogue_change
from blocks.kit import Block, Element
from blocks.kit.text import cut, esc, mention
from models.catalogue.spec import StageSpec
from models.tables.catalogue import Proposal

MAX_APP_CHANGES, MAX_WORKSPACE_CHANGES = 3, 5
"""Pending changes above an app and above a workspace list or form; App Home has all of them."""


def pending_app_changes(proposals: Sequence[Proposal], viewer: str, second: str) -> list[Block]:
    """The banner of an app's pending changes, the viewer's own first; empty without any."""
    own_first = sorted(proposals, key=lambda proposal: proposal.by != viewer)
    blocks: list[Block] = []
    for proposal in own_first:
        if proposal.by == viewer:
            status = f"*Proposed, not saved: {catalogue_change.pending_count(len(proposal.words))}.*"
            blocks.append(kit.section(f"{status} {esc(second)} Shown with your changes."))
    for proposal in own_first[:MAX_APP_CHANGES]:
        blocks += catalogue_change.list_row(proposal, viewer)
    hidden = len(proposals) - MAX_APP_CHANGES
    if hidden > 0:
        blocks.append(kit.context(f"{hidden} more on App Home, under To do."))
    return [*blocks, kit.divider()] if blocks else []


def pending_workspace_changes(proposals: Sequence[Proposal], viewer: str, second: str) -> list[Block]:
    """The banner of pending changes of the workspace; empty without any."""
    if not proposals:
        return []
    rows = [
        block
        for proposal in proposals[:MAX_WORKSPACE_CHANGES]
        for block in catalogue_change.list_row(proposal, viewer)
    ]
    return [kit.section(f"*Proposed, not saved.* {esc(second)}"), *rows, kit.divider()]


def note_banner(sentences: Sequence[str]) -> list[Block]:
    """Notes on the rules that an admin should know of."""
    return [kit.context(cut(esc(" ".join(sentences)), 2900))] if sentences else []


def overtaken_banner(by: str, changes: Sequence[str]) -> list[Block]:
    """The banner of a concurrent change: its author, and what it changed."""
    author = mention(by) if by else "Someone"
    lines = "\n".join(f"• {esc(change)}" for change in changes)
    text = f"*{author} changed this in the meantime.* Your changes aren’t saved yet.\n{lines}"
    return [kit.section(cut(text, 2900)), kit.divider()]


def stage_rows(stages: Sequence[StageSpec], names: SlackNames) -> list[Block]:
    """The stages in their order, each with its buttons."""
    blocks: list[Block] = []
    for at, stage in enumerate(stages):
        up = [kit.button("Move up", AdminAction.MOVE_STAGE_UP, str(at))] if at else []
        delete = delete_button(
            AdminAction.DELETE_STAGE,
            str(at),
            f"Delete stage {stage.name}?",
            "New requests skip it. Open requests keep it.",
        )
        buttons = [kit.button("Edit", AdminAction.EDIT_STAGE, str(at)), *up, delete]
        blocks += [kit.section(summaries.stage(stage, at, names)), kit.actions(buttons)]
    return blocks


def delete_button(action: AdminAction, value: str, question: str, consequence: str) -> Element:
    """A Delete button, with a confirmation that tells the consequence."""
    sure = kit.confirm(question, consequence, "Delete", danger=True)
    return kit.button("Delete", action, value, confirm=sure)


def page_start(first: int, total: int, size: int) -> int:
    """The first index of the page with this entry, or of the last page if the list is shorter by now."""
    return min(first, max(total - 1, 0)) // size * size


def page_buttons(
    first: int, total: int, size: int, actions: tuple[AdminAction, AdminAction], *beside: Element
) -> list[Block]:
    """The buttons that turn pages, with other elements before them; empty where one page holds all."""
    if total <= size:
        return []
    back = [kit.button("Previous", actions[0], str(max(first - size, 0)))] if first else []
    on = [kit.button("Next", actions[1], str(first + size))] if first + size < total else []
    return [
        kit.actions([*beside, *back, *on]),
        kit.context(f"{first + 1} to {min(first + size, total)} of {total}"),
    ]
