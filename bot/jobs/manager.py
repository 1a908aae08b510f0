"""The job `manager`: a request waits for somebody's manager, and the directory names another one now."""

from bot.slack import Gateway, Gone
from handlers.slack_objects import person_of
from models import jobs
from models.jobs import Work
from models.lifecycle.people import managers, person_changed
from models.store.base import Store
from models.store.tx import Tx


class ManagerJob:
    """Looks up a manager who is not known yet, and has them asked."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> None:
        """Carry out one; its payload is {"request": id}."""
        request_id = int(work.payload["request"])
        if named := await self._store.read(lambda session: managers.unknown(session, request_id)):
            await self._meet(named)
        await self._store.write(lambda tx: _seen(tx, work, request_id))

    async def _meet(self, named: str) -> None:
        method, by = ("users.lookupByEmail", "email") if "@" in named else ("users.info", "user")
        try:
            answer = await self._gateway.call(method, **{by: named})
        except Gone:
            return
        person = person_of(answer["user"])
        await self._store.write(lambda tx: person_changed.people_seen(tx, [person]))


def _seen(tx: Tx, work: Work, request_id: int) -> None:
    jobs.finish(tx.session, work)
    managers.ask_anew(tx, request_id)
