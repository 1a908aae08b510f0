"""The story of a change of the catalogue that waits, or waited, for a second admin."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.lifecycle.catalogue.propose_change import second_wanted
from models.lifecycle.references import number_of
from models.registry.directory import Directory, names_of
from models.store.case import Case
from models.tables.catalogue_changes import Proposal


@dataclass(frozen=True)
class ChangeStory:
    """All that the cards of a change of the catalogue show."""

    proposal: Proposal
    names: Mapping[str, str]
    admins: tuple[str, ...]
    second: str
    """Who can approve it, as a sentence."""


def change_story(case: Case, ref: str) -> ChangeStory:
    """Read the story of one change of the catalogue by its reference (CH-1)."""
    proposal = case.get_one(Proposal, number_of(ref, "CH"))
    admins = Directory(case).admins()
    names = names_of(case, {proposal.by, *admins, *([proposal.decided_by] if proposal.decided_by else [])})
    return ChangeStory(proposal, names, admins, second_wanted(case, proposal.by))
