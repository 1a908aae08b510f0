"""Small changes of an app's entry: switched on or off, a part taken out, a stage moved."""

from typing import Any

from models.catalogue.spec import AppSpec
from models.errors import NotFound


def switched(app: AppSpec, *, on: bool) -> AppSpec:
    """The app that may, or may not, be requested."""
    return app.model_copy(update={"enabled": on})


def without_access(app: AppSpec, key: str) -> AppSpec:
    """The app without this access. Raises NotFound."""
    return app.model_copy(update={"access": _without(app.access, access_at(app, key))})


def without_stage(app: AppSpec, at: int) -> AppSpec:
    """The app without the stage at this place. Raises NotFound."""
    return app.model_copy(update={"stage": _without(app.stage, stage_at(app, at))})


def with_stage_earlier(app: AppSpec, at: int) -> AppSpec:
    """The app with the stage at this place before the one that it follows. Raises NotFound."""
    at = stage_at(app, at)
    before = max(at - 1, 0)
    stages = _without(app.stage, at)
    return app.model_copy(update={"stage": (*stages[:before], app.stage[at], *stages[before:])})


def access_at(app: AppSpec, key: str) -> int:
    """The place of the access with this key. Raises NotFound where there is none."""
    found = next((at for at, access in enumerate(app.access) if access.key == key), None)
    if found is None:
        raise NotFound(f"{app.name} has no access “{key[:40]}” any more.")
    return found


def stage_at(app: AppSpec, at: int) -> int:
    """The same place. Raises NotFound where there is no stage."""
    if not 0 <= at < len(app.stage):
        raise NotFound(f"{app.name} has no such stage any more.")
    return at


def _without(parts: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    return parts[:at] + parts[at + 1 :]
