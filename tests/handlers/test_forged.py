"""Payloads that nobody's client would send, validly signed: answered, and nothing is changed or broken.

That nothing changes is why all these payloads can be sent to one world.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from blocks.cards import CardAction
from blocks.details import DetailsAction
from blocks.forms import decision as decision_form
from blocks.forms import extend as extend_form
from blocks.forms import shorten as shorten_form
from blocks.forms.decision import DecisionForm
from blocks.forms.review import ReviewForm
from blocks.forms.task import TaskForm
from bot.sandbox.slack.blocks import element_lookup
from bot.sandbox.slack.blocks.visible import BlockElement
from models import audit
from models.clock import ManualClock
from tests.conftest import START
from tests.ready_world import approve_request, ready_world, submit_request
from tests.world import World

together = pytest.mark.asyncio(loop_scope="module")

REFS = [
    "",
    "AR-1",
    "AR-999",
    "GR-1",
    "GR-999",
    "TK-1",
    "TK-9",
    "RV-1",
    "AR-" + "9" * 40,
    "AR-1/-5",
    "AR-۱",
    "<!here>",
]
ACTIONS = [
    *(action for action in CardAction if action is not CardAction.OPEN),  # Slack's own: it asks for nothing
    *DetailsAction,
    decision_form.CHOOSE_TERM,
    extend_form.CHOOSE_TERM,
    shorten_form.CHOOSE_TERM,
]
FORMS = [*DecisionForm, *ReviewForm, extend_form.FORM, shorten_form.FORM, *TaskForm]
STATES: list[Any] = [
    {}, [], "x", {"values": []}, {"values": {"term": "x", "comment": []}},
    {"values": {"comment": {"text": {"value": ["x"] * 10}}, "term": {"a": {"selected_option": "dates"}}}},
    {"values": {"term": {"a": {"selected_option": {"value": "other"}}}, "term_length": {"b": {"value": 5}}}},
]  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def still(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world in which Grace is asked for one access, and Ada has another."""
    async with ready_world(sqlite_template, tmp_path_factory.mktemp("still"), ManualClock(START)) as world:
        await submit_request(world)
        await approve_request(world, await submit_request(world, access="admin"))
        yield world


async def length(world: World) -> int:
    verdict = await world.bot.store.read(audit.verify)
    assert verdict.intact
    return verdict.entries


@together
@pytest.mark.parametrize("action", ACTIONS)
async def test_a_button_with_another_value_or_of_another_person_changes_nothing(
    still: World, action: str
) -> None:
    otto, card = still.person("Otto"), still.card("Grace", "requests")
    real, before = element_lookup.button(card.blocks, "Details", None), await length(still)
    forged = [BlockElement(real.block, real.element | {"action_id": action, "value": ref}) for ref in REFS]
    with capture_logs() as logs:
        answers = await asyncio.gather(*(otto.client.act(otto.client.surface(card), one) for one in forged))
    assert all(answer.ok for answer in answers)
    assert any(entry["event"] == "refused" for entry in logs)
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    assert await length(still) == before


@together
@pytest.mark.parametrize("form", FORMS)
async def test_a_form_with_other_references_and_values_changes_nothing(still: World, form: str) -> None:
    otto, before = still.person("Otto"), await length(still)
    metadata = ["", "null", "[]", '{"ref":5}', *(f'{{"ref":"{ref}"}}' for ref in REFS)]
    views = [
        {"id": f"V{number}", "type": "modal", "callback_id": form, "private_metadata": carried,
         "state": STATES[number % len(STATES)], "blocks": [], "hash": str(number)}
        for number, carried in enumerate(metadata)
    ]  # fmt: skip
    forged = [otto.client.payload("view_submission", view=view) for view in views]
    with capture_logs() as logs:
        answers = await asyncio.gather(*(otto.client._interactive("view_submission", one) for one in forged))
    assert all(answer.ok for answer in answers)
    assert any(entry["event"] == "refused" for entry in logs)
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    assert await length(still) == before


async def test_the_same_delivery_counts_once(world: World) -> None:
    await submit_request(world)
    grace = world.person("Grace")
    await grace.click(world.card("Grace", "requests"), "Comment")
    await grace.fill("Comment", "What for?")
    with world.slack.faults.duplicate("view_submission"):
        assert (await grace.submit()).ok
    await world.settle()
    assert world.card("Ada", "You requested").text.count("What for?") == 1


async def test_a_reply_that_is_delivered_twice_is_one_comment(world: World) -> None:
    await submit_request(world)
    with world.slack.faults.duplicate("event:message.im"):
        await world.person("Ada").reply(world.card("Ada", "You requested"), "It is urgent")
    await world.settle()
    assert world.card("Grace", "requests").text.count("It is urgent") == 1
