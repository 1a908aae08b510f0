"""Every kind of part that a catalogue has besides its apps. A new kind is added here, and nowhere else."""

from typing import Any

from models.catalogue.conflict_entries import CONFLICT
from models.catalogue.directory_entries import PERSON
from models.catalogue.message_entries import MESSAGE
from models.catalogue.part import Kind
from models.catalogue.workspace import SETTINGS

KINDS: tuple[Kind[Any], ...] = (SETTINGS, PERSON, CONFLICT, MESSAGE)
"""In the order in which they stand in a file; the apps come before those that are no single table."""
