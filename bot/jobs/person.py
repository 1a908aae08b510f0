"""The job `person`: looks up somebody of whom Slack has told something that counts, and acts on it."""

from bot.slack import Gateway, Gone
from bot.worker import Result
from handlers.slack_objects import person_of
from models.jobs import Work
from models.lifecycle.people import update_people
from models.registry import directory
from models.store.base import Store


class PersonJob:
    """Looks people up."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> Result:
        """Carry out one; its payload is {"person": id}.

        Somebody who is known and whom Slack does not find has not left for that: an admin has to see it, as
        a job given up.
        """
        person_id = str(work.payload["person"])
        try:
            answer = await self._gateway.call("users.info", user=person_id)
        except Gone:
            if await self._store.read(lambda case: directory.is_known(case, person_id)):
                raise
            person = directory.unknown_person(person_id)
        else:
            person = person_of(answer["user"])
        return lambda out: update_people.save_people(out, [person])
