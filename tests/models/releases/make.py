"""Writes what a database of a release holds, with work under way: `python make.py FILE`.

It is run with the code of that release on the path, never with today's: the files beside it are kept.
"""

import asyncio
import json
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, text

from models import migrate
from models.clock import ManualClock
from models.lifecycle.grant import revoke
from models.lifecycle.request import comment
from models.store.open import open_store
from models.tables.requests import Term
from tests.models.company import ADA, ALAN, found
from tests.models.workflow_steps import ask, hold, settle, sweep

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EIGHT_HOURS = Term(length=timedelta(hours=8))


async def story(url: str) -> None:
    """One is held, one about to be taken, one begins later, one is over, and one waits for Grace or Alan."""
    await migrate.upgrade(url)
    clock = ManualClock(START)
    store = open_store(url, clock)
    await store.write(found)
    await hold(store, EIGHT_HOURS)
    over = await hold(store, EIGHT_HOURS, "design", by=ALAN)
    await store.run(revoke.give_back, over, ALAN)
    await settle(store)
    going = await hold(store, EIGHT_HOURS, by=ALAN)
    await store.run(revoke.give_back, going, ALAN)
    ref = await ask(store, EIGHT_HOURS, "design")
    await store.run(comment.comment, ref, ADA, "It is for <INC-42> & co")
    await sweep(store)
    await store.close()


def rows(path: str) -> dict[str, list[dict[str, object]]]:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        names = (
            connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        )
        return {
            name: [dict(row) for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings()]
            for name in sorted(names)
        }


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(story(f"sqlite+aiosqlite:///{folder}/a.db"))
        found_rows = {name: held for name, held in rows(f"{folder}/a.db").items() if held}
    Path(sys.argv[1]).write_text(json.dumps(found_rows, indent=1) + "\n")
