"""`keyturn catalogue import` and `export`: what is shown is what happens, whole or not at all."""

import asyncio
import os
import pty
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from models import audit
from models.clock import SystemClock
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.registry import apps
from models.store.case import Case
from models.store.open import open_store
from models.store.outcome import Outcome
from models.tables.requests import Term
from tests.bot.command_line import CommandLine, keyturn
from tests.models.company import ADA, GITHUB, GRACE, found
from tests.models.specs import PRODUCT_EXAMPLE

__all__ = ["keyturn"]

T = TypeVar("T")

TERM = Term(length=timedelta(hours=8))
SQLITE = "sqlite+aiosqlite:///keyturn.db"
WIKI = (
    '[[app]]\nkey = "wiki"\nname = "Wiki"\nowners = ["UGRACE"]\naccess = [{ key = "read", name = "Read" }]\n'
)
DESIGN = PRODUCT_EXAMPLE.replace('key = "engineering"', 'key = "design"').replace(
    'name = "Engineering team"', 'name = "Design team"'
)


def on(url: str, *works: Callable[[Outcome], object]) -> None:
    """Do this in the database, a transaction each."""

    async def run() -> None:
        store = open_store(url, SystemClock())
        for work in works:
            await store.write(work)
        await store.close()

    asyncio.run(run())


def seen(url: str, work: Callable[[Case], T]) -> T:
    """Read this from the database."""

    async def run() -> T:
        store = open_store(url, SystemClock())
        try:
            return await store.read(work)
        finally:
            await store.close()

    return asyncio.run(run())


def ask(*accesses: str) -> Callable[[Outcome], object]:
    return lambda out: submit.submit(out, Draft(ADA, ADA, "github", accesses, TERM, "INC-42"))


@pytest.mark.both_engines
def test_what_was_imported_comes_back(keyturn: CommandLine, database_url: str) -> None:
    keyturn.configure(database_url)
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE)
    imported = keyturn("catalogue", "import", "catalogue.toml")
    first, note, last = imported.out.splitlines()
    assert (first, last) == ("+ new app GitHub (github)", "Imported. The catalogue has 1 app now.")
    assert note.startswith("Note: GitHub: stage “Owner” is never used: it requires that the risk is high")
    exported = keyturn("catalogue", "export")
    assert exported == (0, PRODUCT_EXAMPLE, "")
    keyturn.write("exported.toml", exported.out)
    again = keyturn("catalogue", "import", "exported.toml", "--offline")
    assert again == (0, f"No changes: the catalogue already matches exported.toml.\n{note}\n", "")


def test_an_import_makes_the_database_first(keyturn: CommandLine) -> None:
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE)
    assert keyturn("catalogue", "import", "catalogue.toml").code == 0
    assert keyturn("audit", "verify").out.startswith("1 entry, whole")


def test_the_trail_tells_who_changed_what(keyturn: CommandLine) -> None:
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE)
    keyturn("catalogue", "import", "catalogue.toml")
    (entry,) = seen(SQLITE, lambda case: list(audit.entries(case)))
    assert (entry.actor, entry.action, entry.app) == ("operator", "app.added", "github")


def test_the_difference_stands_under_each_app(keyturn: CommandLine) -> None:
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE + WIKI)
    keyturn("catalogue", "import", "catalogue.toml")
    changed = PRODUCT_EXAMPLE.replace('"low"', '"high"').replace('name = "GitHub"', 'name = "Git"')
    keyturn.write("catalogue.toml", changed + WIKI.replace("wiki", "books").replace("Wiki", "Books"))
    ended = keyturn("catalogue", "import", "catalogue.toml", "--dry-run")
    assert ended.out.splitlines() == [
        "- Wiki is removed (wiki)",
        "~ GitHub (github)",
        "    is now called Git",
        "    risk low → high",
        "+ new app Books (books)",
        "Dry run: nothing was imported.",
    ]


def test_the_order_of_the_apps_is_a_change_too(keyturn: CommandLine) -> None:
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE + "\n" + WIKI)
    keyturn("catalogue", "import", "catalogue.toml")
    keyturn.write("catalogue.toml", WIKI + "\n" + PRODUCT_EXAMPLE)
    assert "the order of apps is changed" in keyturn("catalogue", "import", "catalogue.toml").out
    assert keyturn("catalogue", "export").out.startswith('[[app]]\nkey = "wiki"')


def test_parts_that_are_no_apps_are_imported_exported_and_removed_with_the_file(
    keyturn: CommandLine, database_url: str
) -> None:
    keyturn.configure(database_url)
    person = '[[person]]\nperson = "ana@example.com"\ntitle = "Agent"\n'
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE + "\n" + person)
    imported = keyturn("catalogue", "import", "catalogue.toml")
    assert imported.out.splitlines()[:2] == [
        "+ new directory entry ana@example.com (title Agent)",
        "+ new app GitHub (github)",
    ]
    assert keyturn("catalogue", "export").out == PRODUCT_EXAMPLE + "\n" + person
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE)
    shown = keyturn("catalogue", "import", "catalogue.toml", "--dry-run")
    assert shown.out.splitlines()[0] == "- directory entry ana@example.com is removed"
    assert "[[person]]" in keyturn("catalogue", "export").out
    keyturn("catalogue", "import", "catalogue.toml", "--yes")
    assert keyturn("catalogue", "export").out == PRODUCT_EXAMPLE


def test_a_dry_run_writes_nothing(keyturn: CommandLine) -> None:
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE)
    first = keyturn("catalogue", "import", "catalogue.toml", "--dry-run")
    assert (first.code, first.out.splitlines()[0]) == (0, "+ new app GitHub (github)")
    assert not Path("keyturn.db").exists()
    keyturn("catalogue", "import", "catalogue.toml")
    keyturn.write("catalogue.toml", WIKI)
    keyturn("catalogue", "import", "catalogue.toml", "--dry-run", "--yes")
    assert keyturn("catalogue", "export").out == PRODUCT_EXAMPLE


@pytest.mark.both_engines
def test_what_is_removed_but_held_is_told_with_numbers(keyturn: CommandLine, database_url: str) -> None:
    keyturn.configure(database_url)
    on(database_url, found, ask("engineering"), ask("design"), lambda out: decide.approve(out, "AR-1", GRACE))
    keyturn.write("catalogue.toml", WIKI)
    ended = keyturn("catalogue", "import", "catalogue.toml", "--dry-run")
    assert "    GitHub: 1 live grant and 1 open request" in ended.out.splitlines()
    assert "    Existing access runs to its end. Nobody can request it again." in ended.out.splitlines()
    keyturn.write("catalogue.toml", DESIGN)
    ended = keyturn("catalogue", "import", "catalogue.toml", "--yes")
    assert "    GitHub, Engineering team: 1 live grant" in ended.out.splitlines()
    assert ended.out.count("live grant") == 1


def test_what_nobody_has_is_removed_without_more_words(keyturn: CommandLine) -> None:
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE + WIKI)
    keyturn("catalogue", "import", "catalogue.toml")
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE)
    ended = keyturn("catalogue", "import", "catalogue.toml", "--yes")
    assert "still in use" not in ended.out
    assert seen(SQLITE, apps.all_apps) != []


def test_what_is_understood_otherwise_is_told(keyturn: CommandLine) -> None:
    stage = '[[app.stage]]\napprovers = ["UADA", "UGRACE"]\nrule = 2\n'
    keyturn.write("catalogue.toml", WIKI + stage)
    ended = keyturn("catalogue", "import", "catalogue.toml")
    assert "Note: Wiki: stage “Approval” needs 2 approvals from 2 people" in ended.out
    assert 'rule = "all"' in keyturn("catalogue", "export").out


BROKEN = {
    "no TOML": "[[app]\n",
    "wrong values": '[[app]]\nkey = "Git Hub"\nname = "GitHub"\nrisk = "hgih"\n',
    "connector": WIKI + '[[app.access]]\nkey = "x"\nname = "X"\nconnector = { type = "carrier_pigeon" }\n',
    "nested too deep": "a = " + "[" * 5000,
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_changes_nothing_and_says_all_that_is_wrong(keyturn: CommandLine, content: str) -> None:
    keyturn.write("broken.toml", content)
    ended = keyturn("catalogue", "import", "broken.toml")
    assert (ended.code, ended.out) == (1, "")
    assert all(line.startswith("broken.toml") for line in ended.err.splitlines())
    assert not Path("keyturn.db").exists()


def test_every_problem_comes_with_its_line(keyturn: CommandLine) -> None:
    keyturn.write("broken.toml", BROKEN["wrong values"])
    lines = keyturn("catalogue", "import", "broken.toml").err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["broken.toml, line 2", "broken.toml, line 4"]


def test_a_file_that_cannot_be_read_is_told(keyturn: CommandLine) -> None:
    assert "No such file" in keyturn("catalogue", "import", "missing.toml").err
    Path("latin.toml").write_bytes('name = "Größe"'.encode("latin-1"))
    assert "is not text in UTF-8" in keyturn("catalogue", "import", "latin.toml").err


def test_an_empty_file_does_not_empty_the_catalogue_by_accident(keyturn: CommandLine) -> None:
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE)
    keyturn("catalogue", "import", "catalogue.toml")
    keyturn.write("empty.toml", "")
    ended = keyturn("catalogue", "import", "empty.toml")
    assert ended.code == 1
    assert "--yes" in ended.err
    assert keyturn("catalogue", "export").out == PRODUCT_EXAMPLE
    assert keyturn("catalogue", "import", "empty.toml", "--yes").code == 0
    assert keyturn("catalogue", "export").out == ""


def test_an_import_is_whole_or_not_at_all(keyturn: CommandLine) -> None:
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE)
    keyturn("catalogue", "import", "catalogue.toml")
    with sqlite3.connect("keyturn.db") as database:
        database.execute(
            "CREATE TRIGGER full BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    keyturn.write("catalogue.toml", WIKI)
    ended = keyturn("catalogue", "import", "catalogue.toml", "--yes")
    assert ended.code == 1
    assert "disk full" in ended.err
    assert keyturn("catalogue", "export").out == PRODUCT_EXAMPLE


def at_a_terminal(keyturn: CommandLine, answer: Callable[[], str]) -> tuple[int, str]:
    """Import at a terminal, and answer once asked; the exit code and all that was on the screen."""
    ours, theirs = pty.openpty()
    screen = ""
    with keyturn.program(
        "catalogue", "import", "catalogue.toml", stdin=theirs, stdout=theirs, stderr=theirs
    ) as program:
        os.close(theirs)
        while part := _from(ours):
            screen += part
            if "[y/N]" in part:
                os.write(ours, answer().encode() + b"\n")
    os.close(ours)
    return program.returncode, screen


def _from(terminal: int) -> str:
    """What comes next on the screen; nothing once the program has ended."""
    try:
        return os.read(terminal, 65536).decode()
    except OSError:
        return ""


def test_at_a_terminal_it_asks_first_and_shows_colours(keyturn: CommandLine) -> None:
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE)
    code, screen = at_a_terminal(keyturn, lambda: "n")
    assert code == 1
    assert "\x1b[32m+ new app GitHub (github)" in screen
    assert "Nothing was imported." in screen
    assert keyturn("catalogue", "export").out == ""
    code, screen = at_a_terminal(keyturn, lambda: "y")
    assert code == 0
    assert "Imported." in screen
    assert keyturn("catalogue", "export").out == PRODUCT_EXAMPLE


def test_a_change_by_others_meanwhile_is_not_overwritten(keyturn: CommandLine) -> None:
    keyturn.write("catalogue.toml", PRODUCT_EXAMPLE)
    keyturn("catalogue", "import", "catalogue.toml")
    keyturn.write("catalogue.toml", WIKI)

    def yes_but_somebody_is_faster() -> str:
        on(SQLITE, lambda out: apps.save_app(out, GITHUB.model_copy(update={"name": "Git"}), "UROOT"))
        return "y"

    code, screen = at_a_terminal(keyturn, yes_but_somebody_is_faster)
    assert code == 1
    assert "Somebody changed the catalogue in the meantime" in screen
    assert 'name = "Git"' in keyturn("catalogue", "export").out
