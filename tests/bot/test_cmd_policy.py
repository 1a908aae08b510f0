"""`keyturn policy check`, and the examples that stop an import."""

from models.registry import directory
from models.store.outcome import Outcome
from models.tables.people import UserGroup
from tests.bot.command_line import CommandLine, keyturn
from tests.bot.test_cmd_catalogue import SQLITE, on
from tests.models.company import ADA, GRACE, found
from tests.models.specs import PRODUCT_EXAMPLE
from tests.rows import new_row

__all__ = ["keyturn"]

RULES = """
  [[app.deny]]
  name = "No interns"
  why = "Interns ask their mentor."
  when = { title = ["Intern"] }

  [[app.example]]
  who = { title = "Intern" }
  access = "engineering"
  duration = "8h"
  expect = "deny"

  [[app.example]]
  who = { title = "Engineer" }
  access = "engineering"
  duration = "8h"
  expect = "ask"
  stages = ["Owners"]
"""
GOOD = PRODUCT_EXAMPLE + RULES
BROKEN = GOOD.replace('title = ["Intern"]', 'title = ["Trainee"]')
INSTEAD = "Instead: needs approval by Owners. No stage of GitHub applies, so its owners decide."


def test_every_example_of_the_stored_catalogue_is_run(keyturn: CommandLine) -> None:
    keyturn.write("apps.toml", GOOD)
    assert keyturn("catalogue", "import", "apps.toml").code == 0
    ended = keyturn("policy", "check")
    assert ended.code == 0
    assert ended.out.splitlines() == [
        "✓ GitHub: Someone with the title Intern requests engineering for 8 hours: denied",
        (
            "✓ GitHub: Someone with the title Engineer requests engineering for 8 hours: "
            "needs approval by Owners"
        ),
        "All 2 pass.",
    ]


def test_a_file_is_checked_without_a_database_and_says_what_came_out_instead(keyturn: CommandLine) -> None:
    keyturn.write("apps.toml", BROKEN)
    ended = keyturn("policy", "check", "--file", "apps.toml")
    assert (ended.code, ended.err) == (1, "1 example fails, of 2.")
    assert ended.out.splitlines()[:2] == [
        "✗ GitHub: Someone with the title Intern requests engineering for 8 hours: denied",
        f"    {INSTEAD}",
    ]
    assert not (keyturn.folder / "keyturn.db").exists()


def test_people_and_groups_are_those_of_the_database(keyturn: CommandLine) -> None:
    keyturn("db", "upgrade")
    on(SQLITE, found)
    named = GOOD.replace('{ title = "Engineer" }', '"ada@example.com"')
    keyturn.write("apps.toml", named)
    assert keyturn("policy", "check", "--file", "apps.toml").code == 0
    keyturn.write("apps.toml", named.replace("ada@", "nobody@"))
    assert "nobody@example.com is unknown here" in keyturn("policy", "check", "--file", "apps.toml").out


def test_a_failing_example_stops_an_import_with_its_place(keyturn: CommandLine) -> None:
    keyturn.write("apps.toml", BROKEN)
    for option in ("--yes", "--dry-run"):
        ended = keyturn("catalogue", "import", "apps.toml", option, "--offline")
        assert ended.code == 1
        assert ended.err == (
            'apps.toml, line 35: app "github" → example 1: Someone with the title Intern requests '
            f"engineering for 8 hours: denied. {INSTEAD}\nNothing was imported: 1 example fails."
        )
    assert keyturn("catalogue", "export").out == ""


def test_a_file_is_tried_with_the_directory_that_it_brings(keyturn: CommandLine) -> None:
    keyturn("db", "upgrade")
    on(SQLITE, found)
    sales = RULES.replace('title = ["Intern"] }', 'department = ["Sales"] }')
    sales = sales.replace('{ title = "Intern" }', '"ada@example.com"')
    directory = '\n[[person]]\nperson = "ada@example.com"\ndepartment = "Sales"\n'
    keyturn.write("apps.toml", PRODUCT_EXAMPLE + sales + directory)
    assert keyturn("policy", "check", "--file", "apps.toml").code == 0
    assert keyturn("catalogue", "import", "apps.toml", "--offline", "--yes").code == 0
    keyturn.write("apps.toml", PRODUCT_EXAMPLE + sales + directory.replace("Sales", "Support"))
    ended = keyturn("catalogue", "import", "apps.toml", "--offline")
    assert ended.code == 1
    assert "ada@example.com requests engineering for 8 hours: denied. Instead: needs approval" in ended.err
    assert keyturn("policy", "check").code == 0


def two(out: Outcome) -> None:
    """The user group @two has two members, and @none has nobody in it."""
    directory.remember_group(
        out, new_row(UserGroup, id="S0TWO", handle="two", name="Two", members=[ADA, GRACE])
    )
    directory.remember_group(out, new_row(UserGroup, id="S0NONE", handle="none", name="None", members=[]))


def test_a_stage_that_wants_more_people_than_are_known_is_noted(keyturn: CommandLine) -> None:
    keyturn("db", "upgrade")
    on(SQLITE, found, two)
    stage = '\n  [[app.stage]]\n  name = "Two"\n  approvers = ["@two", "@none"]\n  rule = 3\n'
    keyturn.write("apps.toml", PRODUCT_EXAMPLE + stage)
    said = "Note: GitHub: stage “Two” needs 3 approvals, but only 2 people can be asked."
    empty = "Note: GitHub: stage “Two” names @none, which has no members."
    assert said in keyturn("catalogue", "import", "apps.toml", "--dry-run", "--offline").out.splitlines()
    assert said in keyturn("catalogue", "import", "apps.toml", "--offline", "--yes").out.splitlines()
    for options in ((), ("--file", "apps.toml")):
        lines = keyturn("policy", "check", *options).out.splitlines()
        assert lines[:2] == [said, empty]


def test_a_catalogue_without_examples_is_fine(keyturn: CommandLine) -> None:
    keyturn.write("apps.toml", PRODUCT_EXAMPLE)
    assert keyturn("policy", "check", "--file", "apps.toml") == (0, "There are no examples yet.\n", "")


def test_without_a_database_there_is_nothing_to_check(keyturn: CommandLine) -> None:
    ended = keyturn("policy", "check")
    assert ended.code == 1
    assert "There is nothing in the database yet" in ended.err


def test_a_file_is_checked_without_tokens_configuration_or_database(keyturn: CommandLine) -> None:
    (keyturn.folder / "config.toml").unlink()
    keyturn.write("apps.toml", PRODUCT_EXAMPLE)
    assert keyturn("policy", "check", "--file", "apps.toml") == (0, "There are no examples yet.\n", "")
    assert [path.name for path in keyturn.folder.iterdir()] == ["apps.toml"]
