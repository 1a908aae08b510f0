"""What a person looks at on App Home is kept, so that it can be drawn again when something changes."""

from models.store.outcome import Outcome
from models.tables.cards import Home, HomeTab
from models.tables.states import RequestState


def opened(out: Outcome, person_id: str) -> Home:
    """Keep App Home up to date for somebody from now on: they open it, where they were last."""
    return out.change(_home(out, person_id), opened_at=out.now)


def turn_to(out: Outcome, person_id: str, tab: HomeTab) -> Home:
    """Show another tab, which begins at its first page."""
    return out.change(_home(out, person_id), tab=tab, page=0)


def turn_page(out: Outcome, person_id: str, page: int) -> Home:
    """Show another page, counted from 0. One that is not there shows as the nearest that is."""
    return out.change(_home(out, person_id), page=page)


def show_only(out: Outcome, person_id: str, status: RequestState | None) -> Home:
    """Show their requests of this status only; None: all."""
    return out.change(_home(out, person_id), filter=status.value if status else "", page=0)


def shown(out: Outcome, person_id: str, digest: str) -> Home:
    """Note that Slack has taken what has this digest."""
    return out.change(_home(out, person_id), digest=digest)


def _home(out: Outcome, person_id: str) -> Home:
    """The person's row, held until the commit; made the first time."""
    known = out.case.lock(Home, person_id)
    return known or out.add(Home, person_id=person_id, tab=HomeTab.ACCESS, opened_at=out.now)
