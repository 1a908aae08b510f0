"""What somebody says with a decision: when they have to, and where it is kept."""

from typing import Any

import pytest

from models.catalogue.spec import AppSpec
from models.errors import Invalid, NotAnApprover
from models.lifecycle.request import decide
from models.store.base import Store
from models.tables.requests import Request, Term
from models.tables.states import RequestState
from tests.models.company import GITHUB, GRACE, ROOT, found
from tests.models.test_extend import EIGHT_HOURS, HOUR
from tests.models.workflow_steps import ask, request
from tests.rows import trail_of


def wanting(policy: str) -> AppSpec:
    return AppSpec.model_validate(GITHUB.stored() | {"decision_comment": policy})


async def asked(store: Store, policy: str) -> str:
    """A request under a policy that wants comments like this."""
    await store.run(found, wanting(policy))
    return await ask(store, EIGHT_HOURS)


async def decides(store: Store, ref: str, verb: str, comment: str = "", **more: Any) -> Request:
    return await store.run(getattr(decide, verb), ref, GRACE, comment=comment, **more)


@pytest.mark.parametrize(
    ("policy", "verb", "needed"),
    [
        ("optional", "approve", False),
        ("optional", "reject", False),
        ("on_reject", "approve", False),
        ("on_reject", "reject", True),
        ("always", "approve", True),
        ("always", "reject", True),
    ],
)
async def test_a_decision_says_something_where_the_policy_wants_it(
    store: Store, policy: str, verb: str, needed: bool
) -> None:
    ref = await asked(store, policy)
    if needed:
        for nothing in ("", "  \n", "\u200b"):
            with pytest.raises(Invalid, match=f"Say why you {verb} it") as refused:
                await decides(store, ref, verb, nothing)
            assert refused.value.field == "comment"
        assert (await request(store, ref)).state is RequestState.PENDING
    decided = await decides(store, ref, verb, "INC-42 is over" if needed else "")
    assert decided.state is not RequestState.PENDING


async def test_another_duration_needs_the_comment_of_an_approval(store: Store) -> None:
    ref = await asked(store, "always")
    with pytest.raises(Invalid, match="Say why you approve it"):
        await decides(store, ref, "approve", term=Term(length=HOUR))
    await decides(store, ref, "approve", "An hour is enough", term=Term(length=HOUR))


async def test_the_policy_of_the_submission_says_whether_a_comment_is_needed(store: Store) -> None:
    ref = await asked(store, "optional")
    await store.run(found, wanting("always"))
    assert (await decides(store, ref, "reject")).state is RequestState.REJECTED


async def test_who_may_not_decide_is_told_that_and_not_to_write_a_comment(store: Store) -> None:
    ref = await asked(store, "always")
    with pytest.raises(NotAnApprover):
        await store.run(decide.approve, ref, ROOT)


async def test_the_comment_stands_in_the_record(store: Store) -> None:
    ref = await asked(store, "always")
    await decides(store, ref, "reject", "Not during the freeze")
    entries = await trail_of(store, subject=ref)
    told = {entry.action: entry.data for entry in entries}
    assert told["decision.reject"]["comment"] == "Not during the freeze"
    assert told["request.rejected"]["note"] == "Not during the freeze"
