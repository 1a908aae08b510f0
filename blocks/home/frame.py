"""What stands around every tab: the tabs themselves, how much is in each, and the way to other pages."""

from datetime import datetime

from blocks import kit
from blocks.home.access import my_access
from blocks.home.ids import HomeAction
from blocks.home.requests import my_requests
from blocks.home.todo import to_do
from blocks.kit import Block, View
from blocks.request_form.ids import RequestAction
from models.queries.home import Counts, HomePage
from models.queries.my_access import MyAccess
from models.queries.my_requests import MyRequests
from models.queries.paging import Pages

TABS = {
    HomeAction.ACCESS: "My access",
    HomeAction.REQUESTS: "My requests",
    HomeAction.TODO: "To do",
}


def home(page: HomePage, now: datetime) -> View:
    """One person's App Home; `now` is for the time that is left."""
    title, content = _content(page, now)
    blocks = [_tabs(), _counts(page.counts), kit.divider(), kit.header(title), *content]
    return View(type="home", blocks=[*blocks, *_turning(page.content.pages)])


def _content(page: HomePage, now: datetime) -> tuple[str, list[Block]]:
    content = page.content
    if isinstance(content, MyAccess):
        return TABS[HomeAction.ACCESS], my_access(content, page.person_id, now)
    if isinstance(content, MyRequests):
        return TABS[HomeAction.REQUESTS], my_requests(content, page.person_id)
    return TABS[HomeAction.TODO], to_do(content, page.person_id)


def _tabs() -> Block:
    tabs = [kit.button(label, action) for action, label in TABS.items()]
    return kit.actions([*tabs, kit.button("Request access", RequestAction.OPEN, style="primary")])


def _counts(counts: Counts) -> Block:
    return kit.context(
        f"You hold {_number(counts.accesses, 'access', 'accesses')}"
        f" · {_number(counts.requests, 'request')} open"
        f" · {_number(counts.waiting, 'thing')} to do"
    )


def _turning(pages: Pages) -> list[Block]:
    """Where more than one page is: which part this is, and the buttons to the next ones."""
    if pages.newer is None and pages.older is None:
        return []
    turns = ((HomeAction.NEWER, "Newer", pages.newer), (HomeAction.OLDER, "Older", pages.older))
    buttons = [kit.button(label, action, str(page)) for action, label, page in turns if page is not None]
    return [kit.context(f"{pages.first + 1}–{pages.end} of {pages.total}"), kit.actions(buttons)]


def _number(count: int, one: str, several: str = "") -> str:
    return f"*{count}* {one if count == 1 else several or f'{one}s'}"
