"""What the admin's forms have in common."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from blocks import kit
from blocks.admin.fields import Text
from blocks.admin.ids import Place, Screen
from blocks.admin.marks import marked
from blocks.admin.overlay import Problems
from blocks.kit import Block, View
from models.catalogue.problems import Path
from models.catalogue.search import fold

LONGEST_KEY = 40
KEY = Text("key", "Key", "Its name in files. It stays. Left empty: made from the name.", limit=LONGEST_KEY)
"""Asked for a new app or access."""


def form(
    screen: Screen, title: str, blocks: Iterable[Block], place: Place, *, above: Sequence[Block] = ()
) -> View:
    """A form, with something said above it where there is something to say."""
    return kit.modal(
        title,
        [*above, *marked(blocks)],
        callback_id=screen,
        submit="Save",
        carries=place.carries(),
    )


def key_of(name: str) -> str:
    """A key made from a name: "Größe & Co" gives "grosse-co". Empty where nothing of it fits in one."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:LONGEST_KEY].strip("-")


def keyed(data: dict[str, Any]) -> dict[str, Any]:
    """A new entry's data with a key. Raises Problems where none was given and none can be made."""
    key = data.get(KEY.name) or key_of(str(data.get("name", "")))
    if not key:
        raise Problems({KEY.id: "Give it a key: small letters, digits, - and _."})
    return {**data, KEY.name: key}


def with_entry(data: Any, path: Path, entry: Any) -> Any:
    """The data with this entry where the path leads, or at the end of the list where it leads behind it."""
    if not path:
        return entry
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        parts = list(data or ())
        parts[step : step + 1] = [with_entry(parts[step] if step < len(parts) else None, rest, entry)]
        return parts
    inside = data or {}
    return {**inside, step: with_entry(inside.get(step), rest, entry)}
