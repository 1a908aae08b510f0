"""The place that a window shows, as in its address: each window can be another person."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit


@dataclass(frozen=True)
class Place:
    """Who one is and what is open.

    `where` is the id of a conversation (C…, D…, G…) or of an app (A…: its Home tab), or empty. `thread` is
    the ts of an open thread, `drawer` the open tab of the drawer, and `item` what that tab shows.
    """

    user_id: str
    where: str = ""
    thread: str = ""
    drawer: str = ""
    item: str = ""

    def url(self, **changes: Any) -> str:
        """The address of this place with some parts changed. Going elsewhere closes the thread."""
        if "where" in changes or "user_id" in changes:
            changes = {"thread": ""} | changes
        if "drawer" in changes:
            changes = {"item": ""} | changes
        target = replace(self, **changes)
        query = {key: getattr(target, key) for key in ("thread", "drawer", "item") if getattr(target, key)}
        path = "/".join(["/as", target.user_id, *([target.where] if target.where else [])])
        return path + ("?" + urlencode(query) if query else "")


def parse_url(url: str) -> Place | None:
    """The place of an address, None where it has none."""
    parts = urlsplit(url)
    names = parts.path.strip("/").split("/")
    if len(names) not in (2, 3) or names[0] != "as":
        return None
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    extras = {key: query.get(key, "") for key in ("thread", "drawer", "item")}
    return Place(names[1], names[2] if len(names) > 2 else "", **extras)  # noqa: PLR2004  /as/U…/C…
