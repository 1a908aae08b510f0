"""`keyturn catalogue import` refuses whom Slack does not know, with the line where they are named."""

import asyncio

from tests.bot.command_line import Ended, keyturn
from tests.bot.configured_workspace import ConfiguredWorkspace, engine, workspace

__all__ = ["engine", "keyturn", "workspace"]

WELL = """\
[[app]]
key = "wiki"
name = "Wiki"
owners = ["U0GRACE"]
access = [{ key = "read", name = "Read" }]

[[app.stage]]
name = "On call"
approvers = ["@oncall"]
alternates = ["alan@example.com"]

[[app.deny]]
name = "Only those on call"
when = { not = { requester_group = ["S0ONCALL"] } }

[[person]]
person = "grace@example.com"
manager = "U0ALAN"

[[conflict]]
key = "c"
name = "Read and read"
these = ["wiki/read"]
those = ["books/read"]
action = "stage"
stage = { name = "Audit", approvers = ["U0ROOT"] }

[[app]]
key = "books"
name = "Books"
owners = ["U0GRACE"]
access = [{ key = "read", name = "Read" }]
"""


async def imported(workspace: ConfiguredWorkspace, content: str, *options: str) -> Ended:
    workspace.keyturn.write("catalogue.toml", content)
    return await asyncio.to_thread(workspace.keyturn, "catalogue", "import", "catalogue.toml", *options)


async def exported(workspace: ConfiguredWorkspace) -> str:
    return (await asyncio.to_thread(workspace.keyturn, "catalogue", "export")).out


async def test_a_file_that_names_only_those_who_are_there_is_imported(workspace: ConfiguredWorkspace) -> None:
    ended = await imported(workspace, WELL)
    assert (ended.code, ended.err) == (0, "")
    assert "Imported." in ended.out


async def test_everybody_who_is_not_there_is_refused_with_line_and_place(
    workspace: ConfiguredWorkspace,
) -> None:
    workspace.slack.workspace.deactivate("U0ROOT")
    broken = (
        WELL.replace('approvers = ["@oncall"]', 'approvers = ["@onkall", "S0NONE"]')
        .replace("alan@example.com", "alann@example.com")
        .replace('manager = "U0ALAN"', 'manager = "U0NOBODY"')
        .replace('["S0ONCALL"]', '["@finance"]')
        .replace('owners = ["U0GRACE"]', 'owners = ["U0GRACE", "grace@example.org"]', 1)
    )
    ended = await imported(workspace, broken)
    assert (ended.code, ended.out) == (1, "")
    gone, mend = "isn't an active person in Slack.", "Correct it, or take it out."
    group, meant = "isn't a user group in Slack.", "Did you mean"
    assert [line.removeprefix("catalogue.toml, ") for line in ended.err.splitlines()] == [
        f"line 4: grace@example.org, owner of Wiki, {gone} {meant} “grace@example.com”?",
        f"line 9: @onkall, approver of Wiki, {group} {meant} “@oncall”?",
        f"line 9: S0NONE, approver of Wiki, {group} {mend}",
        f"line 10: alann@example.com, approver of Wiki, {gone} {meant} “alan@example.com”?",
        f"line 14: @finance, condition of Wiki, {group} {mend}",
        f"line 18: U0NOBODY, manager of grace@example.com, {gone} {mend}",
        f"line 26: U0ROOT, approver of the conflict “Read and read”, is deactivated. {mend}",
        "Nothing was imported: 7 names to correct.",
    ]
    assert (await imported(workspace, broken, "--dry-run")).code == 1
    assert await exported(workspace) == ""


async def test_a_guest_has_a_directory_entry_and_decides_nothing(workspace: ConfiguredWorkspace) -> None:
    workspace.slack.workspace.add_person("Gus", id="U0GUS", guest=True)
    entry = '\n[[person]]\nperson = "U0GUS"\ncontractor = true\n'
    assert (await imported(workspace, WELL + entry)).code == 0
    ended = await imported(workspace, WELL.replace('"U0ROOT"', '"U0GUS"') + entry)
    assert "U0GUS, approver of the conflict “Read and read”, is a guest" in ended.err


async def test_where_slack_cannot_be_asked_it_says_so_and_goes_on(workspace: ConfiguredWorkspace) -> None:
    workspace.configure(api_url="http://127.0.0.1:1/api/")
    unknown = WELL.replace("alan@example.com", "bob@example.com")
    ended = await imported(workspace, unknown)
    assert ended.code == 0
    (note,) = ended.err.splitlines()
    assert note.startswith("Note: people and user groups were not looked up: Slack cannot be reached")
    assert note.endswith("`keyturn check` does.")
    workspace.configure(bot_token="xoxb-wrong-canary")
    ended = await imported(workspace, unknown)
    assert ended.code == 0
    assert "invalid_auth" in ended.err
    assert "canary" not in ended.err


async def test_on_request_nobody_is_looked_up(workspace: ConfiguredWorkspace) -> None:
    ended = await imported(workspace, WELL.replace("alan@example.com", "bob@example.com"), "--offline")
    assert (ended.code, ended.err) == (0, "")
    assert workspace.slack.log.calls() == []


async def test_a_channel_that_keyturn_is_not_in_and_an_empty_group_are_noted(
    workspace: ConfiguredWorkspace,
) -> None:
    channel = workspace.slack.workspace.add_channel("general", members=["U0ALAN"])
    workspace.slack.workspace.add_usergroup("Empty", handle="empty", id="S0EMPTY")
    stage = f'approvers = ["@empty"]\nchannel = "{channel.id}"'
    ended = await imported(workspace, WELL.replace('approvers = ["@oncall"]', stage))
    assert ended.code == 0
    empty, outside = ended.err.splitlines()
    assert empty == "Note: @empty, approver of Wiki, is empty."
    assert outside.startswith(
        f"Note: {channel.id}, stage “On call” of Wiki, doesn't have Keyturn as a member"
    )


async def test_check_looks_at_the_directory_and_at_the_stages_of_conflicts(
    workspace: ConfiguredWorkspace,
) -> None:
    unknown = WELL.replace('manager = "U0ALAN"', 'manager = "U0NOBODY"').replace('"U0ROOT"', '"U0GONE"')
    assert (await imported(workspace, unknown, "--offline")).code == 0
    said = (await workspace.check()).about("People")
    assert any("U0NOBODY, manager of grace@example.com, isn't an active" in line for line in said)
    assert any("U0GONE, approver of the conflict “Read and read”, isn't an active" in line for line in said)
