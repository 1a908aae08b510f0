"""An import that removes something needs somebody's word for it: theirs, or a plan's digest."""

import json
import re
from pathlib import Path

import pytest

from models import audit
from models.lifecycle.request import submit
from models.lifecycle.request.plan import Draft
from models.registry import apps
from tests.bot.command_line import CommandLine, Ended, keyturn
from tests.bot.test_cmd_catalogue import DESIGN, SQLITE, TERM, WIKI, ask, on, seen
from tests.models.company import ADA, ALAN, GITHUB, GRACE, found
from tests.models.specs import PRODUCT_EXAMPLE

__all__ = ["keyturn"]

DIGEST = re.compile("^Plan ([0-9a-f]{64})$", re.MULTILINE)


def import_(keyturn: CommandLine, content: str, *options: str) -> Ended:
    keyturn.write("catalogue.toml", content)
    return keyturn("catalogue", "import", "catalogue.toml", "--offline", *options)


def digest(plan: Ended) -> str:
    found = DIGEST.search(plan.out)
    assert found is not None
    return found[1]


@pytest.mark.both_engines
def test_what_waits_for_a_removed_app_is_told_as_cancelled_and_is(
    keyturn: CommandLine, database_url: str
) -> None:
    keyturn.configure(database_url)
    on(database_url, found, ask("engineering"), ask("design"))
    refused = import_(keyturn, WIKI)
    assert refused.code == 1
    assert refused.out.splitlines()[-3:] == [
        "Open requests that will be cancelled:",
        "    AR-1, Ada: GitHub · Engineering team",
        "    AR-2, Ada: GitHub · Design team",
    ]
    assert refused.err.startswith(
        "GitHub would be removed, and 2 open requests cancelled. Nothing was imported."
    )
    assert "--yes" in refused.err
    assert "--expect DIGEST" in refused.err
    assert [app.key for app in seen(database_url, apps.all_apps)] == ["github"]
    assert import_(keyturn, WIKI, "--yes").code == 0
    ended = [entry.subject for entry in seen(database_url, lambda case: list(audit.entries(case)))
             if entry.action == "request.cancelled"]  # fmt: skip
    assert ended == ["AR-1", "AR-2"]


def test_one_app_for_eight_with_35_open_requests_is_refused(keyturn: CommandLine) -> None:
    keyturn("db", "upgrade")
    others = [
        GITHUB.model_copy(update={"key": f"app-{number}", "name": f"App {number}"}) for number in range(7)
    ]
    on(SQLITE, lambda out: found(out, GITHUB, *others))
    requests = [
        lambda out, app=app, person=person, access=access: submit.submit(
            out, Draft(person, person, app, (access,), TERM, "INC-42")
        )
        for app in ["github", *(other.key for other in others)]
        for person in (ADA, GRACE, ALAN)
        for access in ("engineering", "design")
    ]
    on(SQLITE, *requests[:35])
    refused = import_(keyturn, WIKI)
    assert (refused.code, refused.out.count("    AR-")) == (1, 35)
    apps_named = "GitHub, App 0, App 1, App 2, App 3, App 4, App 5 and App 6"
    assert refused.err.startswith(f"{apps_named} would be removed, and 35 open requests cancelled.")
    assert import_(keyturn, WIKI, "--plan").code == 3
    assert len(seen(SQLITE, apps.all_apps)) == 8


def test_additions_and_changes_need_nobody(keyturn: CommandLine) -> None:
    assert import_(keyturn, PRODUCT_EXAMPLE).code == 0
    assert import_(keyturn, PRODUCT_EXAMPLE.replace('"low"', '"high"') + WIKI).code == 0


@pytest.mark.parametrize(
    ("less", "named"),
    [
        (DESIGN + WIKI, "GitHub, Engineering team would be removed."),
        (PRODUCT_EXAMPLE, "directory entry ana@example.com and Wiki would be removed."),
    ],
)
def test_removals_of_any_kind_need_a_word(keyturn: CommandLine, less: str, named: str) -> None:
    person = '[[person]]\nperson = "ana@example.com"\ntitle = "Agent"\n'
    kept = person if "Engineering" in named else ""
    import_(keyturn, PRODUCT_EXAMPLE + WIKI + person)
    before = keyturn("catalogue", "export").out
    refused = import_(keyturn, less + kept)
    assert (refused.code, refused.err.partition(" Nothing")[0]) == (1, named)
    assert keyturn("catalogue", "export").out == before


def test_a_plan_changes_nothing_and_ends_with_3(keyturn: CommandLine) -> None:
    plan = import_(keyturn, PRODUCT_EXAMPLE, "--plan")
    assert (plan.code, plan.err, plan.out.splitlines()[0]) == (3, "", "+ new app GitHub (github)")
    assert not Path("keyturn.db").exists()
    assert import_(keyturn, PRODUCT_EXAMPLE, "--expect", digest(plan)).code == 0
    again = import_(keyturn, PRODUCT_EXAMPLE, "--plan")
    assert (again.code, DIGEST.search(again.out)) == (0, None)


def test_a_plan_is_applied_by_its_digest_and_nothing_else_is(keyturn: CommandLine) -> None:
    import_(keyturn, PRODUCT_EXAMPLE + WIKI)
    planned = digest(import_(keyturn, PRODUCT_EXAMPLE, "--plan"))
    assert planned == digest(import_(keyturn, PRODUCT_EXAMPLE, "--plan"))
    another = import_(keyturn, PRODUCT_EXAMPLE.replace('"low"', '"high"'), "--expect", planned)
    assert another.code == 1
    assert "This is not the plan that was expected" in another.err
    assert "Wiki" in keyturn("catalogue", "export").out
    import_(keyturn, PRODUCT_EXAMPLE + WIKI.replace('"Read"', '"Reader"'))
    assert import_(keyturn, PRODUCT_EXAMPLE, "--expect", planned).code == 1
    import_(keyturn, PRODUCT_EXAMPLE + WIKI)
    assert import_(keyturn, PRODUCT_EXAMPLE, "--expect", planned.upper()).code == 0
    assert keyturn("catalogue", "export").out == PRODUCT_EXAMPLE
    assert import_(keyturn, PRODUCT_EXAMPLE, "--expect", planned).code == 0


def test_a_plan_as_json_has_all_of_it(keyturn: CommandLine) -> None:
    keyturn("db", "upgrade")
    on(SQLITE, found, ask("design"))
    changed = """
[[app]]
key = "github"
name = "GitHub"
risk = "low"
owners = ["ada@example.com", "UGRACE"]
access = [{ key = "engineering", name = "Engineering team", kind = "group" }]
"""
    plan = import_(keyturn, changed, "--plan", "--json")
    assert plan.code == 3
    read = json.loads(plan.out)
    assert read["digest"] == digest(import_(keyturn, changed, "--plan"))
    assert read["removed"] == ["GitHub, Design team"]
    assert read["cancelled"] == [{"ref": "AR-1", "person": "Ada", "app": "GitHub", "access": "Design team"}]
    assert {"app": "github", "change": "GitHub: Design team is removed"} in read["changes"]
    assert read["roles"] == [
        {"person": "Ada", "gains": True, "role": "owner", "app": "GitHub"},
        {"person": "Alan", "gains": False, "role": "owner", "app": "GitHub"},
    ]


def test_who_gains_and_loses_a_role_is_told_by_name(keyturn: CommandLine) -> None:
    keyturn("db", "upgrade")
    on(SQLITE, found)
    exported = keyturn("catalogue", "export").out
    changed = exported.replace(f'"{GRACE}", "{ALAN}"', f'"{ADA}", "alan@example.com", "new@example.com"')
    lines = import_(keyturn, changed, "--dry-run").out.splitlines()
    at = lines.index("Who gains and loses a role:")
    assert lines[at + 1 : at + 3] == [
        "    Ada and new@example.com become owners of GitHub",
        "    Grace is no longer an owner of GitHub",
    ]


def test_the_trail_says_where_an_import_comes_from(keyturn: CommandLine) -> None:
    keyturn("db", "upgrade")
    on(SQLITE, found, ask("design"))
    url = "https://git.example.com/access/pull/7"
    options = ("--yes", "--by", "ada@example.com", "--ref", "3f2a91c", "--url", url)
    assert import_(keyturn, WIKI, *options).code == 0
    source = {"imported_by": "ada@example.com", "ref": "3f2a91c", "url": url}
    entries = seen(SQLITE, lambda case: list(audit.entries(case)))
    imported = {entry.action: entry.data for entry in entries if "imported_by" in entry.data}
    assert imported.keys() >= {"app.removed", "app.added", "request.cancelled"}
    assert all(data.items() >= source.items() for data in imported.values())
    assert "whole" in keyturn("audit", "verify").out


@pytest.mark.parametrize(
    "options",
    [
        ("--json",),
        ("--plan", "--expect", "0" * 64),
        ("--url", "javascript:alert(1)"),
        ("--by", "two\nlines"),
        ("--ref", "x" * 401),
    ],
)
def test_wrong_usage_of_a_plan_ends_with_2(keyturn: CommandLine, options: tuple[str, ...]) -> None:
    assert import_(keyturn, WIKI, *options).code == 2
    assert not Path("keyturn.db").exists()


@pytest.mark.parametrize("option", ["--dry-run", "--plan"])
def test_a_file_is_compared_without_tokens_or_configuration(keyturn: CommandLine, option: str) -> None:
    (keyturn.folder / "config.toml").unlink()
    ended = import_(keyturn, PRODUCT_EXAMPLE, option)
    assert (ended.code, ended.err) == ({"--dry-run": 0, "--plan": 3}[option], "")
    assert ended.out.startswith("+ new app GitHub (github)\n")
    assert [path.name for path in keyturn.folder.iterdir()] == ["catalogue.toml"]


def test_a_byte_order_mark_is_read_over(keyturn: CommandLine) -> None:
    assert import_(keyturn, "\ufeff" + PRODUCT_EXAMPLE).code == 0
    assert keyturn("catalogue", "export").out == PRODUCT_EXAMPLE
    broken = import_(keyturn, "\ufeff" + '[[app]]\nkey = "Git Hub"\n')
    assert 'catalogue.toml, line 2: app "Git Hub" → key' in broken.err
