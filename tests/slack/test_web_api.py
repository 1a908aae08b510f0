"""How a call is read, authorised and answered, whatever the method."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import App, LocalSlack, Person
from bot.sandbox.slack.web_api.dispatch import HANDLERS
from bot.sandbox.slack.web_api.table import TABLE
from tests.slack.conftest import Raw


def test_every_method_of_the_table_is_carried_out() -> None:
    assert set(HANDLERS) == set(TABLE)


async def test_the_official_client_learns_who_it_is(
    client: AsyncWebClient, app: App, slack: LocalSlack
) -> None:
    answer = await client.auth_test()
    assert (answer["bot_id"], answer["user_id"]) == (app.bot_id, app.bot_user_id)
    assert answer["team_id"] == slack.workspace.id


@pytest.mark.parametrize(
    ("token", "error"),
    [(None, "not_authed"), ("xoxb-nobody", "invalid_auth"), ("app", "not_allowed_token_type")],
)
async def test_a_call_without_the_right_token_is_refused(
    raw: Raw, app: App, token: str | None, error: str
) -> None:
    given = app.app_token if token == "app" else token
    assert (await raw.post("users.list", given))["error"] == error


async def test_an_uninstalled_app_can_call_nothing(raw: Raw, slack: LocalSlack, app: App) -> None:
    slack.workspace.uninstall(app)
    assert (await raw.post("auth.test", app.bot_token))["error"] == "account_inactive"


async def test_a_missing_scope_is_named(slack: LocalSlack, raw: Raw) -> None:
    app = slack.workspace.install_app(name="Small", scopes=["chat:write"])
    answer = await raw.post("users.list", app.bot_token)
    assert answer == {"ok": False, "error": "missing_scope", "needed": "users:read", "provided": "chat:write"}


async def test_an_unknown_method_is_refused(raw: Raw, app: App) -> None:
    answer = await raw.post("chat.shout", app.bot_token)
    assert (answer["error"], answer["req_method"]) == ("unknown_method", "chat.shout")


async def test_missing_arguments_are_named(raw: Raw, app: App) -> None:
    answer = await raw.post("conversations.invite", app.bot_token, data={})
    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] missing required field: channel",
        "[ERROR] missing required field: users",
    ]


async def test_arguments_come_by_query_form_and_json(raw: Raw, app: App, ada: Person) -> None:
    by_query = await raw.post("chat.postMessage", app.bot_token, params={"channel": ada.id, "text": "one"})
    by_form = await raw.post(
        "chat.postMessage", data={"token": app.bot_token, "channel": ada.id, "text": "two"}
    )
    by_json = await raw.post("chat.postMessage", app.bot_token, json={"channel": ada.id, "text": "three"})
    assert [each["ok"] for each in (by_query, by_form, by_json)] == [True, True, True]
    assert [message.text for message in ada.messages()] == ["one", "two", "three"]


async def test_a_json_body_is_not_read_where_the_method_takes_none(raw: Raw, app: App, ada: Person) -> None:
    assert (await raw.post("users.info", app.bot_token, json={"user": ada.id}))[
        "error"
    ] == "invalid_arguments"
    assert (await raw.post("users.info", app.bot_token, data={"user": ada.id}))["ok"]


@pytest.mark.parametrize(("body", "error"), [("{", "invalid_json"), ("[1]", "json_not_object")])
async def test_a_broken_json_body_is_refused(raw: Raw, app: App, body: str, error: str) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {app.bot_token}"}
    async with raw.session.post(raw.slack.api_url + "chat.postMessage", data=body, headers=headers) as answer:
        assert (await answer.json())["error"] == error


async def test_the_log_keeps_calls_without_their_token(
    client: AsyncWebClient, slack: LocalSlack, ada: Person
) -> None:
    await client.users_info(user=ada.id)
    with pytest.raises(SlackApiError):
        await client.users_info(user="U404")
    good, bad = slack.log.calls("users.info")
    assert (good.request, good.error, good.app) == ({"user": ada.id}, None, "Helper")
    assert (bad.error, bad.response) == ("user_not_found", {"ok": False, "error": "user_not_found"})
    assert good.duration is not None


async def test_blocks_validate_points_at_what_is_wrong(client: AsyncWebClient) -> None:
    right = [{"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}]
    assert (await client.api_call("blocks.validate", json={"blocks": right}))["ok"]
    with pytest.raises(SlackApiError) as refused:
        await client.api_call(
            "blocks.validate", json={"blocks": [{"type": "section", "text": {"type": "invalid"}}]}
        )
    (problem,) = refused.value.response["errors"]
    assert (problem["pointer"], problem["message"]) == ("/0/text/type", "unsupported type: invalid")


async def test_api_test_answers_as_it_is_asked(raw: Raw) -> None:
    assert (await raw.post("api.test", data={"foo": "bar"}))["args"] == {"foo": "bar"}
    assert (await raw.post("api.test", data={"error": "my_error"}))["error"] == "my_error"


async def test_the_team_and_the_bot_can_be_looked_up(
    client: AsyncWebClient, slack: LocalSlack, app: App
) -> None:
    assert (await client.team_info())["team"]["id"] == slack.workspace.id
    assert (await client.bots_info(bot=app.bot_id))["bot"]["user_id"] == app.bot_user_id
    with pytest.raises(SlackApiError, match="bot_not_found"):
        await client.bots_info(bot="B404")


async def test_scopes_stand_in_the_headers(client: AsyncWebClient, app: App) -> None:
    headers = (await client.auth_test()).headers
    assert set(headers["X-OAuth-Scopes"].split(",")) == app.scopes


JUNK = [
    "",
    "x",
    "U404",
    "C404",
    "-1",
    "9" * 30,
    "null",
    "{}",
    "[]",
    '[{"type": 3}]',
    '{"type": "modal"}',
    "\x00😀",
]

SHAPES: list[Any] = [[], {}, [3], {"type": []}, {"type": "modal", "blocks": [3]}, 3, 1e99, True]


@pytest.mark.parametrize("method", sorted(set(TABLE) - {"auth.revoke"}))
@pytest.mark.parametrize("inside", [False, True])
async def test_junk_is_refused_by_name_and_never_by_accident(
    raw: Raw, slack: LocalSlack, app: App, ada: Person, method: str, inside: bool
) -> None:
    token = app.app_token if TABLE[method].caller == "app" else app.bot_token
    room = slack.workspace.add_channel("room", members=[app.bot_user_id])
    group = slack.workspace.add_usergroup("Group", handle="group")
    known = {"channel": room.id, "user": ada.id, "usergroup": group.id} if inside else {}
    for junk in JUNK:
        await refused_or_taken(raw, method, token, data=dict.fromkeys(names(method), junk) | known)
    for value in SHAPES:
        await refused_or_taken(raw, method, token, json=dict.fromkeys(names(method), value) | known)


def names(method: str) -> list[str]:
    return [argument.name for argument in TABLE[method].arguments]


async def refused_or_taken(raw: Raw, method: str, token: str, **request: Any) -> None:
    """Anything but a crash, which would not be JSON."""
    answer = await raw.post(method, token, **request)
    assert answer["ok"] or {answer["error"], "*"} & TABLE[method].errors
