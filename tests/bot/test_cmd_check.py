"""`keyturn check`: one line a check, what to mend in it, and on with the next."""

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

import pytest

from bot.check import slack as slack_checks
from bot.check.context import CheckContext
from bot.check.database import has_wal_reset_fixed
from bot.check.result import CheckResult, ok
from bot.check.run_checks import Check, run_checks
from bot.config import load
from bot.sandbox.mailbox import Mailbox
from bot.slack.manifest import SCOPES
from models.catalogue.spec.messages import MESSAGE, MessageSpec
from models.clock import SystemClock
from models.registry import catalogue_entries, directory
from models.store.open import open_store
from models.tables.people import UserGroup
from models.wording.messages import MessageKey
from tests.bot.command_line import CommandLine, keyturn
from tests.bot.configured_workspace import ConfiguredWorkspace, engine, workspace
from tests.rows import new_row

__all__ = ["engine", "keyturn", "workspace"]


def github(*approvers: str, **more: Any) -> dict[str, Any]:
    group = {"type": "slack_usergroup", "usergroup": "S0ONCALL"}
    return {
        "key": "github",
        "name": "GitHub",
        "owners": ["U0GRACE"],
        "access": [{"key": "a", "name": "A"}, {"key": "b", "name": "B", "connector": group}],
        "stage": [{"name": "Owner", "approvers": ["owners", *approvers]}],
    } | more


async def test_all_is_well(workspace: ConfiguredWorkspace) -> None:
    await workspace.catalogue(github("alan@example.com", "@oncall"))
    checked = await workspace.check()
    assert (checked.code, checked.err, checked.bad()) == (0, "", [])
    good = [line.split(":")[0].removeprefix("ok").strip() for line in checked.lines if line.startswith("ok")]
    assert good == [
        *("Configuration", "Database", "Files", "Slack token", "Scopes", "Socket Mode"),
        *("Admins", "People", "User groups", "Stages", "Connectors"),
    ]


async def test_nothing_is_written_by_looking(workspace: ConfiguredWorkspace) -> None:
    workspace.url = "sqlite+aiosqlite:///new.db"
    workspace.configure()
    checked = await workspace.check()
    assert checked.code == 0
    assert "is empty" in checked.about("Database")[-1]
    assert all("skipped because" in checked.about(name)[0] for name in ("People", "Connectors"))
    assert workspace.keyturn.folder / "new.db" not in list(workspace.keyturn.folder.iterdir())


async def test_a_wrong_token_is_told_and_the_rest_goes_on(workspace: ConfiguredWorkspace) -> None:
    workspace.configure(bot_token="xoxb-wrong-canary")
    checked = await workspace.check()
    assert checked.code == 1
    assert checked.err == "1 thing to fix."
    assert "invalid_auth" in checked.about("Slack token")[0]
    assert checked.about("Socket Mode")[0].startswith("ok")
    assert checked.about("Scopes") == ["–  Scopes: skipped because the Slack token doesn't work"]
    assert "canary" not in "".join(checked.lines)


async def test_slack_that_does_not_answer_is_told(workspace: ConfiguredWorkspace) -> None:
    workspace.configure(api_url="http://127.0.0.1:1/api/")
    checked = await workspace.check()
    assert checked.code == 1
    assert "127.0.0.1:1" in checked.about("Slack token")[0]
    assert checked.about("Database")[-1].startswith("ok")


async def test_scopes_are_held_against_the_manifest(workspace: ConfiguredWorkspace) -> None:
    workspace.app.scopes = {*SCOPES, "files:read"} - {"usergroups:write", "im:write"}
    checked = await workspace.check()
    missing, unneeded = checked.about("Scopes")
    assert "usergroups:write (" in missing
    assert "im:write (" in missing
    assert "keyturn manifest" in missing
    assert unneeded.startswith("·")
    assert "files:read" in unneeded
    assert checked.code == 1


async def test_a_wrong_app_token_is_told(workspace: ConfiguredWorkspace) -> None:
    workspace.configure(app_token="xapp-wrong")
    assert "connections:write" in (await workspace.check()).about("Socket Mode")[0]


async def test_socket_mode_switched_off_is_told(workspace: ConfiguredWorkspace) -> None:
    workspace.app.socket_mode = False
    checked = await workspace.check()
    assert "Turn on Socket Mode" in checked.about("Socket Mode")[0]
    assert checked.code == 1


@pytest.mark.parametrize(("secret", "mark"), [("a1" * 16, "ok"), ("not-slacks", "· ")])
async def test_in_mode_http_the_signing_secret_is_looked_at(
    workspace: ConfiguredWorkspace, secret: str, mark: str
) -> None:
    workspace.configure(mode="http", signing_secret=secret)
    checked = await workspace.check()
    assert checked.about("Signing secret")[0].startswith(mark)
    assert checked.about("Socket Mode") == []
    assert checked.code == 0


def deactivate(workspace: ConfiguredWorkspace) -> None:
    workspace.slack.workspace.deactivate("U0ROOT")


def make_guest(workspace: ConfiguredWorkspace) -> None:
    workspace.slack.workspace.update_person("U0ROOT", guest=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (deactivate, "U0ROOT is deactivated"),
        (make_guest, "U0ROOT is a guest"),
        (lambda workspace: workspace.configure(admins=["U0NOBODY"]), "U0NOBODY doesn't exist in Slack"),
        (lambda workspace: workspace.configure(admins=[]), "Keyturn has no workspace admin"),
        (lambda workspace: workspace.configure(admins=[workspace.app.bot_user_id]), "is a bot"),
    ],
)
async def test_an_admin_who_cannot_act_is_told(
    workspace: ConfiguredWorkspace, change: Callable[[ConfiguredWorkspace], object], words: str
) -> None:
    change(workspace)
    checked = await workspace.check()
    assert words in checked.about("Admins")[0]
    assert checked.code == 1


async def test_whom_the_catalogue_names_and_cannot_ask_is_told(workspace: ConfiguredWorkspace) -> None:
    company = workspace.slack.workspace
    company.add_person("Stu", id="U0STU", stranger=True)
    company.deactivate("U0ALAN")
    wiki = github(key="wiki", name="Wiki", owners=["alan@example.com", "U0STU"])
    await workspace.catalogue(github("U0ALAN", "bob@example.com"), wiki)
    checked = await workspace.check()
    assert [line.removeprefix("✗  People: ") for line in checked.about("People")] == [
        "U0ALAN, approver of GitHub, is deactivated. Correct the catalogue",
        "bob@example.com, approver of GitHub, isn't an active person in Slack. Correct the catalogue",
        "alan@example.com, owner of Wiki, isn't an active person in Slack. Correct the catalogue",
        "U0STU, owner of Wiki, is not part of this company. Correct the catalogue",
        "ok People: 1 person ready",
    ]
    assert checked.err == "4 things to fix."


async def test_a_hundred_people_are_few_calls(workspace: ConfiguredWorkspace) -> None:
    company = workspace.slack.workspace
    many = [company.add_person(f"P{number}", email=f"p{number}@example.com") for number in range(99)]
    refs = [person.id if number % 2 else person.email for number, person in enumerate(many)]
    await workspace.catalogue(github(owners=[*refs[:98], "U0NOBODY"], access=[]))
    checked = await workspace.check()
    assert checked.about("People")[0].startswith("✗  People: U0NOBODY")
    assert "98 people" in checked.about("People")[1]
    lookups = [call.name for call in workspace.slack.log.calls() if call.name.startswith("users.")]
    assert sorted(lookups) == ["users.info", "users.info", "users.list"]


async def test_user_groups_that_are_not_there_are_told(workspace: ConfiguredWorkspace) -> None:
    company = workspace.slack.workspace
    company.enable_group(company.add_usergroup("Old", handle="old", members=["U0ALAN"]), False)
    company.add_usergroup("Empty", handle="empty", id="S0EMPTY")
    rule = {"name": "R", "when": {"not": {"requester_group": ["@nowhere"]}}}
    await workspace.catalogue(github("@old", "S0EMPTY", deny=[rule]))
    checked = await workspace.check()
    old, empty, nowhere, summary = checked.about("User groups")
    assert "@old, approver of GitHub, is disabled" in old
    assert "S0EMPTY, approver of GitHub, is empty" in empty
    assert "@nowhere, condition of GitHub, isn't a user group" in nowhere
    assert summary == "ok User groups: 1 group ready"
    assert checked.err == "2 things to fix."


async def test_each_target_is_probed_once(workspace: ConfiguredWorkspace) -> None:
    missing = {"type": "slack_usergroup", "usergroup": "S0MISSING"}
    unknown = {"type": "carrier_pigeon"}
    accesses = [
        {"key": f"a{number}", "name": f"A{number}", "connector": connector}
        for number, connector in enumerate([missing, missing, unknown, {"type": "manual"}])
    ]
    await workspace.catalogue(github(access=accesses))
    checked = await workspace.check()
    first, second, summary = checked.about("Connectors")
    assert "GitHub, A0: Slack has no such user group" in first
    assert "GitHub, A2: there is no connector 'carrier_pigeon'" in second
    assert summary == "ok Connectors: 1 of 3 targets ready"


async def test_it_waits_where_slack_asks_it_to(workspace: ConfiguredWorkspace) -> None:
    await workspace.catalogue(github())
    workspace.slack.faults.ratelimit("users.info", retry_after=0, times=3)
    assert (await workspace.check()).code == 0


async def test_a_check_that_breaks_is_one_line(workspace: ConfiguredWorkspace) -> None:
    await workspace.catalogue(github("@oncall"))
    workspace.slack.faults.fail("usergroups.list", status=200, error="plan_upgrade_required")
    checked = await workspace.check()
    assert checked.bad() == ["✗  User groups: usergroups.list: plan_upgrade_required"]
    assert checked.about("Connectors")[0].startswith("ok")


async def test_what_nobody_expected_is_one_line_too(workspace: ConfiguredWorkspace) -> None:
    async def broken(_: CheckContext) -> AsyncIterator[CheckResult]:
        yield ok("Pigeons", "are in the loft")
        raise LookupError("no pigeon came back")

    config = load(workspace.keyturn.folder / "config.toml")
    checks = (Check("Pigeons", broken), Check("Slack token", slack_checks.token))
    found = [str(result) async for result in run_checks(config, checks)]
    assert found[:2] == [
        "ok Pigeons: are in the loft",
        "✗  Pigeons: could not be checked: LookupError: no pigeon came back",
    ]
    assert found[2].startswith("ok Slack token")


async def test_a_database_that_cannot_be_used_is_one_line(workspace: ConfiguredWorkspace) -> None:
    workspace.url = "sqlite+aiosqlite:////no/such/folder/keyturn.db"
    workspace.configure()
    checked = await workspace.check()
    assert [line for line in checked.bad() if "is not writable" in line]
    assert checked.about("Slack token")[0].startswith("ok")


async def test_on_postgres_it_says_which(workspace: ConfiguredWorkspace, postgres_template: str) -> None:
    workspace.url = postgres_template
    workspace.configure()
    checked = await workspace.check()
    assert checked.code == 0
    assert any("PostgreSQL 1" in line for line in checked.about("Database"))
    assert all(line.startswith("ok") for line in checked.about("Database"))


def test_a_broken_configuration_is_told_with_file_and_key(keyturn: CommandLine) -> None:
    keyturn.configure(bot_token="nonsense", mode="pigeon")
    ended = keyturn("check")
    assert (ended.code, ended.out) == (1, "")
    assert all(line.startswith("config.toml: slack.") for line in ended.err.splitlines())
    assert len(ended.err.splitlines()) == 2


def versions(*written: str) -> Iterable[tuple[int, ...]]:
    return [tuple(map(int, version.split("."))) for version in written]


def test_versions_of_sqlite_with_the_rare_fault_are_known() -> None:
    assert all(map(has_wal_reset_fixed, versions("3.51.3", "3.52.0", "3.50.7", "3.50.9", "3.44.6")))
    assert not any(
        map(has_wal_reset_fixed, versions("3.51.2", "3.50.6", "3.44.5", "3.40.1", "3.46.0", "3.49.9"))
    )


async def test_the_mail_server_is_greeted_and_sent_nothing(workspace: ConfiguredWorkspace) -> None:
    assert "not set up" in (await workspace.check()).about("E-mail")[0]
    mailbox = Mailbox()
    await mailbox.start()
    workspace.keyturn.configure_email(mailbox.url)
    checked = await workspace.check()
    assert (checked.code, mailbox.mails) == (0, [])
    assert checked.about("E-mail")[0].startswith("ok E-mail: 127.0.0.1:")
    await mailbox.stop()
    checked = await workspace.check()
    assert checked.code == 1
    assert "the mail server 127.0.0.1 does not answer" in checked.about("E-mail")[0]


async def test_a_password_is_sent_encrypted_or_not_at_all(workspace: ConfiguredWorkspace) -> None:
    mailbox = Mailbox()
    await mailbox.start()
    workspace.keyturn.configure_email(mailbox.url.replace("//", "//keyturn:s3cret-canary@"))
    checked = await workspace.check()
    await mailbox.stop()
    (line,) = checked.about("E-mail")
    assert line.startswith("✗")
    assert "STARTTLS" in line
    assert "s3cret-canary" not in str(checked.lines)


async def test_channels_that_stages_are_asked_in_are_looked_at(workspace: ConfiguredWorkspace) -> None:
    company, us = workspace.slack.workspace, workspace.app.bot_user_id
    inside = company.add_channel("approvals", members=[us])
    outside = company.add_channel("general", members=["U0ALAN"])
    stages = [
        {"name": name, "approvers": ["owners"], "channel": channel}
        for name, channel in (("One", inside.id), ("Two", outside.id), ("Three", "C0NOWHERE"))
    ]
    await workspace.catalogue(github(stage=stages))
    out, gone, summary = (await workspace.check()).about("Channels")
    assert f"{outside.id}, stage “Two” of GitHub, doesn't have Keyturn as a member. Invite it" in out
    assert "C0NOWHERE, stage “Three” of GitHub, doesn't exist or isn't visible to Keyturn" in gone
    assert summary == "ok Channels: 1 channel ready"


async def test_stages_that_want_more_people_than_are_known_are_noted(workspace: ConfiguredWorkspace) -> None:
    await workspace.catalogue(github())
    assert (await workspace.check()).about("Stages") == ["ok Stages: enough people are known for all of them"]
    store = open_store(workspace.url, SystemClock())
    group = new_row(UserGroup, id="S0ONCALL", handle="oncall", name="On call", members=["U0ALAN"])
    await store.run(directory.remember_group, group)
    await store.close()
    await workspace.catalogue(github(stage=[{"name": "Two", "approvers": ["@oncall"], "rule": 2}]))
    said = "GitHub: stage “Two” needs 2 approvals, but only 1 person can be asked"
    assert (await workspace.check()).about("Stages") == [f"·  Stages: {said}"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Sorry, {{ requester }}", "ok Messages: 1 message of your own"),
        (
            "Sorry, {{ requestr }}",
            (
                "✗  Messages: “Rejected”, text: Line 1, column 11: “requestr” is no fact of this message. "
                "Did you mean “requester”? The standard text is used instead"
            ),
        ),
    ],
)
async def test_messages_that_cannot_be_used_are_told(
    workspace: ConfiguredWorkspace, text: str, line: str
) -> None:
    await workspace.catalogue(github())
    own = MessageSpec(key=MessageKey.REJECTED, text=text)
    store = open_store(workspace.url, SystemClock())
    await store.run(catalogue_entries.save_entry, MESSAGE, own, "operator")
    await store.close()
    assert (await workspace.check()).about("Messages") == [line]
