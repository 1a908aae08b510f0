"""Every kind of part that a catalogue has besides its apps. A new kind is added here, and nowhere else."""

from typing import Any

from models.catalogue.spec.conflicts import CONFLICT
from models.catalogue.spec.entry_kind import Kind
from models.catalogue.spec.messages import MESSAGE
from models.catalogue.spec.people import PERSON
from models.catalogue.spec.settings import SETTINGS

KINDS: tuple[Kind[Any], ...] = (SETTINGS, PERSON, CONFLICT, MESSAGE)
"""In the order in which they stand in a file; the apps come before those that are no single table."""
