"""Keep what a person looks at on App Home, so that it can be published again when something changes.

The job `home` publishes it, of which one for each person is ready at a time: later changes come with it. A
press there goes before an opening, and both before what changed by itself.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from models.jobs.work import Work
from models.store.outcome import Outcome
from models.tables.cards import Home, HomeTab
from models.tables.jobs import Urgency
from models.tables.people import Person
from models.tables.states import GrantState, RequestState

AWAY = timedelta(hours=1)
"""Whoever has not used App Home for so long begins anew: on To do, where something waits."""
JUST_OPENED = timedelta(minutes=1)
"""A Home that was opened within this time may not have reached Slack yet."""


def open_home(out: Outcome, person_id: str, *, blank: bool = False) -> Home:
    """Keep App Home up to date for a person from now on: they open it, where they were last.

    After a while away, and the first time, it may open on To do instead. `blank`: Slack has nothing to show
    for them, so what is known of it is void, unless it is on its way.
    """
    known = out.case.lock(Home, person_id)
    home = known or _add(out, person_id)
    if known is None and out.case.get(Person, person_id) is None:  # the greeting says what they own
        out.enqueue("person", f"person:{person_id}", person=person_id)
    passed = out.now - home.opened_at
    void = {"digest": ""} if blank and passed > JUST_OPENED else {}
    fresh = home.fresh or known is None or passed > AWAY
    _enqueue(out, person_id, Urgency.TELL)
    greeting = known is None or (home.greeting and passed <= JUST_OPENED)
    place = {"page": 0} if fresh else {}
    return out.change(home, opened_at=out.now, greeting=greeting, fresh=fresh, **place, **void)


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
    return _use(out, person_id, tab=tab, page=0)


def show_page(out: Outcome, person_id: str, page: int) -> Home:
    """Show another page, counted from 0. One that is not there shows as the nearest that is."""
    return _use(out, person_id, page=page)


def filter_requests(out: Outcome, person_id: str, statuses: Iterable[RequestState | GrantState]) -> Home:
    """Show only their requests that have one of these statuses, or whose grant has; none: all."""
    return _use(out, person_id, filter=",".join(dict.fromkeys(statuses)), page=0)


def save_published(out: Outcome, person_id: str, digest: str, tab: HomeTab | None = None) -> None:
    """Save the digest of what Slack has published; empty where it is not certain what the person sees.

    `tab`: the tab that was drawn, on which App Home stays where it had opened anew.
    """
    home = _home(out, person_id)
    place = {"tab": tab, "fresh": False} if home.fresh and tab else {}
    out.change(home, digest=digest, **place)


def publish_again(out: Outcome, work: Work) -> None:
    """Publish it once more: two processes had the job, and the later may have published an older state."""
    person_id = str(work.payload["person"])
    save_published(out, person_id, "")
    _enqueue(out, person_id, Urgency.LATER)


def _enqueue(out: Outcome, person_id: str, urgency: Urgency) -> None:
    out.enqueue("home", f"home:{person_id}", urgency=urgency, person=person_id)


def _home(out: Outcome, person_id: str) -> Home:
    """The person's row, held until the commit; made the first time."""
    return out.case.lock(Home, person_id) or _add(out, person_id)


def _add(out: Outcome, person_id: str) -> Home:
    return out.add(Home, person_id=person_id, tab=HomeTab.ACCESS, opened_at=out.now)


def _use(out: Outcome, person_id: str, **changes: Any) -> Home:
    """Change what a person looks at, who has pressed something there."""
    return out.change(_home(out, person_id), opened_at=out.now, greeting=False, fresh=False, **changes)
