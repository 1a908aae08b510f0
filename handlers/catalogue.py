"""The catalogue in memory, for answers while somebody types; looked at again whenever it has changed."""

from sqlalchemy.orm import Session

from models import apps
from models.catalogue.search import AppEntry, AppIndex
from models.catalogue.spec import AppSpec
from models.store import Store


class CatalogueCache:
    """A copy of the catalogue. Asking whether it is still good costs one small read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._revision = -1
        self._apps: dict[str, AppSpec] = {}
        self._index = AppIndex(())

    async def search(self, text: str, limit: int = 100) -> list[AppSpec]:
        """The apps that may be requested and fit what was typed, the best first."""
        await self._look()
        return [self._apps[entry.key] for entry in self._index.search(text, limit=limit)]

    async def find(self, key: str) -> AppSpec | None:
        """One app by its key, switched off or not."""
        await self._look()
        return self._apps.get(key)

    async def _look(self) -> None:
        revision, changed = await self._store.read(self._changed)
        if changed is not None:
            self._apps = {app.key: app for app in changed}
            self._index = AppIndex(tuple(AppEntry.of(app) for app in changed if app.enabled))
            self._revision = revision

    def _changed(self, session: Session) -> tuple[int, list[AppSpec] | None]:
        revision = apps.revision(session)
        return revision, None if revision == self._revision else apps.every(session)
