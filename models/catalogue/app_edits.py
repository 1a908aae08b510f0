"""Edit an app's entry: its stages, rules and examples by their place, its accesses by key.

Each function returns a changed copy. All but `set_enabled` raise NotFound where the item or the access was
removed in the meantime; so do `list_items`, `get_item`, `item_path` and `access_index`.
"""

from dataclasses import dataclass
from typing import Any

from models.catalogue.spec import AccessSpec, AppSpec
from models.catalogue.spec.fields import Path
from models.errors import NotFound

RULES = ("deny", "require", "auto_approve")
"""The lists of rules, in the order in which they count."""
_ITEM_WORDS = {"stage": "stage", "example": "example"}


@dataclass(frozen=True)
class ItemRef:
    """A stage, rule or example of an app: its list, its index there, and the access that has the list."""

    list_name: str
    """The field's name: "stage", "example" or one of `RULES`."""
    index: int
    access: str = ""
    """The access's key; empty: the app's own list."""


def list_items(app: AppSpec, name: str, access: str = "") -> tuple[Any, ...]:
    """The list of this name, the app's or that of an access.

    Raises:
        NotFound: there is no such access.
    """
    owner = app.access[access_index(app, access)] if access else app
    return getattr(owner, name) or ()


def get_item(app: AppSpec, ref: ItemRef) -> Any:
    """The stage, rule or example itself.

    Raises:
        NotFound: it is not there, or its access is not.
    """
    items = list_items(app, ref.list_name, ref.access)
    if not 0 <= ref.index < len(items):
        raise NotFound(f"{app.name} no longer has this {_ITEM_WORDS.get(ref.list_name, 'rule')}.")
    return items[ref.index]


def item_path(app: AppSpec, ref: ItemRef) -> Path:
    """The path to an item in the entry's data: ("access", 0, "stage", 1)."""
    owner: Path = ("access", access_index(app, ref.access)) if ref.access else ()
    return (*owner, ref.list_name, ref.index)


def access_index(app: AppSpec, key: str) -> int:
    """The place of the access with this key.

    Raises:
        NotFound: there is no such access.
    """
    index = next((index for index, access in enumerate(app.access) if access.key == key), None)
    if index is None:
        raise NotFound(f"{app.name} no longer has the access “{key[:40]}”.")
    return index


def remove_item(app: AppSpec, ref: ItemRef) -> AppSpec:
    """Remove a stage, rule or example."""
    get_item(app, ref)
    items = list_items(app, ref.list_name, ref.access)
    return replace_list(app, ref.list_name, ref.access, items[: ref.index] + items[ref.index + 1 :])


def move_up(app: AppSpec, ref: ItemRef) -> AppSpec:
    """Move a stage, rule or example before the one that it follows; the first stays where it is."""
    items, before = [*list_items(app, ref.list_name, ref.access)], max(ref.index - 1, 0)
    item = get_item(app, ref)
    items[before : ref.index + 1] = [item, *items[before : ref.index]]
    return replace_list(app, ref.list_name, ref.access, tuple(items))


def replace_list(app: AppSpec, name: str, access: str, items: tuple[Any, ...]) -> AppSpec:
    """Replace the list of this name, the app's or that of an access."""
    if not access:
        return app.model_copy(update={name: items})
    changed = app.access[access_index(app, access)].model_copy(update={name: items})
    return _replace_access(app, changed)


def copy_app_stages(app: AppSpec, access: str) -> AppSpec:
    """Give an access stages of its own, which are the app's to begin with."""
    return replace_list(app, "stage", access, app.stage)


def inherit_app_stages(app: AppSpec, access: str) -> AppSpec:
    """Remove an access's own stages, so that it goes through the app's."""
    stored = app.access[access_index(app, access)].stored()
    rest = {name: value for name, value in stored.items() if name != "stage"}
    return _replace_access(app, AccessSpec.model_validate(rest))


def remove_access(app: AppSpec, key: str) -> AppSpec:
    """Remove an access."""
    index = access_index(app, key)
    return app.model_copy(update={"access": app.access[:index] + app.access[index + 1 :]})


def set_enabled(app: AppSpec, *, on: bool) -> AppSpec:
    """Open the app for requests, or close it."""
    return app.model_copy(update={"enabled": on})


def _replace_access(app: AppSpec, changed: AccessSpec) -> AppSpec:
    index = access_index(app, changed.key)
    return app.model_copy(update={"access": (*app.access[:index], changed, *app.access[index + 1 :])})
