"""The job `manager`: a request waits for somebody's manager, and the directory names another one now."""

from bot.slack import Gateway, Gone
from bot.worker import Result
from handlers.slack_objects import person_of
from models.jobs import Work
from models.lifecycle.people import open_requests, update_people
from models.store.base import JOB, Store


class ManagerJob:
    """Looks up a manager who is not known yet, and has them asked."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> Result:
        """Carry out one; its payload is {"request": id}."""
        request_id = int(work.payload["request"])
        if named := await self._store.read(lambda case: open_requests.unknown_manager(case, request_id)):
            await self._meet(named)
        return lambda out: open_requests.ask_present_manager(out, request_id)

    async def _meet(self, named: str) -> None:
        method, by = ("users.lookupByEmail", "email") if "@" in named else ("users.info", "user")
        try:
            answer = await self._gateway.call(method, **{by: named})
        except Gone:
            return
        person = person_of(answer["user"])
        await self._store.run(update_people.save_people, [person], priority=JOB)
