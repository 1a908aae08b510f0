"""`[settings]`: what holds for the whole catalogue."""

from models.catalogue.fields import Spec, Switch
from models.catalogue.part import Kind


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
