"""Reading: type-ahead over 10,000 apps, App Home of who holds 1,000 grants, 1,000,000 audit entries."""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from blocks import home as screen
from bot.audit_files import write_jsonl
from handlers.catalogue import Shelf
from models import audit
from models.audit import Entry
from models.catalogue.spec import AppSpec
from models.queries.home import Place, home_page
from models.store.base import Store
from models.tables.cards import HomeTab
from tests.bench import places
from tests.bench.measure import Result, in_turns

APPS, ENTRIES = 10_000, 1_000_000
TYPED = ("g", "git", "sales te", "data plat", "zzz", "warehouse read")
_WORDS = ("git", "sales", "data", "team", "platform", "ware", "house", "cloud", "pay", "desk", "map", "chat")


async def typeahead() -> list[Result]:
    """What the form's first menu asks while somebody types."""
    apps = [_app(number) for number in range(APPS)]
    shelf = Shelf(apps)
    raw = sqlite3.connect(":memory:")
    raw.execute("CREATE TABLE apps (key TEXT, name TEXT, description TEXT, category TEXT)")
    rows = [(app.key, app.name, app.description, app.category) for app in apps]
    raw.executemany("INSERT INTO apps VALUES (?, ?, ?, ?)", rows)
    like = (
        "SELECT key, name FROM apps WHERE name LIKE ? OR description LIKE ? OR category LIKE ? "
        "ORDER BY name LIMIT 100"
    )

    def search() -> None:
        for text in TYPED:
            shelf.search(text)

    def select() -> None:
        for text in TYPED:
            raw.execute(like, (f"%{text}%",) * 3).fetchall()

    ours, floor = await in_turns(search, select)
    return [Result(f"Type-ahead over {APPS:,} apps", "SQL LIKE", ours / len(TYPED), floor / len(TYPED), 0.4)]


async def home() -> list[Result]:
    """App Home of who holds a thousand grants, against that of who holds ten."""
    async with places.database() as few, places.database() as many:
        for path, count in ((few, 10), (many, 1000)):
            places.fill_grants(path, count, ends=places.NOW + timedelta(days=365), people=1)
        async with places.store_at(few) as one, places.store_at(many) as other:
            ours, floor = await in_turns(lambda: _drawn(other), lambda: _drawn(one), 30)
    return [Result("App Home with 1,000 grants", "with 10 grants", ours, floor, 2)]


async def audit_trail() -> list[Result]:
    """Verifying and exporting a long trail, against only reading its rows."""
    async with places.database() as path:
        _fill_trail(path)
        async with places.store_at(path) as store:

            async def verify() -> None:
                assert (await store.read(audit.verify)).whole

            async def export() -> None:
                with io.StringIO() as file:
                    await store.read(lambda session: write_jsonl(audit.entries(session), file))

            def select() -> None:
                with sqlite3.connect(path) as raw:
                    for _ in raw.execute("SELECT * FROM audit_entries ORDER BY seq"):
                        pass

            verified, floor = await in_turns(verify, select, 2)
            exported, export_floor = await in_turns(export, select, 2)
    floor_is = "a bare SELECT of the rows"
    return [
        Result(
            f"Audit verify, {ENTRIES:,} entries",
            floor_is,
            ENTRIES / verified,
            ENTRIES / floor,
            0.35,
            at_least=True,
            unit="/s",
        ),
        Result(
            f"Audit export, {ENTRIES:,} entries",
            floor_is,
            ENTRIES / exported,
            ENTRIES / export_floor,
            0.4,
            at_least=True,
            unit="/s",
        ),
    ]


def _app(number: int) -> AppSpec:
    first, second = _WORDS[number % len(_WORDS)], _WORDS[number // len(_WORDS) % len(_WORDS)]
    return AppSpec.model_validate(
        {
            "key": f"app-{number}", "name": f"{first.title()}{second} {number}", "category": second.title(),
            "description": f"{second} and {first} for the {_WORDS[number % 7]} team",
            "access": [{"key": "read", "name": "Read"}, {"key": "write", "name": "Write"}],
        }
    )  # fmt: skip


async def _drawn(store: Store) -> None:
    """The first page as the job draws it, from the tables to the blocks."""
    place = Place(HomeTab.ACCESS)
    found = await store.read(lambda session: home_page(session, "U0", place))
    screen.home(found, places.NOW)


def _fill_trail(path: Path) -> None:
    """Entries as verbs write them, chained by the trail's own function."""
    with _fast(path) as raw:
        raw.executemany(
            "INSERT INTO audit_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", map(_stored, _chain())
        )
        raw.execute("DELETE FROM audit_head")
        last = raw.execute("SELECT seq, hash FROM audit_entries ORDER BY seq DESC LIMIT 1").fetchone()
        raw.execute("INSERT INTO audit_head VALUES (1, ?, ?)", last)


def _chain() -> Iterator[Entry]:
    previous = audit.GENESIS
    data = {"before": "pending", "after": "approved", "note": "INC-42: db is down", "stage": "Owner"}
    by, about = "UGRACE", "UADA"
    for seq in range(1, ENTRIES + 1):
        at, subject = places.NOW, f"AR-{seq}"
        entry = Entry(seq, at, by, "request.approved", subject, "github", about, data, previous, "")
        entry = entry._replace(hash=audit.link(entry))
        previous = entry.hash
        yield entry


def _stored(entry: Entry) -> tuple[object, ...]:
    """The entry as SQLite keeps it."""
    at, data = entry.at.strftime(places.WRITTEN), audit.canonical(entry.data)
    return (entry.seq, at, *entry[2:7], data, entry.previous, entry.hash)


@contextmanager
def _fast(path: Path) -> Iterator[sqlite3.Connection]:
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        yield raw
