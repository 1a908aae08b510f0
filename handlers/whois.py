"""Look up in Slack who is who: people, their managers, and who is in which user group.

What Slack says is kept in the tables, where the rules look. Slack's events keep the tables current; how old
what stands there may be is said here, and by `handlers.fresh` for decisions. Where Slack does not answer in
time, what is known already counts.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers import needed
from handlers.in_time import InTime
from handlers.slack_objects import group_of, mapping, person_of, profile_of, with_members
from handlers.usergroups import UserGroups
from models.catalogue.spec import AppSpec
from models.catalogue.spec.references import GroupRef
from models.clock import Clock
from models.lifecycle.people import update_people
from models.registry import directory
from models.store.base import Store
from models.store.case import Case
from models.tables.people import Person, UserGroup

NOW = timedelta(0)
"""Looked up in any case."""
SOON = timedelta(minutes=1)
"""Fresh enough of a user group, and of an admin at work."""
STANDING = timedelta(minutes=10)
"""Fresh enough of a person: whether they are active, a guest, of another company, a bot."""
TODAY = timedelta(hours=12)
"""Fresh enough for what Slack's events tell us about anyway."""
NOBODY = ("user_not_found", "user_not_visible")
"""Slack's words for an id that is nobody's, or nobody's whom we may ever see."""
PEOPLE = 10_000
"""Of so many people a process knows when they were looked up, and when it read their profile."""
MEMBERS = 1000
"""Of a private channel, so many are looked through for whoever wants to see it."""


class WhoIs:
    """Looks people and user groups up in Slack, and remembers them in the store."""

    def __init__(self, store: Store, clock: Clock, client: AsyncWebClient) -> None:
        self._store = store
        self._clock = clock
        self._client = client
        self._asked = InTime()
        self._events_since = clock.now()
        self._profiles: dict[str, datetime] = {}
        self._checked: dict[str, datetime] = {}
        self._looking: dict[str, asyncio.Task[None]] = {}
        self.usergroups = UserGroups(clock, client, self._asked)

    def events_may_be_lost(self) -> None:
        """Trust nothing about standing and groups that was looked up before now.

        Before this process started nobody may have listened; while a connection to Slack was down, or where
        an event could not be written down, one may have been missed.
        """
        self._events_since = self._clock.now()

    def _since(self, max_age: timedelta) -> datetime:
        """The moment after which something has to be looked up to be trusted."""
        oldest = self._clock.now() - max_age
        return oldest if max_age == TODAY else max(oldest, self._events_since)

    async def people(self, ids: Iterable[str], max_age: timedelta = STANDING) -> None:
        """Make sure that these people are known, by word not older than `max_age`."""
        since, wanted = self._since(max_age), set(ids)
        if max_age > NOW:
            wanted = {one for one in wanted if not self._is_fresh(one, since)}
            if wanted:
                self._know(await self._store.read(lambda case: directory.checked_at(case, wanted)))
                wanted = {one for one in wanted if not self._is_fresh(one, since)}
        await self._look_all_up(wanted, shared=max_age > NOW)

    async def admins(self) -> None:
        """Make sure that everybody who administers Keyturn is known, and whether they still work here."""
        ids = await self._store.read(lambda case: directory.Directory(case).admins())
        await self.people(ids, TODAY)

    async def groups(self, refs: Iterable[GroupRef]) -> None:
        """Make sure that these user groups and their members are known, by word of the last minute."""
        since = self._since(SOON)
        for ref in set(refs):
            known = await self._known_group(ref)
            if known is None or not since <= known.checked_at <= self._clock.now():
                await self._look_group_up(ref, known)

    async def channels(self, ids: Iterable[str], person_id: str) -> frozenset[str]:
        """Those of these channels that this person can see: public ones, and private ones with them in."""
        wanted = sorted(ids)
        seen = await asyncio.gather(*(self._asked.answer(self._sees(one, person_id)) for one in wanted))
        return frozenset(one for one, sees in zip(wanted, seen, strict=True) if sees)

    async def for_app(self, app: AppSpec, people: Iterable[str], max_age: timedelta = STANDING) -> None:
        """Make sure that everybody is known whom this app's rules look at, if these people ask for it.

        `max_age` is how old the word of `people` may be.
        """
        ages = needed.Since(self._since(SOON), self._since(max_age), self._since(TODAY))
        missing = await self._store.read(lambda case: needed.missing(case, app, people, ages))
        if any(missing) or max_age == NOW:
            await self.groups(missing.groups)
            await self._look_all_up({*people} if max_age == NOW else missing.requesters, shared=max_age > NOW)
            # What is known of them now may name others.
            missing = await self._store.read(lambda case: needed.missing(case, app, people, ages))
        if needed.looks_at_profiles(app):
            await self.people(await self._managers(people), TODAY)
        await self._look_all_up(missing.approvers)
        await self._by_email(missing.emails)

    async def not_told(self, app: AppSpec, *, looked_up: bool) -> list[str]:
        """Whom this app's rules name by address or as a user group, and of whom Slack has told nothing yet.

        `looked_up` says whether all of them were asked for (`for_app`), answered or not.

        Not those of whom it said that there is no such: they are nobody, and others are asked.
        """
        if looked_up and not self._asked.silent:
            return []
        untold = await self._store.read(lambda case: needed.untold(case, app))
        return sorted(untold - self._asked.nobodies)

    async def remember(self, people: list[Person]) -> None:
        """Keep what Slack says of these people; for somebody who has left, everything moves on."""
        if people:
            await self._store.run(update_people.save_people, people)

    def _know(self, checked_at: Mapping[str, datetime]) -> None:
        """Remember when these people were looked up last: a row of theirs says never less than that."""
        if len(self._checked) + len(checked_at) > PEOPLE:
            self._checked.clear()
        self._checked.update(checked_at)

    def _is_fresh(self, person_id: str, since: datetime) -> bool:
        # Not what seems to be of the future either: then the clock was set back since.
        checked_at = self._checked.get(person_id)
        return checked_at is not None and since <= checked_at <= self._clock.now()

    async def _look_all_up(self, ids: Iterable[str], *, shared: bool = True) -> None:
        await asyncio.gather(*(self._look_up(one, shared=shared) for one in ids))

    async def _look_up(self, person_id: str, *, shared: bool) -> None:
        """Look somebody up and remember what Slack says; `shared`: with whoever waits for that already."""
        looking = self._looking.get(person_id) if shared else None
        if looking is None:
            looking = self._looking[person_id] = asyncio.create_task(self._met(person_id))
            looking.add_done_callback(lambda done: self._looked(person_id, done))
        # Who gives up does not take it from the others.
        await asyncio.shield(looking)

    async def _met(self, person_id: str) -> None:
        person = await self._asked.answer(self._person(person_id))
        await self.remember([person] if person else [])

    def _looked(self, person_id: str, done: "asyncio.Task[None]") -> None:
        if self._looking.get(person_id) is done:
            del self._looking[person_id]
        if not done.cancelled():
            done.exception()  # whoever asked may have given up

    async def _is_known(self, person_id: str) -> bool:
        return await self._store.read(lambda case: directory.is_known(case, person_id))

    async def _known_group(self, ref: GroupRef) -> UserGroup | None:
        return await self._store.read(lambda case: directory.group_row(case, str(ref)))

    async def _look_group_up(self, ref: GroupRef, known: UserGroup | None) -> None:
        group = await self._group(ref, known)
        if group is not None:
            await self.people(group.members, TODAY)
            await self._store.run(update_people.save_group, group)

    async def _managers(self, people: Iterable[str]) -> set[str]:
        await asyncio.gather(*(self.profile(one) for one in people if not self._profile_is_fresh(one)))

        def read(case: Case) -> set[str]:
            who = directory.Directory(case)
            return {p.manager_id for one in people if (p := who.person(one)) is not None and p.manager_id}

        return await self._store.read(read)

    async def _by_email(self, emails: set[str]) -> None:
        def unknown(case: Case) -> set[str]:
            who = directory.Directory(case)
            return {email for email in emails if who.by_email(email) is None}

        for email in await self._store.read(unknown) if emails else ():
            person = await self._asked.answer(self._person_by_email(email), email)
            await self.remember([person] if person else [])

    async def _person(self, person_id: str) -> Person | None:
        try:
            answer = await self._client.users_info(user=person_id)
        except SlackApiError as error:
            if error.response.get("error") not in NOBODY or await self._is_known(person_id):
                raise
            return directory.unknown_person(person_id)
        user = mapping(answer.get("user"))
        return person_of({"id": person_id, **user}) if user else None

    async def _person_by_email(self, email: str) -> Person | None:
        answer = await self._client.users_lookupByEmail(email=email)
        user = mapping(answer.get("user"))
        return person_of(user) if user else None

    async def profile(self, person_id: str) -> None:
        """Look up the manager and the department in a person's Slack profile, and keep them."""
        answer = await self._asked.answer(self._client.users_profile_get(user=person_id, include_labels=True))
        profile = None if answer is None else profile_of(answer)
        if answer is not None:
            if len(self._profiles) >= PEOPLE:
                self._profiles.clear()
            self._profiles[person_id] = self._clock.now()
        if profile is not None:
            manager, department = profile
            await self._store.run(
                directory.remember_profile, person_id, manager_id=manager, department=department
            )

    def forget_profile(self, person_id: str) -> None:
        """Read a person's profile anew when it is needed next: Slack says that it has changed."""
        self._profiles.pop(person_id, None)

    def _profile_is_fresh(self, person_id: str) -> bool:
        read_at = self._profiles.get(person_id)
        return read_at is not None and self._since(STANDING) <= read_at <= self._clock.now()

    async def _sees(self, channel_id: str, person_id: str) -> bool:
        channel = mapping((await self._client.conversations_info(channel=channel_id)).get("channel"))
        if channel.get("is_archived") or not channel.get("is_private"):
            return bool(channel) and not channel.get("is_archived")
        answer = await self._client.conversations_members(channel=channel_id, limit=MEMBERS)
        return person_id in (answer.get("members") or ())

    async def _group(self, ref: GroupRef, known: UserGroup | None) -> UserGroup | None:
        if known is None:
            known = await self._asked.answer(self._find_group(ref), str(ref)) or _by_its_id(ref)
        if known is None:
            return None
        answer = await self._asked.answer(self._client.usergroups_users_list(usergroup=known.id), str(ref))
        if answer is None:
            return None
        return with_members(known, answer.get("users") or [])

    async def _find_group(self, ref: GroupRef) -> UserGroup | None:
        answer = await self._client.usergroups_list(include_disabled=True)
        for one in answer.get("usergroups") or []:
            if one.get("id") == ref.id or (ref.handle and one.get("handle") == ref.handle):
                return group_of(one)
        self._asked.nobodies.add(str(ref))
        return None


def _by_its_id(ref: GroupRef) -> UserGroup | None:
    """A group of which Slack tells nothing but, perhaps, its members."""
    return UserGroup(id=ref.id, handle="", name=ref.id, enabled=True, members=[]) if ref.id else None
