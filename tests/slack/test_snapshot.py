import json
from pathlib import Path

import pytest

from bot.sandbox.slack import LocalSlack, snapshot
from bot.sandbox.slack.snapshot import UnreadableSnapshot


def _lived_in() -> LocalSlack:
    slack = LocalSlack()
    workspace = slack.workspace
    ada = workspace.add_person("Ada", id="UADA", manager="UMIA")
    room = workspace.add_channel("general", id="CGENERAL", members=[ada])
    workspace.add_usergroup("On call", handle="oncall", id="SONCALL", members=[ada])
    app = workspace.install_app(name="Helper", scopes=["commands", "chat:write"], commands=["/ask"])
    first = workspace.say(room, ada.id, "first & <b>")
    reply = workspace.say(room, ada.id, "also to the channel", first.ts)
    room.messages.append(reply)
    slack.views.publish(ada.id, app, {"type": "home", "blocks": [{"type": "divider"}]}, None)
    slack.inbox.mark_read(ada.id, room)
    return slack


def _again(slack: LocalSlack) -> LocalSlack:
    fresh = LocalSlack()
    snapshot.restore(fresh, json.loads(json.dumps(snapshot.take(slack))))
    return fresh


def test_everything_that_is_kept_comes_back() -> None:
    slack = _lived_in()
    assert snapshot.take(_again(slack)) == snapshot.take(slack)


def test_a_reply_that_was_sent_to_the_channel_too_stays_one_message() -> None:
    room = _again(_lived_in()).workspace.channels["CGENERAL"]
    assert room.messages[1] is room.messages[0].replies[0]


def test_new_ids_and_timestamps_come_after_those_before() -> None:
    slack = _lived_in()
    fresh = _again(slack)
    assert fresh.workspace.ids.new("U") == slack.workspace.ids.new("U")
    assert fresh.workspace.timestamps.next() > slack.workspace.channels["CGENERAL"].messages[-1].ts


def test_a_file_is_written_whole_and_read_back(tmp_path: Path) -> None:
    slack, fresh, path = _lived_in(), LocalSlack(), tmp_path / "slack.json"
    snapshot.save(slack, path)
    snapshot.load(fresh, path)
    assert fresh.workspace.users["UADA"].manager == "UMIA"
    assert [each.name for each in tmp_path.iterdir()] == ["slack.json"]


@pytest.mark.parametrize("text", ["", "{}", '{"format": 99}', '{"format": 1}', "[1]x"])
def test_what_is_no_snapshot_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "slack.json"
    path.write_text(text)
    with pytest.raises(UnreadableSnapshot):
        snapshot.load(LocalSlack(), path)
