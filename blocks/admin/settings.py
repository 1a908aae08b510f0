"""The settings of the workspace: what holds for the whole catalogue."""

from collections.abc import Sequence

from blocks import kit
from blocks.admin.ids import Screen
from blocks.answers import Values, all_picked
from blocks.cards import change
from blocks.elements import checkboxes
from blocks.kit import View
from blocks.text import esc
from models.catalogue.workspace import SettingsSpec
from models.tables.catalogue_changes import Proposal

TWO_PEOPLE = "two_people"
_HINT = "A second admin gets each change with its difference in words, and approves or rejects it."


def build(
    settings: SettingsSpec, waiting: Sequence[Proposal] = (), viewer: str = "", second: str = ""
) -> View:
    """The form, with what waits for a second admin above it."""
    above = [block for one in waiting for block in change.row(one, viewer)]
    if waiting:
        above = [kit.section(f"*Proposed, not saved.* {esc(second)}"), *above, kit.divider()]
    option = kit.option("A change of the catalogue needs two people", "yes")
    box = checkboxes("choice", [option], initial=["yes"] if settings.two_people else [])
    field = kit.input_block("Changes", box, block_id=TWO_PEOPLE, hint=_HINT, optional=True)
    return kit.modal("Settings", [*above, field], callback_id=Screen.SETTINGS, submit="Save", close="Back")


def parse(values: Values) -> SettingsSpec:
    """What was chosen."""
    return SettingsSpec(two_people="yes" in all_picked(values, TWO_PEOPLE))
