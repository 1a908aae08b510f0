"""Every delivery finds its one listener, whatever it looks like."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

import handlers
from bot.slack import listeners
from handlers.context import Context
from handlers.deliveries import Click, Submission
from handlers.routes import TABLE, DeliveryKind, HandlerTable, Routes

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


def test_two_handlers_for_one_button_are_a_defect_that_shows_at_the_import() -> None:
    table = HandlerTable()

    async def approve(_: Click) -> None: ...
    async def send(_: Submission) -> None: ...

    assert table.on_click("approve", "again")(approve) is approve
    table.on_submit("approve")(send)
    with pytest.raises(ValueError, match="block_actions approve has a handler already"):
        table.on_click("approve")(approve)


def test_every_bot_in_a_process_has_listeners_of_its_own() -> None:
    one, other = (TABLE.listeners(cast("Context", None)) for _ in range(2))
    assert one.keys() == other.keys()
    assert not set(one.values()) & set(other.values())


def test_every_file_with_handlers_is_imported_by_the_listeners() -> None:
    root = Path(handlers.__file__).parent
    files = {file for file in root.rglob("*.py") if re.search(r"^@on_\w+\(", file.read_text(), re.MULTILINE)}
    assert files == {Path(str(module.__file__)) for module in listeners.MODULES}


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
    answer = await _dispatched(Routes({(kind, "x"): _says_yes for kind in DeliveryKind}), body)
    assert answer is not None
    assert answer.status == 200


@given(st.dictionaries(KEYS, VALUES))
async def test_what_has_none_of_slacks_shapes_is_nobodys(body: dict[str, Any]) -> None:
    answer = await _dispatched(Routes({}), body)
    assert answer is not None
    assert answer.status == 404
