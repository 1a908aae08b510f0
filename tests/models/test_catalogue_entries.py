"""What a catalogue has besides apps: in the file, in the database, and in the trail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import audit
from models.catalogue.file.diff import CatalogueChange
from models.catalogue.file.read import CatalogueError, diff_entries, dump, load
from models.catalogue.spec import AppSpec
from models.catalogue.spec.entry_kind import EntriesByKind
from models.catalogue.spec.entry_kinds import SETTINGS, SettingsSpec
from models.catalogue.spec.people import PERSON, PersonSpec
from models.catalogue.spec.references import person_key
from models.registry import apps, catalogue_entries
from models.store.base import Store
from models.tables.catalogue import Part
from tests.models.specs import app, catalogues, file_problems, parts_of_any_kind, people
from tests.rows import row_of

pytestmark = pytest.mark.both_engines

WRITTEN = """\
[settings]
two_people = true

[[app]]
key = "github"
name = "GitHub"

[[person]]
person = "ana@example.com"
manager = "U0123"
department = "Sales"
title = "Agent"
contractor = true

[[person]]
person = "U0123"
"""


def entry(person: str, manager: str = "") -> str:
    """A directory entry as a file has it."""
    return f'[[person]]\nperson = "{person}"\n' + (f'manager = "{manager}"\n' if manager else "")


def test_a_file_with_every_kind_of_part_comes_back_letter_by_letter() -> None:
    read = load(WRITTEN, "catalogue.toml")
    assert read.entries["settings"] == (SettingsSpec(two_people=True),)
    assert [one.title for one in read.entries["person"] if isinstance(one, PersonSpec)] == ["Agent", ""]
    assert dump(read.apps, read.entries) == WRITTEN


@given(catalogues, parts_of_any_kind)
def test_what_is_written_reads_back_the_same(specs: list[AppSpec], said: EntriesByKind) -> None:
    read = load(dump(specs, said), "catalogue.toml")
    assert diff_entries(said, read.entries) == []
    assert dump(read.apps, read.entries) == dump(read.apps, said)


@given(parts_of_any_kind, parts_of_any_kind)
def test_a_difference_is_told_if_and_only_if_there_is_one(old: EntriesByKind, new: EntriesByKind) -> None:
    same = dump([], old) == dump([], new) or (
        old.get("person", ()) == new.get("person", ())
        and old.get("settings", (SettingsSpec(),)) == new.get("settings", (SettingsSpec(),))
    )
    assert (diff_entries(old, new) == []) is same


def test_the_difference_is_in_words() -> None:
    before = load(WRITTEN, "c").entries
    after = load(entry("U0123", "ana@example.com") + entry("bo@example.com", "U0123"), "c").entries
    assert diff_entries(before, after) == [
        CatalogueChange("", "Settings: two-person approval of changes yes → no"),
        CatalogueChange("", "directory entry ana@example.com is removed", "-"),
        CatalogueChange("", "directory entry U0123: manager as in Slack → ana@example.com"),
        CatalogueChange("", "new directory entry bo@example.com (manager U0123)", "+"),
    ]


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (
            "[settings]\ntwo_peple = true\n",
            "line 2: settings → two_peple",
            "is not known here. Did you mean “two_people”?",
        ),
        (
            '[[person]]\nperson = "U0123"\nmanger = "U0AAA"\n',
            'line 3: person "U0123" → manger',
            "is not known here. Did you mean “manager”?",
        ),
        (
            entry("Ana@example.com", "ana@EXAMPLE.com"),
            'line 3: person "Ana@example.com" → manager',
            "is the same person. Nobody is their own manager; choose someone else.",
        ),
        (
            entry("ana@example.com") + entry("U0123") + entry("Ana@Example.com"),
            'line 6: person "Ana@Example.com" → person',
            "“ana@example.com” is listed twice. Merge the two.",
        ),
        (
            entry("U0AAA", "U0BBB") + entry("U0BBB", "U0CCC") + entry("U0CCC", "U0BBB"),
            'line 6: person "U0BBB" → manager',
            "is a circle of managers: U0BBB → U0CCC → U0BBB. Correct one of them.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_place_and_reason(text: str, place: str, reason: str) -> None:
    assert file_problems(text) == [f"catalogue.toml, {place}: {reason}"]


@given(st.dictionaries(people.map(person_key), people.map(person_key), max_size=6))
def test_no_file_that_loads_has_a_circle_of_managers(managers: dict[str, str]) -> None:
    text = "".join(entry(person, manager) for person, manager in managers.items())
    try:
        load(text, "catalogue.toml")
        refused = False
    except CatalogueError:
        refused = True
    assert refused is any(_comes_back(person, managers) for person in managers)


def _comes_back(start: str, managers: dict[str, str]) -> bool:
    above = start
    for _ in managers:
        above = managers.get(above, "")
        if above == start:
            return True
    return False


async def test_the_database_keeps_what_the_file_said_and_gives_it_back(store: Store) -> None:
    said = load(WRITTEN, "c").entries
    before = await store.read(apps.revision)
    assert await store.run(catalogue_entries.replace_entries, said, "operator")
    assert await store.read(lambda case: dump([app()], catalogue_entries.all_parts(case))) == dump(
        [app()], said
    )
    assert await store.read(apps.revision) == before + 1
    assert (await store.read(catalogue_entries.workspace_settings)).two_people


async def test_the_same_again_changes_and_records_nothing(store: Store) -> None:
    said = load(WRITTEN, "c").entries
    await store.run(catalogue_entries.replace_entries, said, "operator")
    before = await store.read(lambda case: (apps.revision(case), len(list(audit.entries(case)))))
    assert await store.run(catalogue_entries.replace_entries, said, "operator") == []
    after = await store.read(lambda case: (apps.revision(case), len(list(audit.entries(case)))))
    assert after == before


async def test_what_a_file_leaves_out_is_removed_and_recorded_with_what_it_was(store: Store) -> None:
    await store.run(catalogue_entries.replace_entries, load(WRITTEN, "c").entries, "operator")
    words = await store.run(catalogue_entries.replace_entries, {}, "operator")
    assert words == [
        "Settings: two-person approval of changes yes → no",
        "directory entry ana@example.com is removed",
        "directory entry U0123 is removed",
    ]
    assert await store.read(lambda case: catalogue_entries.all_entries(case, PERSON)) == []
    trail = await store.read(lambda case: list(audit.entries(case)))
    last = {entry.subject: entry for entry in trail}
    assert last["settings:settings"].data["before"] == {"two_people": True}
    assert last["settings:settings"].data["after"] == {}
    gone = last["person:ana@example.com"]
    assert (gone.actor, gone.action, gone.data["before"]["title"]) == (
        "operator",
        "catalogue.removed",
        "Agent",
    )


async def test_one_entry_is_added_changed_and_removed_alone(store: Store) -> None:
    first, second = PersonSpec(person="U0123"), PersonSpec(person="U0123", title="Lead")
    said = [
        await store.run(catalogue_entries.save_entry, PERSON, first, "U0ROOT"),
        await store.run(catalogue_entries.save_entry, PERSON, second, "U0ROOT"),
        await store.run(catalogue_entries.remove_entry, PERSON, "U0123", "U0ROOT"),
        await store.run(catalogue_entries.remove_entry, PERSON, "U0123", "U0ROOT"),
    ]
    assert said == [
        ["new directory entry U0123"],
        ["directory entry U0123: title nothing → Lead"],
        ["directory entry U0123 is removed"],
        [],
    ]


async def test_settings_count_their_versions_through_a_removal(store: Store) -> None:
    await store.run(catalogue_entries.save_entry, SETTINGS, SettingsSpec(two_people=True), "U0ROOT")
    await store.run(catalogue_entries.replace_entries, {}, "operator")
    row = await row_of(store, Part, ("settings", "settings"))
    assert (row.version, row.spec) == (2, {})
