"""`[settings]`: what holds for the whole catalogue."""

from models.catalogue.spec.entry_kind import Kind
from models.catalogue.spec.fields import Spec, Switch


class SettingsSpec(Spec):
    """The settings of the workspace. What is left out is as it stands here."""

    two_people: Switch = False
    """Whether a change of the catalogue waits for a second admin."""


SETTINGS = Kind(
    name="settings",
    model=SettingsSpec,
    word="settings",
    key=lambda _: "settings",
    title=lambda _: "Settings",
    single=True,
)
