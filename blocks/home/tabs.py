"""App Home's tab bar, greeting and pages, and the ids of its buttons."""

from enum import StrEnum

from blocks import kit
from blocks.command_help import ADMIN_COMMAND, REQUEST_COMMAND
from blocks.kit import Block, Element
from blocks.kit.text import esc
from blocks.request_form import RequestAction
from models.queries.home import Counts, Greeting
from models.queries.paging import Pages
from models.tables.cards import HomeTab
from models.text import join_words

ALL = "all"
"""Every status, in the menu of one that an older App Home has."""
_MAX_OWNED = 3
"""Apps that the greeting names before it counts the rest."""


class HomeAction(StrEnum):
    """Action ids of App Home's own buttons and menus. What cards have too is in `blocks.cards.buttons`."""

    ACCESS = "home.access"
    REQUESTS = "home.requests"
    TODO = "home.todo"
    HISTORY = "home.history"
    NEWER = "home.newer"  # a page's number, counted from 0
    OLDER = "home.older"  # the same
    FILTER = "home.filter"  # statuses of requests and grants
    MORE = "home.more"  # an action of a card and its reference (card.details:AR-1)
    LINK = "home.link"  # opens an address by itself
    STAND_IN = "home.set_stand_in"
    NO_STAND_IN = "home.no_stand_in"  # the delegation to remove (DG-1)
    RUN_AGAIN = "home.run_again"  # a dead job (JB-1)


TABS = {
    HomeAction.ACCESS: "My access",
    HomeAction.REQUESTS: "My requests",
    HomeAction.TODO: "To do",
}
_OPEN = {
    HomeTab.ACCESS: HomeAction.ACCESS,
    HomeTab.REQUESTS: HomeAction.REQUESTS,
    HomeTab.TODO: HomeAction.TODO,
    HomeTab.HISTORY: HomeAction.TODO,
}


def tab_bar(tab: HomeTab, counts: Counts) -> Block:
    """The buttons of the tabs with what is in each, the open one marked, and Request access."""
    numbers = (counts.accesses, counts.requests, counts.waiting)
    tabs = [
        _tab(action, number, is_open=action is _OPEN[tab])
        for action, number in zip(TABS, numbers, strict=True)
    ]
    return kit.actions([*tabs, kit.button("Request access", RequestAction.OPEN, style="primary")])


def _tab(action: HomeAction, number: int, *, is_open: bool) -> Element:
    label = TABS[action]
    button = kit.button(f"{'● ' if is_open else ''}{label}{f' {number}' if number else ''}", action)
    return button | {
        "accessibility_label": f"{label}, {number or 'nothing'}{', open tab' if is_open else ''}"
    }


def greeting_lines(greeting: Greeting) -> Block:
    """What Keyturn is for this person, in a few lines."""
    lines = [
        "*Welcome to Keyturn.* Request access here; approvers decide, and it ends when its time is up.",
        f"Extend it or give it back under *My access*. `{REQUEST_COMMAND} help` shows a faster way.",
    ]
    if greeting.approver:
        lines.append("Requests to approve come as messages, and wait under *To do*.")
    if greeting.owned:
        names = join_words([f"*{esc(name)}*" for name in greeting.owned], limit=_MAX_OWNED)
        lines.append(f"You own {names}: what needs you there waits under *To do* too.")
    if greeting.admin:
        lines.append(
            f"You're a workspace admin: `{ADMIN_COMMAND}` sets up apps; what fails waits under *To do*."
        )
    return kit.section("\n".join(lines))


def page_buttons(pages: Pages) -> list[Block]:
    """The position in the list and the buttons to the next pages; empty where one page holds all."""
    if pages.newer is None and pages.older is None:
        return []
    targets = ((HomeAction.NEWER, "Newer", pages.newer), (HomeAction.OLDER, "Older", pages.older))
    buttons = [kit.button(label, action, str(page)) for action, label, page in targets if page is not None]
    total = f" of {pages.total}" if pages.counted else ""
    return [kit.context(f"{pages.first + 1}–{pages.end}{total}"), kit.actions(buttons)]
