"""Override what Slack says of people with the catalogue's directory table.

An admin wrote it on purpose, and a profile in Slack is often the person's own to edit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from models.catalogue.spec.people import PERSON, PersonSpec
from models.catalogue.spec.references import person_key
from models.policy.facts import PersonFacts
from models.registry import catalogue_entries
from models.store.case import Case
from models.tables.people import Person


@dataclass(frozen=True)
class Override:
    """The table's entry for one person; empty where it says nothing."""

    manager: str = ""
    """An id or an address, as written."""
    department: str = ""
    title: str = ""
    contractor: bool = False

    def over(self, facts: PersonFacts, manager_id: str | None) -> PersonFacts:
        """The facts with this laid over; `manager_id` is whom `manager` names, as far as that is known."""
        if self is NO_OVERRIDE and not facts.contractor:
            return facts
        return replace(
            facts,
            manager_id=manager_id if self.manager else facts.manager_id,
            department=self.department or facts.department,
            title=self.title or facts.title,
            contractor=self.contractor,
        )


NO_OVERRIDE = Override()


class FileOverrides:
    """The directory table of a file that is not imported yet."""

    def __init__(self, entries: Iterable[PersonSpec]) -> None:
        self._by_key = {PERSON.key(entry): entry for entry in entries}

    def of(self, row: Person) -> Override:
        """The override of a person, as `TableOverrides.of`."""
        keys = filter(None, (row.id, person_key(row.email)))
        return _merge(self._by_key[key] for key in keys if key in self._by_key)


class TableOverrides:
    """The directory table as it stands now, read entry by entry."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def of(self, row: Person) -> Override:
        """The override of a person, by their id and by their address; the id counts first."""
        entries = [
            entry
            for key in (row.id, person_key(row.email))
            if key and (entry := catalogue_entries.find_entry(self._case, PERSON, key)) is not None
        ]
        return _merge(entries)


def listed_departments(case: Case) -> Mapping[str, str]:
    """The departments that the directory table names, by the person's key: an id, or an address."""
    entries = catalogue_entries.all_entries(case, PERSON)
    return {PERSON.key(entry): entry.department for entry in entries if entry.department}


def _merge(entries: Iterable[PersonSpec]) -> Override:
    merged = NO_OVERRIDE
    for entry in entries:
        merged = Override(
            merged.manager or entry.manager or "",
            merged.department or entry.department,
            merged.title or entry.title,
            contractor=merged.contractor or entry.contractor,
        )
    return merged
