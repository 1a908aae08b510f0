"""`[[conflict]]`: accesses that nobody should have together, and what becomes of a request for both."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Self

from pydantic import field_validator, model_validator

from models.catalogue.spec.entry_kind import EntryKind, EntryProblem
from models.catalogue.spec.fields import Description, Key, Name, Spec, Switch
from models.catalogue.spec.references import ALL, AccessRefs, access_ref, app_of, covers
from models.catalogue.spec.specs import AppSpec, StageSpec
from models.text import did_you_mean


class ConflictAction(StrEnum):
    """What becomes of a request that would bring two conflicting accesses together."""

    BLOCK = "block"
    FLAG = "flag"
    """The approvers see it, and decide."""
    STAGE = "stage"
    """One more stage has to approve, after the others."""


class ConflictSpec(Spec):
    """Accesses that nobody should have together: one of `these` with one of `those`."""

    key: Key
    name: Name
    why: Description = ""
    """Shown to the requester and to the approvers."""
    these: AccessRefs
    those: AccessRefs
    one_way: Switch = False
    """Whoever has one of `these` may not get `those`; the other way round is fine."""
    action: ConflictAction = ConflictAction.BLOCK
    stage: StageSpec | None = None
    """The additional stage, where the action is "stage"."""

    @field_validator("stage")
    @classmethod
    def _unconditional(cls, stage: StageSpec | None) -> StageSpec | None:
        if stage is not None and stage.when is not None:
            raise ValueError("has a condition, but it applies whenever there is a conflict. Remove “when”")
        return stage

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if both := next((ref for ref in self.those if _overlap(ref, self.these)), None):
            raise ValueError(
                f"has “{both}” on both sides, but an access can't conflict with itself. Remove it from one"
            )
        if self.action is ConflictAction.STAGE and self.stage is None:
            raise ValueError('has the action "stage", but no stage. Add one, or choose another action')
        if self.action is not ConflictAction.STAGE and self.stage is not None:
            raise ValueError(
                f'has a stage, but its action is "{self.action}". Remove the stage, or choose "stage"'
            )
        return self

    def forbids(self, held: str, wanted: str) -> bool:
        """Whether somebody with the access `held` should not get `wanted` too."""
        there = covers(self.these, held) and covers(self.those, wanted)
        back = covers(self.those, held) and covers(self.these, wanted)
        return there or (back and not self.one_way)

    def concerns(self, ref: str) -> bool:
        """Whether it names this access, on either side."""
        return covers(self.these, ref) or covers(self.those, ref)


def access_refs(conflict: ConflictSpec) -> Iterator[tuple[str, str]]:
    """Each access that a conflict names, with its side."""
    yield from (("these", ref) for ref in conflict.these)
    yield from (("those", ref) for ref in conflict.those)


def apps_of(conflict: ConflictSpec) -> set[str]:
    """The keys of the apps that a conflict names."""
    return {app_of(ref) for _, ref in access_refs(conflict)}


def _overlap(ref: str, refs: Iterable[str]) -> bool:
    return covers(refs, ref) or any(covers((ref,), other) for other in refs)


_MAX_HINTS = 20
"""How many accesses a sentence lists where no known one is close."""


def unknown_accesses(conflict: ConflictSpec, apps: Sequence[AppSpec]) -> Iterator[tuple[str, str]]:
    """Each access that a conflict names and the catalogue does not have: its side, and a sentence."""
    known = known_accesses(apps)
    for side, ref in access_refs(conflict):
        if ref not in known:
            yield side, _sentence(ref, known)


def known_accesses(apps: Sequence[AppSpec]) -> dict[str, None]:
    """Every access as a conflict can name it, in the catalogue's order."""
    return {
        access_ref(app.key, key): None
        for app in apps
        for key in (ALL, *(access.key for access in app.access))
    }


def _sentence(ref: str, known: dict[str, None]) -> str:
    same_app = [other for other in known if app_of(other) == app_of(ref)]
    hint = (
        did_you_mean(ref, (same_app or list(known))[:_MAX_HINTS]) if known else "The catalogue has no apps."
    )
    return f"names “{ref}”, which is not in the catalogue. {hint}"


def _find_problems(conflicts: Sequence[ConflictSpec], apps: Sequence[AppSpec]) -> Iterator[EntryProblem]:
    for at, conflict in enumerate(conflicts):
        for side, text in unknown_accesses(conflict, apps):
            yield EntryProblem(at, side, text)


CONFLICT = EntryKind(
    name="conflict",
    model=ConflictSpec,
    word="conflict",
    key=lambda conflict: conflict.key,
    title=lambda conflict: f"“{conflict.name}”",
    find_problems=_find_problems,
)
