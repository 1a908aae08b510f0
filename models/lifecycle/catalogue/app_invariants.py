"""What every version of an app has to keep to: the conflicts that name its accesses, and its own examples."""

from models.catalogue.access_refs import app_of
from models.catalogue.conflict_entries import CONFLICT, known_accesses
from models.catalogue.conflicts import named_by
from models.catalogue.spec import AppSpec
from models.errors import Invalid
from models.policy.examples import run_all
from models.registry import catalogue_entries
from models.registry.directory import Directory
from models.store.case import Case


def uphold(case: Case, spec: AppSpec) -> None:
    """Raises Invalid, with the reason, where this entry cannot be saved."""
    if why := objection(case, spec):
        raise Invalid(why)


def objection(case: Case, spec: AppSpec) -> str:
    """Why this entry cannot be saved; empty where it can."""
    return _broken_conflict(case, spec) or _broken_example(case, spec)


def _broken_conflict(case: Case, spec: AppSpec) -> str:
    """Which conflict names an access that the app has no more."""
    known = known_accesses([spec])
    for conflict in catalogue_entries.every(case, CONFLICT):
        for _, ref in named_by(conflict):
            if app_of(ref) == spec.key and ref not in known:
                named = f"The conflict “{conflict.name}” names “{ref}”"
                return f"This is not saved. {named}; take it out there first."
    return ""


def _broken_example(case: Case, spec: AppSpec) -> str:
    """Which example of its policy the entry breaks, with what came out instead."""
    ran_all = run_all([spec], Directory(case), catalogue_entries.every(case, CONFLICT))
    broken = [ran for ran in ran_all if not ran.met]
    if not broken:
        return ""
    more = f" {len(broken) - 1} more of its examples fail." if len(broken) > 1 else ""
    return f"This is not saved: an example of {spec.name} says otherwise. {broken[0]}{more}"
