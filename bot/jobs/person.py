"""The job `person`: looks up somebody of whom Slack has told something that counts, and acts on it."""

from bot.slack import Gateway
from handlers.whois import person_of
from models import jobs
from models.jobs import Work
from models.lifecycle import leaving
from models.people import Person
from models.store import Store, Tx


class PersonJob:
    """Looks people up."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> None:
        """Carry out one; its payload is {"person": id}.

        Somebody whom Slack does not find has not left for that: an admin has to see it, as a job given up.
        """
        answer = await self._gateway.call("users.info", user=str(work.payload["person"]))
        person = person_of(answer["user"])
        await self._store.write(lambda tx: _seen(tx, work, person))


def _seen(tx: Tx, work: Work, person: Person) -> None:
    jobs.finish(tx.session, work)
    leaving.people_seen(tx, [person])
