"""Where a window is: who one is, what is open. It stands in the address: two windows can be two people."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit


@dataclass(frozen=True)
class Place:
    """`where` is the id of a conversation (C…, D…, G…) or an app (A…: its Home), or empty.

    `thread` is the ts of an open thread, `drawer` the open tab of the drawer and `item` what it shows.
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
        there = replace(self, **changes)
        asked = {key: getattr(there, key) for key in ("thread", "drawer", "item") if getattr(there, key)}
        path = "/".join(["/as", there.user_id, *([there.where] if there.where else [])])
        return path + ("?" + urlencode(asked) if asked else "")


def read(url: str) -> Place | None:
    """The place of an address; None where it is none."""
    parts = urlsplit(url)
    names = parts.path.strip("/").split("/")
    if len(names) not in (2, 3) or names[0] != "as":
        return None
    asked = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    known = {key: asked.get(key, "") for key in ("thread", "drawer", "item")}
    return Place(names[1], names[2] if len(names) > 2 else "", **known)  # noqa: PLR2004  /as/U…/C…
