"""The drawer "What really happened": traffic, Block Kit, groups, and the panels handed in."""

import json
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from bot.sandbox.browser.actions.page_actions import message_of
from bot.sandbox.browser.draw import dates
from bot.sandbox.browser.extension_points import Panel, Table
from bot.sandbox.browser.membership_history import Memberships
from bot.sandbox.browser.screen.screen import Screen
from bot.sandbox.slack.core.traffic_log import Entry
from bot.sandbox.slack.state.conversations import Message
from bot.sandbox.slack.state.views import View
from bot.sandbox.slack.validate import Problem, validate_message, validate_view

MOST = 250  # lines of traffic


@dataclass(frozen=True)
class Line:
    """One exchange in the list of traffic."""

    number: int
    time: str
    arrow: str
    name: str
    about: str
    state: str
    failed: bool
    current: bool
    url: str


@dataclass(frozen=True)
class Kit:
    """The Block Kit of one surface, and what the validator says of it."""

    title: str
    source: str
    problems: list[Problem]


def traffic(screen: Screen) -> list[Line]:
    """The last exchanges, newest first."""
    entries = list(screen.slack.log)[-MOST:]
    return [_line(screen, each) for each in reversed(entries)]


def _line(screen: Screen, entry: Entry) -> Line:
    at = entry.at.astimezone(screen.reader.zone)
    number = str(entry.number)
    return Line(
        entry.number,
        f"{dates.clock(at)}:{at:%S}",
        {"api": "→ Slack", "delivery": "→ app"}.get(entry.kind, "note"),
        entry.name,
        _about(screen, entry),
        "…" if entry.took is None else entry.error or f"{entry.took * 1000:.0f} ms",
        entry.error is not None,
        number == screen.place.item,
        screen.place.url(item="" if number == screen.place.item else number),
    )


def _about(screen: Screen, entry: Entry) -> str:
    """In a few words, whom or what an exchange concerns."""
    request = entry.request if isinstance(entry.request, dict) else {}
    body = request.get("payload") if entry.kind == "delivery" else request
    body = body if isinstance(body, dict) else {}
    user = body.get("user") or body.get("user_id") or (body.get("event") or {}).get("user")
    user_id = user.get("id") if isinstance(user, dict) else user
    where = body.get("channel") if isinstance(body.get("channel"), str) else None
    told = [screen.names.get(str(each), str(each)) for each in (user_id, where) if each]
    actions = [str(each.get("action_id")) for each in body.get("actions") or []]
    view = body.get("view") if isinstance(body.get("view"), dict) else {}
    more = [body.get("command"), (view or {}).get("callback_id") if not actions else None, *actions]
    return " · ".join([*told, *(str(each) for each in more if each)])


def entry(screen: Screen) -> tuple[Entry, str, str] | None:
    """The chosen exchange, with what was sent and what was answered as JSON."""
    for each in screen.slack.log:
        if str(each.number) == screen.place.item:
            return each, pretty(each.request), pretty(each.response)
    return None


def pretty(value: Any) -> str:
    """JSON for people."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_plainly)


def _plainly(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def kit(screen: Screen) -> Kit | None:
    """The Block Kit of the message that was chosen, else of the modal or the Home tab before one."""
    if screen.place.item.startswith(("m/", "e/")):
        message = message_of(screen.slack, screen.user.id, screen.place.item)
        return _message_kit(message) if message else None
    home = screen.slack.views.home(screen.user.id, screen.app) if screen.app else None
    view = screen.modal or home
    return _view_kit(view) if view else None


def _message_kit(message: Message) -> Kit:
    source = {"text": message.fallback, "blocks": message.blocks, "metadata": message.metadata}
    return Kit(f"Message {message.ts}", pretty(source), validate_message(message.blocks))


def _view_kit(view: View) -> Kit:
    name = "Modal" if view.definition["type"] == "modal" else "Home tab"
    return Kit(f"{name} {view.id}", pretty(view.as_json()), validate_view(view.definition))


def members(screen: Screen) -> list[tuple[str, str, list[str]]]:
    """Every user group and channel: name, what it is, who is in it."""
    workspace = screen.slack.workspace
    groups = [
        (f"@{each.handle}", "user group, disabled" if each.disabled_at else "user group", each.members)
        for each in workspace.usergroups.values()
    ]
    rooms = [
        (f"#{each.name}", f"{each.kind} channel", each.members)
        for each in workspace.channels.values()
        if each.name
    ]
    return [
        (name, kind, [screen.names.get(one, one) for one in inside]) for name, kind, inside in groups + rooms
    ]


def steps(screen: Screen, memberships: Memberships) -> list[dict[str, Any]]:
    """What changed in groups and channels, newest first."""
    reader, names = screen.reader, screen.names

    def told(people: list[str]) -> list[str]:
        return [names.get(each, each) for each in people]

    return [
        {
            "at": dates.formatted(each.at.astimezone(reader.zone), "{date_short_pretty} {time}", reader.now),
            "name": each.name,
            "added": told(each.added),
            "removed": told(each.removed),
            "before": len(each.before),
            "after": len(each.after),
        }
        for each in memberships.steps
    ]


async def panel(panels: list[Panel], key: str) -> Table | Markup | None:
    """The content of a panel that was handed in."""
    for each in panels:
        if each.key == key:
            return await each.draw()
    return None
