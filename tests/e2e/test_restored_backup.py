"""A backup from before somebody was given more time is restored: nothing of theirs is taken unasked."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from models.catalogue.spec.enums import RequestKind
from models.clock import ManualClock
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.tables.grants import Grant
from models.tables.states import GrantState
from tests.ready_world import EIGHT_HOURS, approve_request, ready_world, submit_request
from tests.rows import row_of
from tests.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
async def world(sqlite_template: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[World]:
    async with ready_world(sqlite_template, tmp_path, clock) as ready:
        yield ready


async def extended(world: World) -> None:
    """Ada asks for eight hours more, and gets them."""
    ada = world.ids["Ada"]
    draft = Draft(ada, ada, "github", ("engineering",), EIGHT_HOURS, "INC-42", RequestKind.EXTEND, 1)
    (request,) = await world.bot.store.run(submit.submit, draft)
    await world.settle()
    await world.bot.store.run(decide.approve, request.ref, world.ids["Grace"])
    await world.settle()


def back_up(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "keyturn.db")) as other:
        other.execute("VACUUM INTO ?", (str(folder / "keyturn.bak"),))


async def restore(world: World, folder: Path, *, observe: bool = False) -> None:
    """As docs/operating says."""
    await world.stop_bot()
    for name in ("keyturn.db", "keyturn.db-wal", "keyturn.db-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.move(folder / "keyturn.bak", folder / "keyturn.db")
    url = f"sqlite+aiosqlite:///{folder / 'keyturn.db'}"
    await world.start_bot(url, observe=observe)
    await world.settle()


async def state(world: World) -> GrantState:
    return (await row_of(world.bot.store, Grant, 1)).state


async def test_a_backup_from_before_an_extension_is_recognised_and_an_admin_is_asked(
    world: World, tmp_path: Path
) -> None:
    await approve_request(world, await submit_request(world))
    back_up(tmp_path)
    await world.pass_time(HOUR)
    await extended(world)
    await world.pass_time(8 * HOUR)
    assert await state(world) is GrantState.ACTIVE
    await restore(world, tmp_path)
    assert await state(world) is GrantState.ACTIVE
    ada, root = world.ids["Ada"], world.person("Root")
    assert ada in world.group.members
    card = world.card("Root", "restored backup")
    assert "1 access over according to this database" in str(card.blocks)
    assert f"GitHub · Engineering team: <@{ada}>" in str(card.blocks)
    await root.click(card, "Wait")
    await world.settle()
    assert "chose to wait" in str(world.card("Root", "restored backup").blocks)
    await world.pass_time(HOUR)
    assert await state(world) is GrantState.ACTIVE
    await root.click(world.card("Root", "restored backup"), "Revoke them now")
    await world.pass_time(timedelta(seconds=1))
    assert await state(world) is GrantState.ENDED
    assert ada not in world.group.members
    assert "Settled" in world.card("Root", "restored backup").text


async def test_an_absence_is_no_backup(world: World, tmp_path: Path) -> None:
    await approve_request(world, await submit_request(world))
    await world.stop_bot()
    world.clock.advance(timedelta(days=30))
    await world.start_bot(f"sqlite+aiosqlite:///{tmp_path / 'keyturn.db'}")
    await world.settle()
    assert await state(world) is GrantState.ENDED


async def test_who_knows_that_it_is_a_backup_says_so(world: World, tmp_path: Path) -> None:
    """Nobody was shown anything since: Slack cannot tell, the operator can."""
    await approve_request(world, await submit_request(world))
    back_up(tmp_path)
    await world.stop_bot()
    world.clock.advance(9 * HOUR)
    await restore(world, tmp_path, observe=True)
    assert await state(world) is GrantState.ACTIVE
    assert "1 access over" in str(world.card("Root", "restored backup").blocks)
