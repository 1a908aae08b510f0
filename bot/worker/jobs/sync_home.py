"""The job `home`: publishes the App Home of somebody who has opened it.

One of a person is ready at a time, and one runs at a time: whatever changed until it reads is in what it
publishes, and what changes after that wants another.
"""

from blocks import home as home_view
from blocks.kit import View
from bot.slack.gateway import Gateway, Gone
from bot.worker.jobs.post_once import digest_of
from bot.worker.runner import Result
from models.jobs import Work
from models.lifecycle.people import app_home
from models.queries.home import Place, home_page
from models.store.base import Store
from models.store.case import Case
from models.tables.cards import Home, HomeTab


class SyncHomeJob:
    """Publishes App Homes."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> Result | None:
        """Carry out one; payload: {"person": id}. A Home that is up to date costs no call."""
        person_id = str(work.payload["person"])
        view, tab, home = await self._store.read(lambda case: _draw(case, person_id))
        digest = digest_of(view)
        # After a run that failed it is not sure what they see.
        if home is None or digest != home.digest or work.attempts > 1:
            try:
                await self._gateway.call("views.publish", user_id=person_id, view=dict(view))
            except Gone:
                digest = ""  # nobody looks at it any more
        elif not home.fresh:
            return None
        return lambda out: app_home.save_published(out, person_id, digest, tab)


def _draw(case: Case, person_id: str) -> tuple[View, HomeTab, Home | None]:
    """A person's App Home as it is now, the tab that it shows, and what is known of it."""
    home = case.get(Home, person_id)
    page = home_page(case, person_id, Place.of(home))
    return home_view.home(page, case.now), page.tab, home
