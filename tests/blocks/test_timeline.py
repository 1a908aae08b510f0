"""A timeline whose words were erased still says who did what, and that something was erased."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from blocks.timeline import line
from models import audit
from models.lifecycle.request import comment, decide
from models.store.base import Store
from models.tables.requests import Term
from tests.models.company import ADA, GRACE, found
from tests.models.workflow_steps import ask, hold, settle

pytestmark = pytest.mark.both_engines

EIGHT_HOURS = Term(length=timedelta(hours=8))


async def test_every_step_is_told_without_its_words(store: Store) -> None:
    await store.write(found)
    await hold(store, EIGHT_HOURS)
    ref = await ask(store, EIGHT_HOURS, "design")
    await store.run(comment.comment, ref, ADA, "It is for <INC-42> & co")
    await store.run(decide.reject, ref, GRACE, comment="not today")
    await settle(store)
    before = [line(entry) for entry in await store.read(lambda case: list(audit.entries(case)))]
    assert any("not today" in each for each in before)
    await store.write(lambda out: out.sql.all(text("DELETE FROM audit_texts")))
    after = [line(entry) for entry in await store.read(lambda case: list(audit.entries(case)))]
    assert len(after) == len(before)
    assert not any("not today" in each or "INC-42" in each or "owner of" in each for each in after)
    assert sum(audit.ERASED in each for each in after) >= 3
    assert (await store.read(audit.verify)).intact
