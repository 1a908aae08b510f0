"""App Home: three tabs, each a function of one read (`models.queries.home`)."""

from datetime import datetime

from blocks import kit
from blocks.home.access import my_access
from blocks.home.requests import my_requests
from blocks.home.tabs import ALL, TABS, HomeAction, count_line, page_buttons, tab_bar
from blocks.home.todo import to_do
from blocks.kit import Block, View
from models.queries.home import HomePage
from models.queries.my_access import MyAccess
from models.queries.my_requests import MyRequests


def home(page: HomePage, now: datetime) -> View:
    """A person's App Home; `now` is for the time left."""
    title, content = _content(page, now)
    blocks = [tab_bar(), count_line(page.counts), kit.divider(), kit.header(title), *content]
    return View(type="home", blocks=[*blocks, *page_buttons(page.content.pages)])


def _content(page: HomePage, now: datetime) -> tuple[str, list[Block]]:
    content = page.content
    if isinstance(content, MyAccess):
        return TABS[HomeAction.ACCESS], my_access(content, page.person_id, now)
    if isinstance(content, MyRequests):
        return TABS[HomeAction.REQUESTS], my_requests(content, page.person_id, now)
    return TABS[HomeAction.TODO], to_do(content, page.person_id, now)


__all__ = ["ALL", "HomeAction", "home"]
