"""The job `groups`: looks up the known user groups, in one call, and acts on what has changed."""

from datetime import UTC, datetime

from sqlalchemy import select

from bot.slack import Answer, Gateway, Gone
from bot.worker import Result
from handlers.slack_objects import group_of, person_of
from models.jobs import Work
from models.lifecycle.people import update_people
from models.registry import directory
from models.store.base import JOB, Store
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.people import UserGroup

EVER = datetime.fromtimestamp(0, UTC)
_KNOWN = select(UserGroup.id)


class GroupsJob:
    """Looks user groups up."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> Result:
        """Carry out one; it has no payload. New members are looked up first, so that they can be asked."""
        answer = await self._gateway.call("usergroups.list", include_disabled=True, include_users=True)
        groups = await self._store.read(lambda case: _known(case, answer))
        members = {one for group in groups for one in group.members}
        for person_id in sorted(await self._store.read(lambda case: directory.stale(case, members, EVER))):
            await self._meet(person_id)
        return lambda out: _seen(out, groups)

    async def _meet(self, person_id: str) -> None:
        try:
            answer = await self._gateway.call("users.info", user=person_id)
        except Gone:
            return
        person = person_of(answer["user"])
        await self._store.run(update_people.save_people, [person], priority=JOB)


def _known(case: Case, answer: Answer) -> list[UserGroup]:
    known = set(case.read(_KNOWN))
    return [group_of(one) for one in answer["usergroups"] if one["id"] in known]


def _seen(out: Outcome, groups: list[UserGroup]) -> None:
    for group in groups:
        update_people.save_group(out, group)
