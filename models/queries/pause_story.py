"""The story of a pause: what waits for an admin's word, and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.lifecycle import mass_revocation
from models.lifecycle.references import number_of
from models.registry.directory import Directory, names_of
from models.store.case import Case
from models.tables.grants import Grant
from models.tables.pauses import Pause

SHOWN = 15
"""So many accesses are named; the others are counted."""


@dataclass(frozen=True)
class PauseStory:
    """All that the card of a pause shows."""

    pause: Pause
    count: int
    """How many accesses wait now."""
    first: tuple[Grant, ...]
    """Those that end first."""
    names: Mapping[str, str]
    admins: tuple[str, ...]


def pause_story(case: Case, ref: str) -> PauseStory:
    """Read the story of one pause by its reference (PS-1)."""
    pause = case.get_one(Pause, number_of(ref, "PS"))
    count, first = mass_revocation.waiting(case, pause, SHOWN)
    admins = Directory(case).admins()
    people = {*admins, *(grant.person_id for grant in first), pause.decided_by or ""}
    return PauseStory(pause, count, tuple(first), names_of(case, people), admins)
