"""Conflicts as admins change them: who may, and what a change must not break."""

from typing import Any

import pytest

from models.catalogue.spec import AppSpec
from models.catalogue.spec.conflicts import CONFLICT, ConflictSpec
from models.errors import Closed, Duplicate, Invalid, NotAllowed
from models.lifecycle.catalogue import edit_conflict as verbs
from models.registry import catalogue_entries
from models.store.base import Store
from models.store.outcome import Outcome
from tests.models.company import ADA, GITHUB, ROOT, found
from tests.models.test_separation_of_duties import EIGHT_HOURS
from tests.models.workflow_steps import ask

HAS = {"who": {"holds": ["github/design"]}, "access": "engineering", "duration": "8h", "expect": "ask"}


def conflict(**fields: Any) -> ConflictSpec:
    usual = {"key": "k", "name": "One team", "these": ["github/engineering"], "those": ["github/design"]}
    return ConflictSpec.model_validate(usual | fields)


async def test_only_admins_change_conflicts(store: Store) -> None:
    await store.write(found)

    for verb, args in ((verbs.add_conflict, (conflict(),)), (verbs.remove_conflict, ("k", 1))):
        with pytest.raises(NotAllowed, match="Ask Root"):
            await store.run(verb, *args, ADA)


async def test_a_change_that_breaks_an_example_is_not_saved(store: Store) -> None:
    app = AppSpec.model_validate({**GITHUB.stored(), "example": [HAS]})
    await store.run(found, app)

    with pytest.raises(Invalid, match="a test case of GitHub fails"):
        await store.run(verbs.add_conflict, conflict(), ROOT)

    assert await store.read(lambda case: catalogue_entries.all_entries(case, CONFLICT)) == []
    await store.run(verbs.add_conflict, conflict(action="flag"), ROOT)


async def test_what_the_catalogue_does_not_have_is_refused_at_its_field(store: Store) -> None:
    await store.write(found)

    with pytest.raises(Invalid, match=r"This names “github/desing”.* Did you mean “github/design”") as no:
        await store.run(verbs.add_conflict, conflict(those=["github/desing"]), ROOT)

    assert no.value.field == "those"


async def test_nobody_overwrites_what_somebody_else_has_changed(store: Store) -> None:
    await store.write(found)
    await store.run(verbs.add_conflict, conflict(), ROOT)
    await store.run(verbs.change_conflict, conflict(action="flag"), 1, ROOT)

    with pytest.raises(Closed, match="in the meantime"):
        await store.run(verbs.change_conflict, conflict(why="Because."), 1, ROOT)
    with pytest.raises(Duplicate, match="already"):
        await store.run(verbs.add_conflict, conflict(), ROOT)


async def test_the_cards_of_what_waits_are_drawn_anew(store: Store) -> None:
    await store.write(found)
    ref, other = await ask(store, EIGHT_HOURS), await ask(store, EIGHT_HOURS, "design")

    def touched(out: Outcome) -> set[str]:
        verbs.add_conflict(out, conflict(action="flag"), ROOT)
        return set(out.touched)

    assert {ref, other} <= await store.write(touched)
