import functools
from typing import Any

import pytest

from models.catalogue import app_edits
from models.catalogue.app_edits import ItemRef
from models.catalogue.spec import AppSpec
from models.errors import Duplicate, Invalid, NotAllowed, NotFound
from models.lifecycle.catalogue import edit_app
from models.lifecycle.catalogue.edit_app import Superseded
from models.registry import apps, directory
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.people import Person
from tests.models import specs
from tests.models.company import ADA, GITHUB, GRACE, ROOT, found
from tests.rows import edit


def renamed(name: str) -> edit_app.Edit:
    """An edit that gives the app this name."""
    return lambda app: app.model_copy(update={"name": name})


async def test_only_an_admin_who_is_active_sets_apps_up(store: Store) -> None:
    await store.write(found)
    for by in (ADA, GRACE, "UNOBODY"):
        for verb in (
            lambda out, by=by: edit_app.get_app(out.case, "github", by),
            lambda out, by=by: edit_app.add_app(out, specs.app(key="new"), by),
            lambda out, by=by: edit_app.change_app(out, "github", 1, renamed("Mine"), by),
        ):
            with pytest.raises(NotAllowed, match="Ask Root"):
                await store.write(verb)
    await store.run(edit, Person, ROOT, active=False)
    with pytest.raises(NotAllowed):
        await store.run(edit_app.change_app, "github", 1, renamed("Mine"), ROOT)


async def test_a_change_of_what_somebody_changed_meanwhile_is_refused_with_what_they_did(
    store: Store,
) -> None:
    await store.write(found)
    await store.run(directory.appoint, [GRACE], "operator")
    seen = await store.read(lambda case: edit_app.get_app(case, "github", ROOT))
    await store.run(edit_app.change_app, "github", seen.version, renamed("Hub"), GRACE)
    for verb in (
        lambda out: edit_app.change_app(out, "github", seen.version, renamed("Mine"), ROOT),
        lambda out: edit_app.get_app(out.case, "github", ROOT, seen.version),
    ):
        with pytest.raises(Superseded) as refused:
            await store.write(verb)
        assert (refused.value.by, refused.value.changes) == (GRACE, ["GitHub is now called Hub"])
        assert (refused.value.entry.app.name, refused.value.entry.version) == ("Hub", 2)


async def test_saving_makes_n_of_n_all_and_says_what_is_worth_a_look(store: Store) -> None:
    await store.write(found)
    both: dict[str, Any] = {"name": "Both", "approvers": [ADA, GRACE], "rule": 2}
    spec = specs.app(key="new", owners=[], stage=[both])
    entry = await store.run(edit_app.add_app, spec, ROOT)
    assert entry.app.stage[0].rule == "all"
    assert "so its rule is now “all”" in entry.notes[0]
    assert "has no owner" in entry.notes[1]
    assert await store.read(lambda case: apps.find_app(case, "new")) == entry.app


async def test_a_key_is_taken_once_and_an_app_that_is_gone_is_said_to_be(store: Store) -> None:
    await store.write(found)
    with pytest.raises(Duplicate) as refused:
        await store.run(edit_app.add_app, specs.app(), ROOT)
    assert refused.value.field == "key"
    with pytest.raises(NotFound, match="“gone” is no longer in the catalogue"):
        await store.read(lambda case: edit_app.get_app(case, "gone", ROOT))


def test_stages_move_up_and_parts_are_taken_out() -> None:
    stages = [{"name": name, "approvers": ["owners"]} for name in "ABC"]
    app = AppSpec.model_validate({**GITHUB.stored(), "stage": stages})

    def order(changed: AppSpec) -> str:
        return "".join(stage.name for stage in changed.stage)

    assert [order(app_edits.move_up(app, ItemRef("stage", at))) for at in range(3)] == ["ABC", "BAC", "ACB"]
    assert order(app_edits.remove_item(app, ItemRef("stage", 1))) == "AC"
    assert [one.key for one in app_edits.remove_access(app, "engineering").access] == ["design"]
    assert not app_edits.set_enabled(app, on=False).enabled
    with pytest.raises(NotFound):
        app_edits.remove_item(app, ItemRef("stage", 3))
    with pytest.raises(NotFound):
        app_edits.remove_access(app, "gone")


INTERNS = {"name": "No interns", "when": {"title": ["Intern"]}}
EXAMPLE = {"who": {"title": "Intern"}, "access": "engineering", "duration": "8h", "expect": "deny"}


def _change(out: Outcome, edit: edit_app.Edit) -> edit_app.EditableApp:
    return edit_app.change_app(out, "github", 1, edit, ROOT)


async def test_a_change_that_breaks_an_example_is_not_saved_and_says_what_came_out(store: Store) -> None:
    await store.run(found, specs.app(deny=[INTERNS], example=[EXAMPLE]))
    breaking: list[tuple[edit_app.Edit, str]] = [
        (lambda app: app.model_copy(update={"deny": ()}), "Instead: needs approval by Owners."),
        (lambda app: app_edits.remove_access(app, "engineering"), "GitHub has no access “engineering”"),
    ]
    for change, instead in breaking:
        with pytest.raises(Invalid, match="a test case of GitHub fails") as refused:
            await store.write(functools.partial(_change, edit=change))
        assert instead in str(refused.value)
    entry = await store.read(lambda case: edit_app.get_app(case, "github", ROOT))
    assert (entry.version, len(entry.app.deny)) == (1, 1)


async def test_an_app_with_examples_can_be_switched_off_and_changed(store: Store) -> None:
    await store.run(found, specs.app(deny=[INTERNS], example=[EXAMPLE]))
    await store.run(edit_app.change_app, "github", 1, renamed("Hub"), ROOT)
    entry = await store.run(
        edit_app.change_app, "github", 2, lambda app: app_edits.set_enabled(app, on=False), ROOT
    )
    assert (entry.app.name, entry.app.enabled) == ("Hub", False)
