"""Approval stages in a list, each with its buttons."""

from collections.abc import Sequence

from blocks import kit
from blocks.admin import words
from blocks.admin.field import Known
from blocks.admin.ids import Do
from blocks.kit import Block, Element
from models.catalogue.spec import StageSpec


def stage_rows(stages: Sequence[StageSpec], known: Known) -> list[Block]:
    """The stages, one after the other."""
    blocks: list[Block] = []
    for at, stage in enumerate(stages):
        up = [kit.button("Move up", Do.MOVE_STAGE_UP, str(at))] if at else []
        buttons = [kit.button("Edit", Do.EDIT_STAGE, str(at)), *up, _delete(stage.name, at)]
        blocks += [kit.section(words.stage(stage, at, known)), kit.actions(buttons)]
    return blocks


def _delete(name: str, at: int) -> Element:
    sure = kit.confirm(
        f"Delete the stage {name}?",
        "It is not asked any more from the next request on. Requests under way go on as they began.",
        "Delete",
        danger=True,
    )
    return kit.button("Delete", Do.DELETE_STAGE, str(at), confirm=sure)
