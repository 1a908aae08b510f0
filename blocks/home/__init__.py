"""App Home: three tabs, each a function of one read (`models.queries.home`)."""

from datetime import datetime

from blocks import kit
from blocks.home.access import my_access
from blocks.home.history import history_list
from blocks.home.requests import my_requests
from blocks.home.tabs import ALL, HomeAction, greeting_lines, tab_bar
from blocks.home.todo import to_do
from blocks.kit import Block, View
from models.queries.home import HomePage, Waits
from models.queries.my_access import MyAccess
from models.queries.my_requests import MyRequests


def home(page: HomePage, now: datetime) -> View:
    """A person's App Home; `now` is for the times in words."""
    greeting = [greeting_lines(page.greeting)] if page.greeting else []
    bar = [tab_bar(page.tab, page.counts), kit.divider()]
    return View(type="home", blocks=[*greeting, *bar, *_content(page, now)])


def _content(page: HomePage, now: datetime) -> list[Block]:
    content, viewer = page.content, page.person_id
    match content:
        case MyAccess():
            return my_access(content, viewer, now)
        case MyRequests():
            return my_requests(content, viewer, now)
        case Waits():
            return to_do(content, viewer, now)
    return history_list(content, viewer, now)


__all__ = ["ALL", "HomeAction", "home"]
