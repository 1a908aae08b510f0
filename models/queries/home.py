"""Read one person's App Home: everything that it shows, a page at a time."""

from dataclasses import dataclass

from models.queries import my_access, my_requests, to_do
from models.queries.my_access import MyAccess
from models.queries.my_requests import MyRequests
from models.queries.to_do import ToDo
from models.store.case import Case
from models.tables.cards import Home, HomeTab
from models.tables.states import RequestState

Content = MyAccess | MyRequests | ToDo


@dataclass(frozen=True)
class Counts:
    """The numbers beside the tabs."""

    accesses: int
    """Grants that are not over."""
    requests: int
    """The person's own pending requests."""
    waiting: int
    """Things to do."""


@dataclass(frozen=True)
class Place:
    """The part of App Home that a person looks at."""

    tab: HomeTab = HomeTab.ACCESS
    page: int = 0
    """Counted from 0; one that is not there means the nearest that is."""
    status: RequestState | None = None
    """Which requests are shown on "My requests"; None: all."""

    @classmethod
    def of(cls, home: Home | None) -> "Place":
        """The place where a person was last; the first tab for somebody who never opened it."""
        if home is None:
            return cls()
        return cls(home.tab, home.page, RequestState(home.filter) if home.filter else None)


@dataclass(frozen=True)
class HomePage:
    """All that one App Home shows."""

    person_id: str
    counts: Counts
    content: Content
    """The open tab, by its type."""


def home_page(case: Case, person_id: str, place: Place) -> HomePage:
    """Read what this person's App Home shows at this place."""
    held = my_access.count_access(case, person_id)
    pending = my_requests.count_requests(case, person_id)
    waiting = to_do.count_to_do(case, person_id)
    content: Content
    match place.tab:
        case HomeTab.ACCESS:
            content = my_access.my_access(case, person_id, place.page, held)
        case HomeTab.REQUESTS:
            content = my_requests.my_requests(case, person_id, place.status, place.page, pending)
        case HomeTab.TODO:
            content = to_do.to_do(case, person_id, place.page, waiting)
    return HomePage(person_id, Counts(held, pending, waiting.total), content)
