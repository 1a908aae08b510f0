"""@slack/web-api against the local Slack: what `web_api.js` is told, and what comes of what it does."""

from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.slack import App, LocalSlack
from bot.sandbox.slack.state.conversations import Channel
from tests.node.programs import running

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Run:
    """The workspace that `web_api.js` worked in, and what it said of each group of calls."""

    ada: str
    ben: str
    channel: Channel
    said: dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def run(node: str, slack: LocalSlack, app: App) -> Run:
    workspace = slack.workspace
    ada = workspace.add_person("Ada Lovelace", email="ada@example.com", title="Engineer")
    ben = workspace.add_person("Ben Okri")
    channel = workspace.add_channel("things", members=[ben.id, app.bot_user_id])
    group = workspace.add_usergroup("Lenders", handle="lenders", members=[ben])
    slack.faults.ratelimit("users.info", retry_after=1, times=1)
    where = {"SLACK_API_URL": slack.api_url, "SLACK_BOT_TOKEN": app.bot_token}
    async with running(node, "web_api.js", ADA=ada.id, CHANNEL=channel.id, GROUP=group.id, **where) as said:
        return Run(ada.id, ben.id, channel, said)


async def test_the_client_reads_its_scopes_from_the_headers(run: Run, app: App) -> None:
    assert run.said["identity"] == {"user": "lending", "scopes": sorted(app.scopes)}


async def test_people_come_page_by_page_and_by_their_address(run: Run) -> None:
    assert run.said["people"] == {
        "pages": [["Lending"], ["Ada Lovelace"], ["Ben Okri"]],
        "found": run.ada,
        "title": "Engineer",
    }


async def test_conversations_are_opened_listed_and_changed(run: Run, slack: LocalSlack, app: App) -> None:
    dm = slack.workspace.im(run.ada, app)
    assert run.said["conversations"] == {
        "dm": run.ada,
        "members": [run.ben, app.bot_user_id],
        "channels": [run.channel.id, dm.id],
    }
    assert run.channel.topic == "Things & loans"
    assert run.channel.members == [run.ben, app.bot_user_id, run.ada]


async def test_messages_are_posted_answered_deleted_and_read_back(run: Run) -> None:
    metadata = {"event_type": "loan", "event_payload": {"days": 7}}
    assert run.said["messages"] == {"link": True, "history": [["first", 1]], "metadata": metadata}
    (reply,) = run.channel.messages[0].replies
    assert reply.text == "*reply*"


async def test_a_user_group_gets_new_members_but_never_none(run: Run) -> None:
    assert run.said["groups"] == {"before": [run.ben], "after": [run.ada], "empty": "no_users_provided"}


async def test_a_file_is_uploaded_shared_and_read_back(run: Run) -> None:
    assert run.said["files"] == ["a.csv", "one,two\n"]
    assert [each["name"] for each in run.channel.messages[-1].files] == ["a.csv"]


async def test_refusals_say_what_is_wrong_and_where(run: Run) -> None:
    refusals = run.said["refusals"]
    assert {name: each["error"] for name, each in refusals.items()} == {
        "blocks": "invalid_blocks",
        "view": "invalid_arguments",
        "nobody": "invalid_arguments",
        "unknown": "unknown_method",
        "unscoped": "missing_scope",
        "token": "invalid_auth",
        "argument": "invalid_arguments",
    }
    assert refusals["blocks"]["errors"][0].endswith("[json-pointer:/blocks/0/text/text]")
    assert refusals["view"]["response_metadata"]["messages"][1].endswith("title [json-pointer:/view]")
    assert refusals["unscoped"]["needed"] == "team:read"


async def test_a_client_that_is_told_to_wait_waits_and_gets_its_answer(run: Run) -> None:
    assert run.said["patience"] == {"waits": [1], "user": "Ada Lovelace"}
