"""What a person looks at on App Home is kept, so that it can be drawn again when something changes."""

from models.inserts import add_if_new
from models.store.tx import Tx
from models.tables.cards import Home, HomeTab
from models.tables.states import RequestState


def opened(tx: Tx, person_id: str) -> Home:
    """Somebody opens App Home, where they were last; from now on it is kept up to date for them."""
    home = _home(tx, person_id)
    home.opened_at = tx.now
    return home


def turn_to(tx: Tx, person_id: str, tab: HomeTab) -> None:
    """They choose a tab, which begins at its first page."""
    home = _home(tx, person_id)
    home.tab, home.page = tab, 0


def turn_page(tx: Tx, person_id: str, page: int) -> None:
    """They turn to a page, counted from 0. One that is not there shows as the nearest that is."""
    _home(tx, person_id).page = page


def show_only(tx: Tx, person_id: str, status: RequestState | None) -> None:
    """They want to see their requests of this status only; None: all."""
    home = _home(tx, person_id)
    home.filter, home.page = status.value if status else "", 0


def shown(tx: Tx, person_id: str, digest: str) -> None:
    """Slack has taken what has this digest."""
    _home(tx, person_id).digest = digest


def _home(tx: Tx, person_id: str) -> Home:
    """The person's row; made the first time, by whichever of several at once is first."""
    add_if_new(tx.session, Home(person_id=person_id, tab=HomeTab.ACCESS, opened_at=tx.now))
    return tx.session.get_one(Home, person_id, with_for_update=True, populate_existing=True)
