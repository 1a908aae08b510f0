"""The job `home`: brings the App Home of somebody who has opened it up to date."""

from blocks.kit import View
from bot.slack import Gateway, Gone
from bot.worker import Result
from handlers.home_screen import publish
from models.jobs import Work
from models.lifecycle.people import app_home
from models.store.base import Store
from models.store.case import Case
from models.tables.cards import Home


class HomeJob:
    """Publishes App Homes that have changed."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> Result:
        """Carry out one; its payload is {"person": id}. A Home that shows what is true costs no call."""
        person_id = str(work.payload["person"])

        async def send(view: View) -> None:
            await self._gateway.call("views.publish", user_id=person_id, view=dict(view))

        # After a run that failed it is not sure what they see.
        known = await self._store.read(lambda case: _digest(case, person_id)) if work.attempts == 1 else ""
        try:
            digest = await publish(self._store, person_id, send, known=known)
        except Gone:
            digest = ""  # nobody looks at it any more
        return lambda out: app_home.shown(out, person_id, digest)


def _digest(case: Case, person_id: str) -> str:
    home = case.get(Home, person_id)
    return home.digest if home else ""
