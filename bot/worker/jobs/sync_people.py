"""The jobs `person`, `manager` and `groups`: look people and user groups up in Slack, and act on changes."""

from datetime import UTC, datetime

from sqlalchemy import select

from bot.slack.gateway import Answer, Gateway, Gone
from bot.worker.runner import Result
from models.jobs import Work
from models.lifecycle.people import open_requests, update_people
from models.registry import directory
from models.registry.slack_mapping import group_of, person_of
from models.store.base import JOB, Store
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.people import Person, UserGroup

EVER = datetime.fromtimestamp(0, UTC)
"""Only those are stale since then who were never looked up."""
_GROUP_IDS = select(UserGroup.id)


class SyncPeopleJob:
    """Looks people and user groups up. Each method carries out one kind of job."""

    def __init__(self, store: Store, gateway: Gateway) -> None:
        self._store, self._gateway = store, gateway

    async def person(self, work: Work) -> Result:
        """Look up somebody of whom Slack has told a change that counts; payload: {"person": id}.

        Raises:
            Gone: Somebody is known here and not to Slack. They have not left, so an admin has to see it, as a
                job given up.
        """
        person_id = str(work.payload["person"])
        try:
            person = await self._look_up(person_id)
        except Gone:
            if await self._store.read(lambda case: directory.is_known(case, person_id)):
                raise
            person = directory.unknown_person(person_id)
        return lambda out: update_people.save_people(out, [person])

    async def manager(self, work: Work) -> Result:
        """Have the manager asked whom the directory names now, looked up before; payload: {"request": id}."""
        request_id = int(work.payload["request"])
        if id_or_address := await self._store.read(
            lambda case: open_requests.unknown_manager(case, request_id)
        ):
            await self._introduce(id_or_address)
        return lambda out: open_requests.ask_present_manager(out, request_id)

    async def usergroups(self, _work: Work) -> Result:
        """Look up all known user groups, in one call; no payload.

        New members are looked up first, so that they can be asked.
        """
        answer = await self._gateway.call("usergroups.list", include_disabled=True, include_users=True)
        groups = await self._store.read(lambda case: _known_groups(case, answer))
        members = {member for group in groups for member in group.members}
        for person_id in sorted(await self._store.read(lambda case: directory.stale(case, members, EVER))):
            await self._introduce(person_id)
        return lambda out: _save_groups(out, groups)

    async def _introduce(self, id_or_address: str) -> None:
        """Save somebody by id or address, at once; nothing where Slack knows nobody by it."""
        try:
            person = await self._look_up(id_or_address)
        except Gone:
            return
        await self._store.run(update_people.save_people, [person], priority=JOB)

    async def _look_up(self, id_or_address: str) -> Person:
        method, argument = (
            ("users.lookupByEmail", "email") if "@" in id_or_address else ("users.info", "user")
        )
        answer = await self._gateway.call(method, **{argument: id_or_address})
        return person_of(answer["user"])


def _known_groups(case: Case, answer: Answer) -> list[UserGroup]:
    known_ids = set(case.read(_GROUP_IDS))
    return [group_of(group) for group in answer["usergroups"] if group["id"] in known_ids]


def _save_groups(out: Outcome, groups: list[UserGroup]) -> None:
    for group in groups:
        update_people.save_group(out, group)
