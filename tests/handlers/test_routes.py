"""Every delivery finds its one listener, whatever it looks like."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from handlers.routes import Routes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda some: st.lists(some) | st.dictionaries(st.text(), some),
)
KEYS = st.sampled_from(["type", "command", "actions", "action_id", "view", "callback_id", "event"])
VALUES = st.sampled_from(["block_actions", "view_submission", "event_callback", "x"]) | JSON


async def _says_yes(ack: Callable[[], Awaitable[None]], **_: Any) -> None:
    await ack()


async def _dispatched(routes: Routes, body: dict[str, Any]) -> BoltResponse | None:
    unheard = BoltResponse(status=404)

    async def on() -> BoltResponse:
        return unheard

    request = AsyncBoltRequest(body="{}", mode="socket_mode")
    request.body = body
    return await routes.async_process(req=request, resp=unheard, next=on)


def test_two_listeners_for_one_button_are_a_defect_that_shows_at_the_start() -> None:
    routes = Routes()
    routes.action("approve")(_says_yes)
    routes.view("approve")(_says_yes)
    with pytest.raises(ValueError, match="block_actions approve has a listener already"):
        routes.action("approve")(_says_yes)


@pytest.mark.parametrize(
    "body",
    [
        {"command": "x"},
        {"type": "shortcut", "callback_id": "x"},
        {"type": "block_actions", "actions": [{"action_id": "x"}]},
        {"type": "view_submission", "view": {"callback_id": "x"}},
        {"type": "block_suggestion", "action_id": "x"},
        {"type": "event_callback", "event": {"type": "x"}},
    ],
)
async def test_each_kind_of_delivery_finds_its_listener(body: dict[str, Any]) -> None:
    routes = Routes()
    for add in (routes.command, routes.shortcut, routes.action, routes.view, routes.options, routes.event):
        add("x")(_says_yes)
    answer = await _dispatched(routes, body)
    assert answer is not None
    assert answer.status == 200


@given(st.dictionaries(KEYS, VALUES))
async def test_what_has_none_of_slacks_shapes_is_nobodys(body: dict[str, Any]) -> None:
    answer = await _dispatched(Routes(), body)
    assert answer is not None
    assert answer.status == 404
