"""What every version of an app has to keep to: the conflicts that name its accesses, and its own examples."""

from sqlalchemy.orm import Session

from models.catalogue.access_refs import app_of
from models.catalogue.conflict_entries import CONFLICT, known_accesses
from models.catalogue.conflicts import named_by
from models.catalogue.spec import AppSpec
from models.errors import Invalid
from models.policy.examples import run_all
from models.registry import catalogue_entries
from models.registry.directory import Directory


def uphold(session: Session, spec: AppSpec) -> None:
    """Raises Invalid, with the reason, where this entry cannot be saved."""
    _keeps_conflicts(session, spec)
    _keeps_examples(session, spec)


def _keeps_conflicts(session: Session, spec: AppSpec) -> None:
    """Raises Invalid where a conflict names an access that the app has no more."""
    known = known_accesses([spec])
    for conflict in catalogue_entries.every(session, CONFLICT):
        for _, ref in named_by(conflict):
            if app_of(ref) == spec.key and ref not in known:
                named = f"The conflict “{conflict.name}” names “{ref}”"
                raise Invalid(f"This is not saved. {named}; take it out there first.")


def _keeps_examples(session: Session, spec: AppSpec) -> None:
    """Raises Invalid, with what came out instead, where the entry breaks an example of its policy."""
    ran_all = run_all([spec], Directory(session), catalogue_entries.every(session, CONFLICT))
    broken = [ran for ran in ran_all if not ran.met]
    if not broken:
        return
    more = f" {len(broken) - 1} more of its examples fail." if len(broken) > 1 else ""
    raise Invalid(f"This is not saved: an example of {spec.name} says otherwise. {broken[0]}{more}")
