"""Small changes of an app's entry: switched on or off, an access taken out."""

from typing import Any

from models.catalogue.spec import AppSpec
from models.errors import NotFound


def switched(app: AppSpec, *, on: bool) -> AppSpec:
    """The app that may, or may not, be requested."""
    return app.model_copy(update={"enabled": on})


def without_access(app: AppSpec, key: str) -> AppSpec:
    """The app without this access. Raises NotFound."""
    return app.model_copy(update={"access": _without(app.access, access_at(app, key))})


def access_at(app: AppSpec, key: str) -> int:
    """The place of the access with this key. Raises NotFound where there is none."""
    found = next((at for at, access in enumerate(app.access) if access.key == key), None)
    if found is None:
        raise NotFound(f"{app.name} has no access “{key[:40]}” any more.")
    return found


def _without(parts: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    return parts[:at] + parts[at + 1 :]
