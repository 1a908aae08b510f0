"""App Home's tabs as tests draw and read them."""

from typing import Any

from blocks import home, kit
from models.jobs import Job
from models.policy import Conflict
from models.queries.history import Concluded, History
from models.queries.home import Content, Counts, Greeting, HomePage, Waits
from models.queries.my_access import HeldGrant, MyAccess
from models.queries.my_requests import MyRequests, Status
from models.queries.paging import Pages
from models.queries.stage_stories import RequestProgress
from models.queries.to_do import ToDo, Waiting
from models.registry.policy_snapshot import Snapshot
from models.tables.cards import HomeTab
from models.tables.grants import Direction, Grant, Task, TaskState
from models.tables.requests import Request
from tests.blocks.slack_validation import buttons_of, check_view, words_of
from tests.blocks.stories import ADA, ALAN, GRACE, NOON, ROOT, grant, request, snapshot, stage
from tests.rows import new_row

SHOT = snapshot()
ONE = Pages(0, 1)
TABS = ["● My access 1", "My requests", "To do 2", "Request access"]
_TAB = {MyAccess: HomeTab.ACCESS, MyRequests: HomeTab.REQUESTS, Waits: HomeTab.TODO, History: HomeTab.HISTORY}


def drawn(
    content: Content, viewer: str = ADA, counts: Counts | None = None, greeting: Greeting | None = None
) -> kit.View:
    """App Home with this tab open, as Slack takes it."""
    page = HomePage(viewer, counts or Counts(1, 0, 2), _TAB[type(content)], content, greeting)
    view = home.home(page, NOON)
    check_view(view)
    return view


def read(content: Content, viewer: str = ADA) -> tuple[str, list[str]]:
    """What can be read on it, and its buttons below the tabs."""
    view = drawn(content, viewer)
    return words_of(view["blocks"]), buttons_of(view["blocks"][1:])


def held_grant(extension: Request | None = None, workers: tuple[str, ...] = (), **changes: Any) -> HeldGrant:
    return HeldGrant(grant(SHOT, **changes), extension, workers, SHOT)


def access(
    *held: HeldGrant, recent: tuple[tuple[Request, Grant | None], ...] = (), pages: Pages = ONE
) -> MyAccess:
    return MyAccess(held, recent, (ROOT,), pages)


def requests(
    *pending: Request,
    in_progress: tuple[Request, ...] = (),
    closed: tuple[Request, ...] = (),
    grants: tuple[Grant, ...] = (),
    statuses: tuple[Status, ...] = (),
    instead: dict[int, HeldGrant | None] | None = None,
) -> MyRequests:
    where = RequestProgress(stage(0, "any", [GRACE, ALAN]), 2)
    by_id = {row.id: row for row in grants}
    waits = tuple((row, where) for row in pending)
    return MyRequests(waits, in_progress, closed, by_id, instead or {}, statuses, (ROOT,), ONE)


def todo(latest: tuple[Concluded, ...] = (), more: bool = False, **parts: Any) -> Waits:
    usual: dict[str, Any] = {
        "to_decide": (),
        "tasks": (),
        "changes": (),
        "reviews": (),
        "failed": (),
        "parked": (),
        "pages": ONE,
    }
    return Waits(ToDo(**(usual | parts)), latest, more)


def to_decide(shot: Snapshot = SHOT, conflicts: tuple[Conflict, ...] = (), **changes: Any) -> Waits:
    asked = RequestProgress(stage(0, "any", [GRACE]), 1)
    return todo(to_decide=(Waiting(request(shot, **changes), asked, shot, conflicts),))


def job(kind: str = "card", error: str = "channel_not_found") -> Job:
    return new_row(Job, id=3, kind=kind, key="card:77", error=error)


def task(direction: Direction = Direction.GIVE) -> Task:
    return new_row(
        Task, id=3, grant_id=7, direction=direction, state=TaskState.OPEN, asked=[GRACE], created_at=NOON
    )
