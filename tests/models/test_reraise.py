"""Asking for the same again is a re-raise: by what happened, whichever button was pressed."""

from datetime import timedelta
from typing import Any

import pytest

from models.catalogue.spec import AppSpec
from models.catalogue.spec.enums import RequestKind
from models.clock import ManualClock
from models.errors import Denied
from models.lifecycle.grant import revoke
from models.lifecycle.request import cancel, decide
from models.store.base import Store
from models.tables.requests import Term
from models.tables.states import RequestState
from tests.models.company import ADA, GITHUB, GRACE, ROOT, found
from tests.models.workflow_steps import ask, grant_of, hold, request, settle, sweep

EIGHT_HOURS = Term(length=timedelta(hours=8))
AGAIN = {"name": "Again", "when": {"request": ["re-raise"]}}


async def rules(store: Store, **changes: Any) -> None:
    spec = AppSpec.model_validate(GITHUB.stored() | changes)
    await store.run(found, spec)


async def comes_to_nothing(store: Store, clock: ManualClock, how: str) -> None:
    """Ada has asked, and this came of it."""
    if how == "revoked":
        await store.run(revoke.revoke, await hold(store, EIGHT_HOURS), ROOT)
        return
    ref = await ask(store, EIGHT_HOURS)
    if how == "rejected":
        await store.run(decide.reject, ref, GRACE)
    elif how == "withdrawn":
        await store.run(cancel.withdraw, ref, ADA)
    else:
        clock.advance(timedelta(hours=48))
        await sweep(store)


@pytest.mark.parametrize("how", ["rejected", "withdrawn", "expired", "revoked"])
async def test_what_came_to_nothing_is_asked_for_again(store: Store, clock: ManualClock, how: str) -> None:
    await rules(store)
    await comes_to_nothing(store, clock, how)
    await settle(store)
    assert (await request(store, await ask(store, EIGHT_HOURS))).kind is RequestKind.RERAISE
    assert (await request(store, await ask(store, EIGHT_HOURS, "design"))).kind is RequestKind.NEW


async def test_the_rules_for_asking_again_hold_then(store: Store) -> None:
    security = {"name": "Security", "approvers": [ROOT], "when": {"request": ["re-raise"]}}
    await rules(store, stage=[*(one.stored() for one in GITHUB.stage), security])
    first = await ask(store, EIGHT_HOURS)
    await store.run(decide.reject, first, GRACE)
    again = await ask(store, EIGHT_HOURS)
    await store.run(decide.approve, again, GRACE)
    assert (await request(store, again)).state is RequestState.PENDING
    await store.run(decide.approve, again, ROOT)
    await settle(store)
    assert (await grant_of(store, again)).active_at


async def test_a_rule_can_refuse_to_be_asked_again(store: Store) -> None:
    await rules(store, deny=[AGAIN | {"why": "Once is enough."}])
    await store.run(decide.reject, await ask(store, EIGHT_HOURS), GRACE)
    with pytest.raises(Denied, match="Once is enough"):
        await ask(store, EIGHT_HOURS)
