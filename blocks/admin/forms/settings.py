"""The form for the workspace's settings."""

from collections.abc import Sequence

from blocks import kit
from blocks.admin.ids import AdminScreen
from blocks.admin.lists.layout import pending_workspace_changes
from blocks.kit import View
from blocks.kit.inputs import Values, choices_of
from models.catalogue.spec.entry_kinds import SettingsSpec
from models.tables.catalogue import Proposal

TWO_PEOPLE = "two_people"
_HINT = "A second admin must approve every change."


def build(
    settings: SettingsSpec, pending: Sequence[Proposal] = (), viewer: str = "", second: str = ""
) -> View:
    """The form, with the pending changes of the settings above it."""
    above = pending_workspace_changes(pending, viewer, second)
    option = kit.option("Catalogue changes need two people", "yes")
    box = kit.checkboxes("choice", [option], initial=["yes"] if settings.two_people else [])
    field = kit.input_block("Changes", box, block_id=TWO_PEOPLE, hint=_HINT, optional=True)
    return kit.modal(
        "Settings", [*above, field], callback_id=AdminScreen.SETTINGS, submit="Save", close="Back"
    )


def parse(values: Values) -> SettingsSpec:
    """The submitted settings."""
    return SettingsSpec(two_people="yes" in choices_of(values, TWO_PEOPLE))
