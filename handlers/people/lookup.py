"""Look up people, their managers and the members of user groups in Slack, and store what it says.

The rules read the tables, which Slack's events keep current; `freshness` says how old their rows may be.
Where Slack does not answer in time, the tables count as they are.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.people.freshness import (
    ALWAYS,
    EVENTS_MAX_AGE,
    GROUP_MAX_AGE,
    PERSON_MAX_AGE,
    Cutoffs,
    find_stale,
    needs_profiles,
    unknown_refs,
)
from handlers.people.timeout import TimedCalls
from handlers.people.usergroup_menu import UserGroupMenu
from models.catalogue.spec import AppSpec
from models.catalogue.spec.references import GroupRef
from models.clock import Clock
from models.lifecycle.people import update_people
from models.registry import directory
from models.registry.slack_mapping import group_of, mapping, person_of, profile_of, with_members
from models.store.base import Store
from models.store.case import Case
from models.tables.people import Person, UserGroup

UNKNOWN_USER = ("user_not_found", "user_not_visible")
"""Slack's error codes for an id that is nobody's, or nobody's whom the bot may ever see."""
MAX_PEOPLE = 10_000
"""People of whom a process keeps the time of their last lookup, and of their profile."""
MAX_MEMBERS = 1000
"""Members of a private channel among whom a person is searched."""


class PeopleLookup:
    """Looks people and user groups up in Slack, and keeps them in the store."""

    def __init__(self, store: Store, clock: Clock, client: AsyncWebClient) -> None:
        self.store = store
        self._clock = clock
        self._client = client
        self._calls = TimedCalls()
        self._valid_from = clock.now()
        self._profile_read_at: dict[str, datetime] = {}
        self._checked_at: dict[str, datetime] = {}
        self._lookups: dict[str, asyncio.Task[None]] = {}
        self.usergroups = UserGroupMenu(clock, client, self._calls)

    def invalidate(self) -> None:
        """Count every lookup of people and groups until now as too old, since events may have been missed.

        That is so when the process starts, when a connection to Slack was down, and where an event could
        not be stored.
        """
        self._valid_from = self._clock.now()

    def _since(self, max_age: timedelta) -> datetime:
        """Return the moment since which a lookup is fresh enough."""
        oldest = self._clock.now() - max_age
        return oldest if max_age == EVENTS_MAX_AGE else max(oldest, self._valid_from)

    async def refresh(self, ids: Iterable[str], max_age: timedelta = PERSON_MAX_AGE) -> None:
        """Look up those of these people whose last lookup is older than `max_age`."""
        since, stale = self._since(max_age), set(ids)
        if max_age > ALWAYS:
            stale = {person_id for person_id in stale if not self._is_fresh(person_id, since)}
            if stale:
                self._note_checks(await self.store.read(lambda case: directory.checked_at(case, stale)))
                stale = {person_id for person_id in stale if not self._is_fresh(person_id, since)}
        await self._look_up_all(stale, shared=max_age > ALWAYS)

    async def refresh_admins(self) -> None:
        """Look up those admins of Keyturn whose last lookup is too old."""
        ids = await self.store.read(lambda case: directory.Directory(case).admins())
        await self.refresh(ids, EVENTS_MAX_AGE)

    async def refresh_groups(self, refs: Iterable[GroupRef]) -> None:
        """Look up those of these user groups, with their members, whose last lookup is over a minute old."""
        since = self._since(GROUP_MAX_AGE)
        for ref in set(refs):
            row = await self.store.read(partial(directory.group_row, ref=str(ref)))
            if row is None or not since <= row.checked_at <= self._clock.now():
                await self._look_up_group(ref, row)

    async def visible_channels(self, ids: Iterable[str], person_id: str) -> frozenset[str]:
        """Return those of these channels that a person sees: public ones, and private ones they are in."""
        channels = sorted(ids)
        answers = await asyncio.gather(
            *(self._calls.call(self._can_see(channel, person_id)) for channel in channels)
        )
        return frozenset(channel for channel, sees in zip(channels, answers, strict=True) if sees)

    async def refresh_for_app(
        self, app: AppSpec, people: Iterable[str], max_age: timedelta = PERSON_MAX_AGE
    ) -> None:
        """Look up everybody on whom this app's rules depend for requests of these people.

        `max_age` is how old the last lookup of `people` may be.
        """
        cutoffs = Cutoffs(self._since(GROUP_MAX_AGE), self._since(max_age), self._since(EVENTS_MAX_AGE))
        stale = await self.store.read(lambda case: find_stale(case, app, people, cutoffs))
        if any(stale) or max_age == ALWAYS:
            await self.refresh_groups(stale.groups)
            requesters = {*people} if max_age == ALWAYS else stale.requesters
            await self._look_up_all(requesters, shared=max_age > ALWAYS)
            # What the tables say now may name others.
            stale = await self.store.read(lambda case: find_stale(case, app, people, cutoffs))
        if needs_profiles(app):
            await self.refresh(await self._managers(people), EVENTS_MAX_AGE)
        await self._look_up_all(stale.approvers)
        await self._look_up_emails(stale.emails)

    async def unresolved_approvers(self, app: AppSpec, *, looked_up: bool) -> list[str]:
        """Return the addresses and user groups in this app's rules for which Slack gave no answer yet.

        `looked_up` says whether `refresh_for_app` has asked for all of them, answered or not. Those that
        do not exist by Slack's answer are left out: they are nobody, and others are asked.
        """
        if looked_up and not self._calls.unanswered_refs:
            return []
        unknown = await self.store.read(lambda case: unknown_refs(case, app))
        return sorted(unknown - self._calls.unknown_refs)

    async def save(self, people: list[Person]) -> None:
        """Store what Slack says of these people; requests and grants of who has left move on."""
        if people:
            await self.store.run(update_people.save_people, people)

    def _note_checks(self, checked_at: Mapping[str, datetime]) -> None:
        """Remember when these people were looked up last; their rows are never older than that."""
        if len(self._checked_at) + len(checked_at) > MAX_PEOPLE:
            self._checked_at.clear()
        self._checked_at.update(checked_at)

    def _is_fresh(self, person_id: str, since: datetime) -> bool:
        # A time in the future means that the clock was set back since.
        checked_at = self._checked_at.get(person_id)
        return checked_at is not None and since <= checked_at <= self._clock.now()

    async def _look_up_all(self, ids: Iterable[str], *, shared: bool = True) -> None:
        await asyncio.gather(*(self._look_up(person_id, shared=shared) for person_id in ids))

    async def _look_up(self, person_id: str, *, shared: bool) -> None:
        """Look a person up and store what Slack says; `shared`: join a lookup of them that is under way."""
        lookup = self._lookups.get(person_id) if shared else None
        if lookup is None:
            lookup = self._lookups[person_id] = asyncio.create_task(self._fetch_and_save(person_id))
            lookup.add_done_callback(lambda task: self._forget_lookup(person_id, task))
        # A caller that is cancelled must not cancel it for the others.
        await asyncio.shield(lookup)

    async def _fetch_and_save(self, person_id: str) -> None:
        person = await self._calls.call(self._person(person_id))
        await self.save([person] if person else [])

    def _forget_lookup(self, person_id: str, task: "asyncio.Task[None]") -> None:
        if self._lookups.get(person_id) is task:
            del self._lookups[person_id]
        if not task.cancelled():
            task.exception()  # retrieved, as its callers may all have been cancelled

    async def _is_known(self, person_id: str) -> bool:
        return await self.store.read(lambda case: directory.is_known(case, person_id))

    async def _look_up_group(self, ref: GroupRef, row: UserGroup | None) -> None:
        group = await self._group(ref, row)
        if group is not None:
            await self.refresh(group.members, EVENTS_MAX_AGE)
            await self.store.run(update_people.save_group, group)

    async def _managers(self, people: Iterable[str]) -> set[str]:
        stale = [person_id for person_id in people if not self._profile_is_fresh(person_id)]
        await asyncio.gather(*(self.refresh_profile(person_id) for person_id in stale))

        def read(case: Case) -> set[str]:
            entries = directory.Directory(case)
            rows = (entries.person(person_id) for person_id in people)
            return {row.manager_id for row in rows if row is not None and row.manager_id}

        return await self.store.read(read)

    async def _look_up_emails(self, emails: set[str]) -> None:
        def unknown(case: Case) -> set[str]:
            entries = directory.Directory(case)
            return {email for email in emails if entries.by_email(email) is None}

        for email in await self.store.read(unknown) if emails else ():
            person = await self._calls.call(self._person_by_email(email), email)
            await self.save([person] if person else [])

    async def _person(self, person_id: str) -> Person | None:
        try:
            answer = await self._client.users_info(user=person_id)
        except SlackApiError as error:
            if error.response.get("error") not in UNKNOWN_USER or await self._is_known(person_id):
                raise
            return directory.unknown_person(person_id)
        user = mapping(answer.get("user"))
        return person_of({"id": person_id, **user}) if user else None

    async def _person_by_email(self, email: str) -> Person | None:
        answer = await self._client.users_lookupByEmail(email=email)
        user = mapping(answer.get("user"))
        return person_of(user) if user else None

    async def refresh_profile(self, person_id: str) -> None:
        """Look up the manager and the department in a person's Slack profile, and store them."""
        answer = await self._calls.call(self._client.users_profile_get(user=person_id, include_labels=True))
        profile = None if answer is None else profile_of(answer)
        if answer is not None:
            if len(self._profile_read_at) >= MAX_PEOPLE:
                self._profile_read_at.clear()
            self._profile_read_at[person_id] = self._clock.now()
        if profile is not None:
            manager, department = profile
            await self.store.run(
                directory.remember_profile, person_id, manager_id=manager, department=department
            )

    def forget_profile(self, person_id: str) -> None:
        """Read a person's profile again when it is needed next, since it has changed."""
        self._profile_read_at.pop(person_id, None)

    def _profile_is_fresh(self, person_id: str) -> bool:
        read_at = self._profile_read_at.get(person_id)
        return read_at is not None and self._since(PERSON_MAX_AGE) <= read_at <= self._clock.now()

    async def _can_see(self, channel_id: str, person_id: str) -> bool:
        channel = mapping((await self._client.conversations_info(channel=channel_id)).get("channel"))
        if channel.get("is_archived") or not channel.get("is_private"):
            return bool(channel) and not channel.get("is_archived")
        answer = await self._client.conversations_members(channel=channel_id, limit=MAX_MEMBERS)
        return person_id in (answer.get("members") or ())

    async def _group(self, ref: GroupRef, row: UserGroup | None) -> UserGroup | None:
        group = row or await self._calls.call(self._find_group(ref), str(ref)) or _group_by_id(ref)
        if group is None:
            return None
        answer = await self._calls.call(self._client.usergroups_users_list(usergroup=group.id), str(ref))
        if answer is None:
            return None
        return with_members(group, answer.get("users") or [])

    async def _find_group(self, ref: GroupRef) -> UserGroup | None:
        answer = await self._client.usergroups_list(include_disabled=True)
        for group in answer.get("usergroups") or []:
            if group.get("id") == ref.id or (ref.handle and group.get("handle") == ref.handle):
                return group_of(group)
        self._calls.unknown_refs.add(str(ref))
        return None


def _group_by_id(ref: GroupRef) -> UserGroup | None:
    """A group without handle or name, of which Slack may still list the members."""
    return UserGroup(id=ref.id, handle="", name=ref.id, enabled=True, members=[]) if ref.id else None
