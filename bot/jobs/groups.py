"""The job `groups`: looks up the known user groups, in one call, and acts on what has changed."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.slack import Answer, Gateway, Gone
from handlers.slack_objects import group_of, person_of
from models import jobs
from models.jobs import Work
from models.lifecycle.people import person_changed
from models.registry import directory
from models.store.base import Store
from models.store.tx import Tx
from models.tables.people import UserGroup

EVER = datetime.fromtimestamp(0, UTC)


class GroupsJob:
    """Looks user groups up."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def run(self, work: Work) -> None:
        """Carry out one; it has no payload. New members are looked up first, so that they can be asked."""
        answer = await self._gateway.call("usergroups.list", include_disabled=True, include_users=True)
        groups = await self._store.read(lambda session: _known(session, answer))
        members = {one for group in groups for one in group.members}
        for person_id in sorted(await self._store.read(lambda s: directory.stale(s, members, EVER))):
            await self._meet(person_id)
        await self._store.write(lambda tx: _seen(tx, work, groups))

    async def _meet(self, person_id: str) -> None:
        try:
            answer = await self._gateway.call("users.info", user=person_id)
        except Gone:
            return
        person = person_of(answer["user"])
        await self._store.write(lambda tx: person_changed.people_seen(tx, [person]))


def _known(session: Session, answer: Answer) -> list[UserGroup]:
    known = set(session.scalars(select(UserGroup.id)))
    return [group_of(one) for one in answer["usergroups"] if one["id"] in known]


def _seen(tx: Tx, work: Work, groups: list[UserGroup]) -> None:
    jobs.finish(tx.session, work)
    for group in groups:
        person_changed.group_seen(tx, group)
