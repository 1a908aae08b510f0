"""Reading: type-ahead over 10,000 apps, App Home of who holds 1,000 grants."""

import sqlite3
from datetime import timedelta

from blocks import home as screen
from handlers.catalogue_cache import CatalogueSnapshot
from models.catalogue.spec import AppSpec
from models.queries.home import Place, home_page
from models.store.base import Store
from models.tables.cards import HomeTab
from tests.bench import places
from tests.bench.measure import Result, in_turns

APPS = 10_000
TYPED = ("g", "git", "sales te", "data plat", "zzz", "warehouse read")
_WORDS = ("git", "sales", "data", "team", "platform", "ware", "house", "cloud", "pay", "desk", "map", "chat")


async def typeahead() -> list[Result]:
    """What the form's first menu asks while somebody types."""
    apps = [_app(number) for number in range(APPS)]
    catalogue = CatalogueSnapshot(apps)
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
            catalogue.search(text)

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
