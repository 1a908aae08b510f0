"""Validly signed deliveries of every kind whose parts are anything at all: answered, and nothing is done.

They come from somebody of another company, who may do nothing.
"""

import random
from typing import Any, cast

from structlog.testing import capture_logs

from bot.sandbox.slack.client.client import Client
from bot.sandbox.slack.delivery.delivery import Delivery
from bot.slack import listeners
from handlers.context import Context
from handlers.routes import DeliveryKind
from models import audit
from tests.handlers.delivery_outcome import ENVELOPES, _payload
from tests.handlers.roles_world import RolesWorld

ROUTES = [
    (kind.name.lower(), name)
    for kind, name in sorted(listeners.all_routes(cast("Context", None)).listeners)
    if kind is not DeliveryKind.EVENT  # those are looked up before they count
]
NONSENSE: tuple[Any, ...] = (
    None, True, -1, 10**30, 1.5, "", "x" * 5000, "\ud800", "\x00", "AR-5", "{}", "[[]]", [], [None], [[]], {},
    {"id": []},
    {"value": {}}, {"a": {"a": None}}, {"values": [1]}, {"values": {"term": {"a": {"selected_option": "x"}}}},
    {"values": {"app": {"a": {"selected_option": {"value": "github"}}},
                "access:github": {"a": {"selected_options": [7]}}}},
    {"values": {"first": {"a": {"selected_date": "2026-99-99"}}, "comment": {"a": {"value": "\u202e" * 9}}}},
)  # fmt: skip
KEPT = ("type", "command", "callback_id", "action_id")


def spoilt_parts(payload: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Slack's payload with something else in it, still for the same listener."""
    return {key: value if key in KEPT else spoilt(value, chance) for key, value in payload.items()}


def spoilt(payload: Any, chance: random.Random) -> Any:
    """The same with something else at a few places."""
    if chance.random() < 0.12:
        return chance.choice(NONSENSE)
    if isinstance(payload, dict):
        return spoilt_parts(payload, chance)
    return [spoilt(one, chance) for one in payload] if isinstance(payload, list) else payload


async def test_every_listener_answers_whatever_it_is_told_and_nothing_is_done(company: RolesWorld) -> None:
    chance, troubles = random.Random(5), []
    for kind, name in ROUTES:
        client = Client(company.slack, company.ids["Sam"], company.app)
        told = spoilt_parts(_payload(company, client, kind, name, "AR-5"), chance)
        if kind == "command":  # goes as a form, which knows no halves of characters
            told = {key: "" if value == "\ud800" else value for key, value in told.items()}
        with capture_logs() as logs:
            answer = await client._send(Delivery(kind, ENVELOPES.get(kind, "interactive"), told, True))
        failed = [line for line in logs if line["log_level"] == "error"]
        if answer.status not in (200, 400) or failed:
            troubles.append((kind, name, answer, failed, told))
    assert troubles == []
    entries = await company.bot.store.read(lambda case: list(audit.entries(case)))
    assert [entry for entry in entries if entry.actor == company.ids["Sam"]] == []
