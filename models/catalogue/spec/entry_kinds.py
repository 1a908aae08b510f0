"""Every kind of catalogue entry besides apps. A new kind is added here, and nowhere else."""

from typing import Any

from models.catalogue.spec.conflicts import CONFLICT
from models.catalogue.spec.entry_kind import EntryKind
from models.catalogue.spec.fields import Spec, Switch
from models.catalogue.spec.messages import MESSAGE
from models.catalogue.spec.people import PERSON


class SettingsSpec(Spec):
    """The settings of the workspace. What is left out is as it stands here."""

    two_people: Switch = False
    """Whether a change of the catalogue waits for a second admin."""


SETTINGS = EntryKind(
    name="settings",
    model=SettingsSpec,
    word="settings",
    key=lambda _: "settings",
    title=lambda _: "Settings",
    single=True,
)


KINDS: tuple[EntryKind[Any], ...] = (SETTINGS, PERSON, CONFLICT, MESSAGE)
"""In the order in which they stand in a file; the apps come before those that are no single table."""
