"""Send one signed delivery as one person, and name its outcome in a word."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from structlog.testing import capture_logs
from structlog.typing import EventDict

from blocks.admin.ids import AdminAction
from blocks.request_form import access_block
from blocks.request_form import emergency as emergency_form
from bot.sandbox.slack.client.client import Client
from bot.sandbox.slack.delivery.delivery import Ack, Delivery
from bot.sandbox.slack.state.events import Event
from tests.handlers.roles_world import ROLES, THREAD, RolesWorld

WORDS = {
    "NotAllowed": "no", "NotAnApprover": "unasked", "OwnRequest": "own", "NotFound": "none",
    "Closed": "closed", "Duplicate": "twice", "Denied": "denied", "Invalid": "wrong", "Refusal": "wrong",
}  # fmt: skip
"""The refusals, as the table calls them."""
BROKEN = {"listener failed", "Bolt failed", "could not show", "could not tell", "nobody listens to this"}
ENVELOPES = {"command": "slash_commands", "event": "events_api"}
KINDS = {"click": "block_actions", "submission": "view_submission", "suggestion": "block_suggestion"}


async def outcome(company: RolesWorld, role: str, kind: str, name: str, about: str) -> str:
    """What comes of it when whoever has this part does that; nothing of it lasts."""
    client = Client(company.slack, company.ids[ROLES[role][0]], company.app)
    with closing(sqlite3.connect(company.file)) as file:
        before, version = _done_by(file, client.user_id), _version(file)
        with capture_logs() as logs:
            answer = await _deliver(company, client, kind, name, about)
        recorded = _done_by(file, client.user_id) - before
        if _version(file) != version:
            company.kept.backup(file)
    return _word(answer, logs, recorded)


def _done_by(file: sqlite3.Connection, person_id: str) -> int:
    """How much is on record as theirs. That somebody was found to have left is not."""
    found = file.execute("SELECT count(*) FROM audit_entries WHERE actor = ?", (person_id,))
    return int(found.fetchone()[0])


def _version(file: sqlite3.Connection) -> int:
    """Changes whenever somebody else has written."""
    return int(file.execute("PRAGMA data_version").fetchone()[0])


def _word(answer: Ack, logs: Sequence[EventDict], recorded: int) -> str:
    if not answer.ok or BROKEN & {line["event"] for line in logs}:
        return f"BROKEN {answer.error or logs}"
    refused = [WORDS[line["kind"]] for line in logs if line["event"] == "refused"]
    if not refused and isinstance(answer.body, dict) and answer.body.get("response_action") == "errors":
        refused = ["wrong"]
    done = ["did"] if recorded else []
    return "+".join([*refused, *done]) or "saw"


async def _deliver(company: RolesWorld, client: Client, kind: str, name: str, about: str) -> Ack:
    payload = _payload(company, client, kind, name, about)
    accepts = kind in ("command", "submission", "suggestion")
    return await client._send(Delivery(kind, ENVELOPES.get(kind, "interactive"), payload, accepts))


def _payload(company: RolesWorld, client: Client, kind: str, name: str, about: str) -> dict[str, Any]:
    match kind:
        case "command":
            channel = company.slack.workspace.im(client.user_id, company.app)
            return client._command_payload(name, "", channel, "http://127.0.0.1:1/")
        case "event":
            return company.slack.events_api._envelope(company.app, _event(company, client.user_id, name))
        case "shortcut":
            return client.payload("shortcut", callback_id=name)
        case "suggestion":
            return client.payload(KINDS[kind], action_id=name, block_id=about, value="", view=_view(company))
        case "submission":
            view = _view(company, name, about) | {"type": "modal"}
            return client.payload(KINDS[kind], view=view)
    action = {"type": "button", "action_id": name, "block_id": "b", "value": about}
    # As if it stood on App Home, so that what it opens lies over no other modal; with all that one carries.
    over = "admin_stage" if name in (AdminAction.MORE_CONDITIONS, AdminAction.FURTHER) else "admin_app"
    return client.payload(KINDS[kind], view=_view(company, over, about), actions=[action])


def _view(company: RolesWorld, name: str = "", about: str = "") -> dict[str, Any]:
    carried = {"ref": about, "app": "github", "version": "1", "edition": "1", "part": "0"}
    carried |= {"choice": "other", "length": "1h", "seat": company.ids["Grace"]}
    carried |= {"access": "burning"} if name == emergency_form.FORM else {}
    return {
        "id": f"V{company.slack.workspace.timestamps.next()}", "type": "home",
        "callback_id": name, "hash": "1",
        "private_metadata": json.dumps(carried), "state": {"values": _values(company, name)}, "blocks": [],
    }  # fmt: skip


def _values(company: RolesWorld, form: str) -> dict[str, Any]:
    """Every form filled in as it has to be; each reads what it knows. The admins' forms are empty."""
    if form.startswith("admin"):
        return {}
    today, other = company.clock.now().date().isoformat(), company.ids["Mia"]
    filled = {
        "app": {"selected_option": {"value": "github"}},
        access_block("github"): {"selected_options": [{"value": "other"}]},
        "term": {"selected_option": {"value": "other"}}, "term_length": {"value": "1h"},
        "reason": {"value": "INC-43"}, "comment": {"value": "All well."}, "note": {"value": "Please."},
        "person": {"selected_user": other}, "first": {"selected_date": today},
        "last": {"selected_date": today},
    }  # fmt: skip
    return {block: {"a": state} for block, state in filled.items()}


def _event(company: RolesWorld, person_id: str, name: str) -> Event:
    """What Slack would tell; of people it says that they are gone, which is true of one."""
    channel, thread = THREAD
    said = {
        "user": person_id,
        "channel": channel,
        "channel_type": "im",
        "text": "Why?",
        "ts": "2.000100",
    }
    told: dict[str, dict[str, Any]] = {
        "message": said | {"thread_ts": thread}, "app_home_opened": {"user": person_id, "tab": "home"},
        "user_change": {"user": {"id": person_id, "deleted": True}},
        "team_join": {"user": {"id": person_id, "deleted": True}},
    }  # fmt: skip
    about_group = {"subteam": {"id": company.group.id, "users": [person_id]}, "subteam_id": company.group.id}
    return Event(name, {"type": name, **told.get(name, about_group)})
