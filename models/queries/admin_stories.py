"""Read the stories that wait for an admin: proposed catalogue changes, and paused mass revocations."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.lifecycle import mass_revocation
from models.lifecycle.catalogue.propose_change import waiting_for_sentence
from models.registry.by_reference import number_of
from models.registry.directory import Directory, names_of
from models.store.case import Case
from models.tables.catalogue import Proposal
from models.tables.grants import Grant
from models.tables.pauses import Pause


@dataclass(frozen=True)
class ChangeStory:
    """All that the cards of a catalogue change show."""

    proposal: Proposal
    names: Mapping[str, str]
    admins: tuple[str, ...]
    waiting_for: str
    """The admins who can approve it, as a sentence."""


def change_story(case: Case, ref: str) -> ChangeStory:
    """Read the story of one change of the catalogue by its reference (CH-1)."""
    proposal = case.get_one(Proposal, number_of(ref, "CH"))
    admins = Directory(case).admins()
    names = names_of(case, {proposal.by, *admins, *([proposal.decided_by] if proposal.decided_by else [])})
    return ChangeStory(proposal, names, admins, waiting_for_sentence(case, proposal.by))


SHOWN = 15
"""How many accesses are named; the others are counted."""


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
    count, first = mass_revocation.paused_grants(case, pause, SHOWN)
    admins = Directory(case).admins()
    people = {*admins, *(grant.person_id for grant in first), pause.decided_by or ""}
    return PauseStory(pause, count, tuple(first), names_of(case, people), admins)
