"""The catalogue in memory, for answers while somebody types; looked at again whenever it has changed."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from models.catalogue.search import AppEntry, AppIndex, fold
from models.catalogue.spec import AppSpec
from models.registry import apps
from models.store.base import Store
from models.store.case import Case

_EDGES = ",;.:!?\"'“”‘’«»"


class Shelf:
    """The catalogue as it stands at one moment. It never changes."""

    def __init__(self, apps: Iterable[AppSpec] = ()) -> None:
        self._apps = {app.key: app for app in apps}
        self._index = AppIndex(AppEntry.of(app) for app in self._apps.values() if app.enabled)
        self._off_index = AppIndex(AppEntry.of(app) for app in self._apps.values() if not app.enabled)

    def search(self, text: str, limit: int = 100) -> list[AppSpec]:
        """The apps that may be requested and fit what was typed, the best first."""
        return [self._apps[entry.key] for entry in self._index.search(text, limit=limit)]

    def search_all(self, text: str, limit: int = 100) -> list[AppSpec]:
        """The same, and after them those of the apps that are switched off."""
        found = self._index.search(text, limit=limit)
        found += self._off_index.search(text, limit=limit - len(found))
        return [self._apps[entry.key] for entry in found]

    def __len__(self) -> int:
        return len(self._apps)

    def find(self, key: str) -> AppSpec | None:
        """One app by its key, switched off or not."""
        return self._apps.get(key)

    def called(self, name: str) -> AppSpec | None:
        """The one app with this key or this name (as `spoken_name` has it); None if several are called so."""
        return self._apps.get(name) or self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, AppSpec]:
        apps = list(self._apps.values())
        names = Counter(spoken_name(app.name) for app in apps)
        return {name: app for app in apps if names[name := spoken_name(app.name)] == 1}


def spoken_name(text: str) -> str:
    """A name as it counts when somebody types it: no case, no accents, no punctuation around its words."""
    return " ".join(filter(None, (word.strip(_EDGES) for word in fold(text).split())))


class CatalogueCache:
    """A copy of the catalogue. Asking whether it is still good costs one small read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._revision = -1
        self._shelf = Shelf()

    async def search(self, text: str, limit: int = 100) -> list[AppSpec]:
        """The apps that may be requested and fit what was typed, the best first."""
        return (await self.shelf()).search(text, limit)

    async def find(self, key: str) -> AppSpec | None:
        """One app by its key, switched off or not."""
        return (await self.shelf()).find(key)

    async def shelf(self) -> Shelf:
        """The catalogue as it stands now."""
        changed = await self._store.read(self._changed)
        if changed is not None:
            self._revision, self._shelf = changed
        return self._shelf

    def _changed(self, case: Case) -> tuple[int, Shelf] | None:
        revision = apps.revision(case)
        return None if revision == self._revision else (revision, Shelf(apps.all_apps(case)))
