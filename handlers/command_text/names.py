"""Which application, and which of its accesses, a few typed words mean."""

from handlers.catalogue import Shelf, spoken_name
from models.catalogue.search import WORD, fold
from models.catalogue.spec import AppSpec

_SHORTEST = 3
"""Characters from which on the beginning of a name will do."""


def app_called(name: str, shelf: Shelf) -> AppSpec | None:
    """The application with this key or whole name."""
    return shelf.called(name) if name else None


def app_beginning(name: str, shelf: Shelf) -> AppSpec | None:
    """The one application whose words begin like this, or the one whose whole name does."""
    if len(name) < _SHORTEST:
        return None
    found = [app for app in shelf.search(name) if _begin(name, _words(f"{app.name} {app.key}"))]
    first = [app for app in found if fold(app.name).startswith(name)]
    return found[0] if len(found) == 1 else first[0] if len(first) == 1 else None


class AccessNames:
    """The accesses of one application, by what people call them."""

    def __init__(self, app: AppSpec | None) -> None:
        accesses = [access for access in app.access if access.enabled] if app else []
        self._whole = {spoken_name(access.name): access.key for access in reversed(accesses)}
        self._whole |= {access.key: access.key for access in accesses}
        self._parts = [(access.key, _words(f"{access.name} {access.key}")) for access in accesses]

    @property
    def only_one(self) -> bool:
        """Whether nothing has to be chosen."""
        return len(self._parts) == 1

    def called(self, name: str) -> str | None:
        """The key of the access with this key or whole name."""
        return self._whole.get(name)

    def beginning(self, name: str) -> str | None:
        """The key of the one access whose words begin like this."""
        if len(name) < _SHORTEST:
            return None
        found = [key for key, words in self._parts if _begin(name, words)]
        return found[0] if len(found) == 1 else None


def _words(text: str) -> list[str]:
    return WORD.findall(fold(text))


def _begin(name: str, words: list[str]) -> bool:
    typed = WORD.findall(name)
    return bool(typed) and all(any(word.startswith(part) for word in words) for part in typed)
