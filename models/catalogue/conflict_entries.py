"""`[[conflict]]`: the catalogue's rules of what nobody should have together."""

from collections.abc import Iterator, Sequence

from models.catalogue.access_refs import ALL, access_ref, app_of
from models.catalogue.conflicts import ConflictSpec, named_by
from models.catalogue.entries import AppSpec
from models.catalogue.meant import did_you_mean
from models.catalogue.part import Complaint, Kind

_MOST_NAMED = 20
"""How many accesses are named where it is not clear which was meant."""


def unknown(conflict: ConflictSpec, apps: Sequence[AppSpec]) -> Iterator[tuple[str, str]]:
    """Each access that it names and the catalogue does not have: the side, and a sentence."""
    known = known_accesses(apps)
    for side, ref in named_by(conflict):
        if ref not in known:
            yield side, _sentence(ref, known)


def known_accesses(apps: Sequence[AppSpec]) -> dict[str, None]:
    """Every access as a conflict can name it, in the catalogue's order."""
    refs = [access_ref(app.key, key) for app in apps for key in (ALL, *(one.key for one in app.access))]
    return dict.fromkeys(refs)


def _sentence(ref: str, known: dict[str, None]) -> str:
    beside = [one for one in known if app_of(one) == app_of(ref)]
    hint = did_you_mean(ref, (beside or list(known))[:_MOST_NAMED]) if known else "It has no app yet."
    return f"names “{ref}”, which the catalogue does not have. {hint}"


def _complaints(conflicts: Sequence[ConflictSpec], apps: Sequence[AppSpec]) -> Iterator[Complaint]:
    for at, conflict in enumerate(conflicts):
        for side, text in unknown(conflict, apps):
            yield Complaint(at, side, text)


CONFLICT = Kind(
    name="conflict",
    model=ConflictSpec,
    word="conflict",
    key=lambda one: one.key,
    title=lambda one: f"“{one.name}”",
    complaints=_complaints,
)
