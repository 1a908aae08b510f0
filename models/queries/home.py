"""Read one person's App Home: everything that it shows, a page at a time."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, literal_column, select

from models.queries import my_access, my_requests, to_do
from models.queries.history import Concluded, History, history, latest_history
from models.queries.my_access import MyAccess
from models.queries.my_requests import MyRequests, Status
from models.queries.to_do import ToDo
from models.registry import apps
from models.registry.directory import Directory
from models.registry.policy_snapshot import is_owner
from models.store.case import Case
from models.tables.cards import Home, HomeTab
from models.tables.requests import Asked
from models.tables.states import GrantState, RequestState

_WAS_ASKED: Select[Any] = select(literal_column("1")).where(Asked.person_id == bindparam("person")).limit(1)


@dataclass(frozen=True)
class Waits:
    """The tab "To do": what waits for the person, and below it what they were asked about last."""

    to_do: ToDo
    latest: tuple[Concluded, ...] = ()
    """On the first page."""
    more: bool = False
    """Whether there is more than `latest`."""


Content = MyAccess | MyRequests | Waits | History


@dataclass(frozen=True)
class Counts:
    """The numbers on the tabs."""

    accesses: int
    """Grants that are not over."""
    requests: int
    """The person's own open requests."""
    waiting: int
    """Things to do."""


@dataclass(frozen=True)
class Greeting:
    """What Keyturn is for somebody who opens App Home for the first time."""

    approver: bool
    """Whether they were asked to decide on something."""
    owned: tuple[str, ...]
    """The names of the apps that they own."""
    admin: bool


@dataclass(frozen=True)
class Place:
    """The part of App Home that a person looks at."""

    tab: HomeTab = HomeTab.ACCESS
    page: int = 0
    """Counted from 0; one that is not there means the nearest that is."""
    statuses: tuple[Status, ...] = ()
    """The statuses of which "My requests" shows requests; empty: all."""
    fresh: bool = False
    """Whether it goes to To do where something waits."""
    greeting: bool = False
    """Whether it greets."""

    @classmethod
    def of(cls, home: Home | None) -> "Place":
        """The place where a person was last; the first tab for somebody who never opened it."""
        if home is None:
            return cls()
        statuses = tuple(parse_status(value) for value in home.filter.split(",") if value)
        return cls(home.tab, home.page, statuses, home.fresh, home.greeting)


def parse_status(value: str) -> Status:
    """The status of a request or a grant that is stored as `value`.

    Raises:
        ValueError: There is no such status.
    """
    return RequestState(value) if value in list(RequestState) else GrantState(value)


@dataclass(frozen=True)
class HomePage:
    """All that one App Home shows."""

    person_id: str
    counts: Counts
    tab: HomeTab
    content: Content
    """What the open tab shows."""
    greeting: Greeting | None = None


def home_page(case: Case, person_id: str, place: Place) -> HomePage:
    """Read what this person's App Home shows at this place."""
    held = my_access.count_access(case, person_id)
    open_requests = my_requests.count_requests(case, person_id)
    waiting = to_do.count_to_do(case, person_id)
    tab, page = HomeTab.TODO if place.fresh and waiting.total else place.tab, place.page
    content: Content
    match tab:
        case HomeTab.ACCESS:
            content = my_access.my_access(case, person_id, page, held)
        case HomeTab.REQUESTS:
            content = my_requests.my_requests(case, person_id, place.statuses, page)
        case HomeTab.TODO:
            content = _waits(case, person_id, page, waiting)
        case HomeTab.HISTORY:
            content = history(case, person_id, page)
    counts = Counts(held, open_requests, waiting.total)
    return HomePage(person_id, counts, tab, content, _greeting(case, person_id) if place.greeting else None)


def _waits(case: Case, person_id: str, page: int, counts: to_do.ToDoCounts) -> Waits:
    waits = to_do.to_do(case, person_id, page, counts)
    return Waits(waits, *latest_history(case, person_id)) if waits.first_page else Waits(waits)


def _greeting(case: Case, person_id: str) -> Greeting:
    who = Directory(case)
    person = who.person(person_id)
    owned = [app.name for app in apps.all_apps(case) if person is not None and is_owner(person, app.owners)]
    return Greeting(
        approver=bool(case.read(_WAS_ASKED, person=person_id)),
        owned=tuple(owned),
        admin=who.is_admin(person_id),
    )
