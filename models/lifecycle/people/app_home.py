"""Keep what a person looks at on App Home, so that it can be published again when something changes.

The job `home` publishes it, of which one for each person is ready at a time: later changes come with it. A
press there goes before an opening, and both before what changed by itself.
"""

from collections.abc import Mapping
from datetime import timedelta

from models.jobs.work import Work
from models.store.outcome import Outcome
from models.tables.cards import Home, HomeTab
from models.tables.jobs import Urgency
from models.tables.states import RequestState

JUST_OPENED = timedelta(minutes=1)
"""A Home that was opened within this time may not have reached Slack yet."""


def open_home(out: Outcome, person_id: str, *, blank: bool = False) -> Home:
    """Keep App Home up to date for a person from now on: they open it, where they were last.

    `blank`: Slack has nothing to show for them, so what is known of it is void, unless it is on its way.
    """
    home = _home(out, person_id)
    void = {"digest": ""} if blank and out.now - home.opened_at > JUST_OPENED else {}
    _enqueue(out, person_id, Urgency.TELL)
    return out.change(home, opened_at=out.now, **void)


def open_homes(out: Outcome, people: Mapping[str, bool]) -> None:
    """The same for several at once, each with whether it is blank."""
    out.case.lock_now(Home, list(people))
    for person_id in sorted(people):
        open_home(out, person_id, blank=people[person_id])


def publish_now(out: Outcome, person_id: str) -> None:
    """Publish App Home at once, for a person who pressed something there."""
    _enqueue(out, person_id, Urgency.GIVE)


def show_tab(out: Outcome, person_id: str, tab: HomeTab) -> Home:
    """Show another tab, which begins at its first page."""
    return out.change(_home(out, person_id), tab=tab, page=0)


def show_page(out: Outcome, person_id: str, page: int) -> Home:
    """Show another page, counted from 0. One that is not there shows as the nearest that is."""
    return out.change(_home(out, person_id), page=page)


def filter_requests(out: Outcome, person_id: str, status: RequestState | None) -> Home:
    """Show their requests of this status only; None: all."""
    return out.change(_home(out, person_id), filter=status.value if status else "", page=0)


def save_published(out: Outcome, person_id: str, digest: str) -> None:
    """Save the digest of what Slack has published; empty where it is not certain what the person sees."""
    out.change(_home(out, person_id), digest=digest)


def publish_again(out: Outcome, work: Work) -> None:
    """Publish it once more: two processes had the job, and the later may have published an older state."""
    person_id = str(work.payload["person"])
    save_published(out, person_id, "")
    _enqueue(out, person_id, Urgency.LATER)


def _enqueue(out: Outcome, person_id: str, urgency: Urgency) -> None:
    out.enqueue("home", f"home:{person_id}", urgency=urgency, person=person_id)


def _home(out: Outcome, person_id: str) -> Home:
    """The person's row, held until the commit; made the first time."""
    known = out.case.lock(Home, person_id)
    return known or out.add(Home, person_id=person_id, tab=HomeTab.ACCESS, opened_at=out.now)
