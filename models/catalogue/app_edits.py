"""The parts of an app's entry that stand in lists: stages, rules, examples; its own or those of an access."""

from dataclasses import dataclass
from typing import Any

from models.catalogue.spec import AccessSpec, AppSpec
from models.catalogue.spec.fields import Path
from models.errors import NotFound

RULES = ("deny", "require", "auto_approve")
"""The lists of rules, in the order in which they count."""


@dataclass(frozen=True)
class Spot:
    """Where one stands: in which list, at which place, and of which access (its key; empty: the app's)."""

    name: str
    at: int
    access: str = ""


def every(app: AppSpec, name: str, access: str = "") -> tuple[Any, ...]:
    """The whole list. Raises NotFound where there is no such access."""
    owner = app.access[access_at(app, access)] if access else app
    return getattr(owner, name) or ()


def found(app: AppSpec, spot: Spot) -> Any:
    """The part itself. Raises NotFound."""
    parts = every(app, spot.name, spot.access)
    if not 0 <= spot.at < len(parts):
        raise NotFound(f"{app.name} has no such {_WORDS.get(spot.name, 'rule')} any more.")
    return parts[spot.at]


def path(app: AppSpec, spot: Spot) -> Path:
    """Where it stands in the entry's data. Raises NotFound where there is no such access."""
    within: Path = ("access", access_at(app, spot.access)) if spot.access else ()
    return (*within, spot.name, spot.at)


def without(app: AppSpec, spot: Spot) -> AppSpec:
    """The app without it. Raises NotFound."""
    found(app, spot)
    parts = every(app, spot.name, spot.access)
    return replaced(app, spot.name, spot.access, parts[: spot.at] + parts[spot.at + 1 :])


def earlier(app: AppSpec, spot: Spot) -> AppSpec:
    """The app with it before the one that it follows. Raises NotFound."""
    moved, parts = found(app, spot), every(app, spot.name, spot.access)
    others, to = parts[: spot.at] + parts[spot.at + 1 :], max(spot.at - 1, 0)
    return replaced(app, spot.name, spot.access, (*others[:to], moved, *others[to:]))


def replaced(app: AppSpec, name: str, access: str, parts: tuple[Any, ...]) -> AppSpec:
    """The app with this list instead. Raises NotFound where there is no such access."""
    if not access:
        return app.model_copy(update={name: parts})
    changed = app.access[access_at(app, access)].model_copy(update={name: parts})
    return _with_access(app, changed)


def with_own_stages(app: AppSpec, access: str) -> AppSpec:
    """The app with stages of this access's own, which are the app's to begin with. Raises NotFound."""
    return replaced(app, "stage", access, app.stage)


def with_the_app_s_stages(app: AppSpec, access: str) -> AppSpec:
    """The app with this access going through the app's stages. Raises NotFound."""
    stored = app.access[access_at(app, access)].stored()
    rest = {name: value for name, value in stored.items() if name != "stage"}
    return _with_access(app, AccessSpec.model_validate(rest))


def _with_access(app: AppSpec, changed: AccessSpec) -> AppSpec:
    at = access_at(app, changed.key)
    return app.model_copy(update={"access": (*app.access[:at], changed, *app.access[at + 1 :])})


_WORDS = {"stage": "stage", "example": "example"}


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
