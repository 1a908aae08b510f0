"""The catalogue in memory, read again when its revision has changed: menus answer while somebody types."""

from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from models.catalogue.search import AppEntry, AppIndex, fold
from models.catalogue.spec import AppSpec
from models.registry import apps
from models.store.base import Store
from models.store.case import Case

_EDGES = ",;.:!?\"'“”‘’«»"


class CatalogueSnapshot:
    """The catalogue at one revision. It never changes."""

    def __init__(self, apps: Iterable[AppSpec] = ()) -> None:
        self._apps = {app.key: app for app in apps}
        self._index = AppIndex(AppEntry.of(app) for app in self._apps.values() if app.enabled)
        self._disabled_index = AppIndex(AppEntry.of(app) for app in self._apps.values() if not app.enabled)

    def search(self, text: str, limit: int = 100) -> list[AppSpec]:
        """Return the enabled apps that match the text, the best first."""
        return [self._apps[entry.key] for entry in self._index.search(text, limit=limit)]

    def search_all(self, text: str, limit: int = 100) -> list[AppSpec]:
        """Return the enabled apps that match the text, then the disabled ones."""
        entries = self._index.search(text, limit=limit)
        entries += self._disabled_index.search(text, limit=limit - len(entries))
        return [self._apps[entry.key] for entry in entries]

    def enabled(self) -> list[AppSpec]:
        """Return all enabled apps."""
        return [app for app in self._apps.values() if app.enabled]

    def __len__(self) -> int:
        return len(self._apps)

    def find(self, key: str) -> AppSpec | None:
        """Return an app by its key, enabled or not."""
        return self._apps.get(key)

    def find_by_name(self, name: str) -> AppSpec | None:
        """Return the app with this key or normalized name; None where several have that name."""
        return self._apps.get(name) or self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, AppSpec]:
        apps = list(self._apps.values())
        names = Counter(normalize_name(app.name) for app in apps)
        return {name: app for app in apps if names[name := normalize_name(app.name)] == 1}


def normalize_name(text: str) -> str:
    """Strip case, accents and the punctuation around words, so that a typed name can be compared."""
    return " ".join(filter(None, (word.strip(_EDGES) for word in fold(text).split())))


class CatalogueCache:
    """A copy of the catalogue. Each use reads its revision, and the apps only where that has changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._revision = -1
        self._snapshot = CatalogueSnapshot()

    async def search(self, text: str, limit: int = 100) -> list[AppSpec]:
        """Return the enabled apps that match the text, the best first."""
        return (await self.snapshot()).search(text, limit)

    async def find(self, key: str) -> AppSpec | None:
        """Return an app by its key, enabled or not."""
        return (await self.snapshot()).find(key)

    async def snapshot(self) -> CatalogueSnapshot:
        """Return the catalogue as it stands now."""
        newer = await self._store.read(self._read_if_changed)
        if newer is not None:
            self._revision, self._snapshot = newer
        return self._snapshot

    def _read_if_changed(self, case: Case) -> tuple[int, CatalogueSnapshot] | None:
        revision = apps.revision(case)
        return None if revision == self._revision else (revision, CatalogueSnapshot(apps.all_apps(case)))
