"""App Home's tab bar, counts and pages, and the ids of its buttons."""

from datetime import datetime
from enum import StrEnum

from blocks import kit
from blocks.kit import Block
from blocks.kit.text import moment
from blocks.request_form import RequestAction
from models.durations import time_left_words
from models.queries.home import Counts
from models.queries.paging import Pages

ALL = "all"
"""The filter's option for every status; the others are the values of `RequestState`."""


class HomeAction(StrEnum):
    """Action ids of App Home's own buttons and menu. What cards have too is in `blocks.cards.buttons`."""

    ACCESS = "home.access"
    REQUESTS = "home.requests"
    TODO = "home.todo"
    NEWER = "home.newer"  # a page's number, counted from 0
    OLDER = "home.older"  # the same
    FILTER = "home.filter"  # a status, or ALL
    STAND_IN = "home.set_stand_in"
    NO_STAND_IN = "home.no_stand_in"  # the delegation to remove (DG-1)
    RUN_AGAIN = "home.run_again"  # a dead job (JB-1)


TABS = {
    HomeAction.ACCESS: "My access",
    HomeAction.REQUESTS: "My requests",
    HomeAction.TODO: "To do",
}


def tab_bar() -> Block:
    """The buttons of the tabs, and Request access."""
    tabs = [kit.button(label, action) for action, label in TABS.items()]
    return kit.actions([*tabs, kit.button("Request access", RequestAction.OPEN, style="primary")])


def count_line(counts: Counts) -> Block:
    """How many accesses, open requests and things to do the viewer has."""
    accesses = _number(counts.accesses, "active access", "active accesses")
    requests = _number(counts.requests, "open request", "open requests")
    waiting = f"*{counts.waiting}* to do" if counts.waiting else "nothing to do"
    return kit.context(f"{accesses} · {requests} · {waiting}")


def expires_in(at: datetime, now: datetime) -> str:
    """When something expires: "expires in 2 days (Mon 19:16)". The words are right when the tab is drawn."""
    wait = f"in {time_left_words(at - now).removesuffix(' left')}" if at > now else "now"
    return f"expires {wait} ({moment(at)})"


def page_buttons(pages: Pages) -> list[Block]:
    """The position in the list and the buttons to the next pages; empty where one page holds all."""
    if pages.newer is None and pages.older is None:
        return []
    targets = ((HomeAction.NEWER, "Newer", pages.newer), (HomeAction.OLDER, "Older", pages.older))
    buttons = [kit.button(label, action, str(page)) for action, label, page in targets if page is not None]
    return [kit.context(f"{pages.first + 1}–{pages.end} of {pages.total}"), kit.actions(buttons)]


def _number(count: int, singular: str, plural: str) -> str:
    return f"*{count}* {singular if count == 1 else plural}" if count else f"no {plural}"
