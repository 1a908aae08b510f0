"""The difference between two catalogues in what is no app, in words."""

from collections.abc import Iterator, Sequence
from typing import Any

from models.catalogue.changes import Change, differences
from models.catalogue.fields import Spec
from models.catalogue.kinds import KINDS
from models.catalogue.part import Kind, Parts
from models.catalogue.value_words import say


def diff_parts(old: Parts, new: Parts) -> list[Change]:
    """What would change if `old` became `new`. Empty if, and only if, nothing would."""
    return [
        change for kind in KINDS for change in _of_kind(kind, old.get(kind.name, ()), new.get(kind.name, ()))
    ]


def change_of(kind: Kind[Any], old: Spec | None, new: Spec | None) -> list[Change]:
    """The same for one entry; None where there is none."""
    if kind.single:
        old, new = old or kind.model(), new or kind.model()
    if kind.otherwise and (one := old or new):
        old, new = old or kind.otherwise(one), new or kind.otherwise(one)
    if old is None:
        return [] if new is None else [Change("", f"new {_called(kind, new)}{_said(new)}", "+")]
    if new is None:
        return [Change("", f"{_called(kind, old)} is removed", "-")]
    return [Change("", f"{_called(kind, old)}{text}") for text in differences(old, new)]


def _of_kind(kind: Kind[Any], old: Sequence[Spec], new: Sequence[Spec]) -> Iterator[Change]:
    before, after = ({kind.key(one): one for one in some} for some in (old, new))
    found = False
    for key in dict.fromkeys((*before, *after)):
        for change in change_of(kind, before.get(key), after.get(key)):
            found = True
            yield change
    if not found and before.keys() == after.keys() and list(before) != list(after):
        yield Change("", f"the {kind.word} list stands in another order")


def _called(kind: Kind[Any], spec: Spec) -> str:
    return kind.title(spec) if kind.single else f"{kind.word} {kind.title(spec)}"


def _said(spec: Spec) -> str:
    """What a new entry says, after its title; fields that nobody set are left away."""
    words = [
        f"{name.replace('_', ' ')} {say(getattr(spec, name), name)}"
        for name in type(spec).model_fields
        if name in spec.model_fields_set and name not in ("key", "name", "person")
    ]
    return f" ({', '.join(words)})" if words else ""
