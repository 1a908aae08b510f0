"""Fresh word from Slack of who is who: people, their managers, and who is in which user group.

What Slack says is kept in the tables, where the rules look. Slack's events keep the tables current; before a
decision the facts are looked up once more. Where Slack does not answer in time, what is known already counts.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.orm import Session

from handlers.usergroups import UserGroups
from models import directory
from models.catalogue import references
from models.catalogue.approvers import ApproverRef, GroupRef, PersonRef, Role, parse_approver
from models.catalogue.spec import AppSpec, OnBehalf
from models.clock import Clock
from models.lifecycle import duties, leaving
from models.people import Person, UserGroup
from models.store import Store

log = structlog.get_logger("keyturn.whois")

NOW = timedelta(0)
SOON = timedelta(minutes=1)
"""Fresh enough to show something; a decision looks again."""
TODAY = timedelta(hours=12)
"""Fresh enough for what Slack's events tell us about anyway."""
NOBODY = ("user_not_found", "user_not_visible")
"""Slack's words for an id that is nobody's, or nobody's whom we may ever see."""
PASSING = ("fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable")
"""Slack's words for what is over soon."""
MEMBERS = 1000
"""Of a private channel, so many are looked through for whoever wants to see it."""
PATIENCE = 1.5
"""Seconds to wait for Slack within an answer that has to be given in three."""


class WhoIs:
    """Looks people and user groups up in Slack, and remembers them in the store."""

    def __init__(self, store: Store, clock: Clock, client: AsyncWebClient) -> None:
        self._store = store
        self._clock = clock
        self._client = client
        self.usergroups = UserGroups(clock, client)
        self._nobodies: set[str] = set()
        """Addresses and user groups of which Slack said that there is no such."""
        self._silent: set[str] = set()
        """Those of which it said nothing when it was asked last."""

    async def people(self, ids: Iterable[str], max_age: timedelta = SOON) -> None:
        """Make sure that these people are known, by word not older than `max_age`."""
        since = self._clock.now() - max_age
        wanted = set(ids)
        if max_age > NOW:
            wanted = await self._store.read(lambda session: directory.stale(session, wanted, since))
        found = await asyncio.gather(*(self._in_time(self._person(one)) for one in wanted))
        await self.remember([person for person in found if person is not None])

    async def admins(self) -> None:
        """Make sure that everybody who administers Keyturn is known, and whether they still work here."""
        ids = await self._store.read(lambda session: directory.Directory(session).admins())
        await self.people(ids, TODAY)

    async def groups(self, refs: Iterable[GroupRef], max_age: timedelta = SOON) -> None:
        """Make sure that these user groups and their members are known."""
        since = self._clock.now() - max_age
        for ref in set(refs):
            known = await self._known_group(ref)
            if known is None or max_age == NOW or known.checked_at < since:
                await self._look_group_up(ref, known)

    async def channels(self, ids: Iterable[str], person_id: str) -> frozenset[str]:
        """Those of these channels that this person can see: public ones, and private ones with them in."""
        wanted = sorted(ids)
        seen = await asyncio.gather(*(self._in_time(self._sees(one, person_id)) for one in wanted))
        return frozenset(one for one, sees in zip(wanted, seen, strict=True) if sees)

    async def for_app(self, app: AppSpec, people: Iterable[str], max_age: timedelta = SOON) -> None:
        """Make sure that everybody is known whom this app's rules look at, if these people ask for it."""
        now = self._clock.now()
        refs, known = await self._store.read(lambda session: _known(session, app, people, now, max_age))
        if known and max_age > NOW and not _looks_at_profiles(app):
            return
        await self.groups((one for one in refs if isinstance(one, GroupRef)), max_age)
        await self.people({*people}, max_age)
        named = [one for one in refs if isinstance(one, PersonRef)]
        admins = await self._store.read(lambda session: directory.Directory(session).admins())
        managers = await self._managers(people) if _looks_at_profiles(app) else set[str]()
        await self.people({*(one.id for one in named if one.id), *admins, *managers}, TODAY)
        listed = await self._store.read(lambda session: _listed_managers(session, people))
        await self._by_email({one.email for one in named if one.email} | listed)

    async def not_told(self, app: AppSpec, *, looked_up: bool) -> list[str]:
        """Whom this app's rules name by address or as a user group, and of whom Slack has told nothing yet.

        `looked_up` says whether all of them were asked for (`for_app`), answered or not.

        Not those of whom it said that there is no such: they are nobody, and others are asked.
        """
        if looked_up and not self._silent:
            return []

        def unknown(session: Session) -> list[str]:
            who, refs = directory.Directory(session), _named(session, app)
            groups = [ref for ref in refs if isinstance(ref, GroupRef)]
            emails = {ref.email for ref in refs if isinstance(ref, PersonRef) and ref.email}
            return [
                *(str(ref) for ref in groups if directory.group_row(session, str(ref)) is None),
                *(email for email in emails if who.by_email(email) is None),
            ]

        return sorted({*await self._store.read(unknown)} - self._nobodies)

    async def remember(self, people: list[Person]) -> None:
        """Keep what Slack says of these people; for somebody who has left, everything moves on."""
        if people:
            await self._store.write(lambda tx: leaving.people_seen(tx, people))

    async def _is_known(self, person_id: str) -> bool:
        return await self._store.read(lambda session: directory.is_known(session, person_id))

    async def _known_group(self, ref: GroupRef) -> UserGroup | None:
        return await self._store.read(lambda session: directory.group_row(session, str(ref)))

    async def _look_group_up(self, ref: GroupRef, known: UserGroup | None) -> None:
        group = await self._group(ref, known)
        if group is not None:
            await self.people(group.members, TODAY)
            await self._store.write(lambda tx: leaving.group_seen(tx, group))

    async def _managers(self, people: Iterable[str]) -> set[str]:
        await asyncio.gather(*(self.profile(one) for one in people))

        def read(session: Session) -> set[str]:
            who = directory.Directory(session)
            return {p.manager_id for one in people if (p := who.person(one)) is not None and p.manager_id}

        return await self._store.read(read)

    async def _by_email(self, emails: set[str]) -> None:
        def unknown(session: Session) -> set[str]:
            who = directory.Directory(session)
            return {email for email in emails if who.by_email(email) is None}

        for email in await self._store.read(unknown):
            person = await self._in_time(self._person_by_email(email), email)
            await self.remember([person] if person else [])

    async def _person(self, person_id: str) -> Person | None:
        try:
            answer = await self._client.users_info(user=person_id)
        except SlackApiError as error:
            if error.response.get("error") not in NOBODY or await self._is_known(person_id):
                raise
            return directory.nobody(person_id)
        user = _mapping(answer.get("user"))
        return person_of({"id": person_id, **user}) if user else None

    async def _person_by_email(self, email: str) -> Person | None:
        answer = await self._client.users_lookupByEmail(email=email)
        user = _mapping(answer.get("user"))
        return person_of(user) if user else None

    async def profile(self, person_id: str) -> None:
        """Look up the manager and the department in a person's Slack profile, and keep them."""
        answer = await self._in_time(self._client.users_profile_get(user=person_id, include_labels=True))
        profile = _mapping(answer.get("profile")) if answer is not None else {}
        fields = _mapping(profile.get("fields"))
        by_label = {
            str(field.get("label", "")).strip().casefold(): str(field.get("value", ""))
            for field in fields.values()
            if isinstance(field, Mapping)
        }
        if fields:
            await self._store.write(
                lambda tx: directory.remember_profile(
                    tx,
                    person_id,
                    manager_id=by_label.get("manager") or None,
                    department=by_label.get("department", ""),
                )
            )

    async def _sees(self, channel_id: str, person_id: str) -> bool:
        channel = _mapping((await self._client.conversations_info(channel=channel_id)).get("channel"))
        if channel.get("is_archived") or not channel.get("is_private"):
            return bool(channel) and not channel.get("is_archived")
        answer = await self._client.conversations_members(channel=channel_id, limit=MEMBERS)
        return person_id in (answer.get("members") or ())

    async def _group(self, ref: GroupRef, known: UserGroup | None) -> UserGroup | None:
        if known is None:
            known = await self._in_time(self._find_group(ref), str(ref)) or _by_its_id(ref)
        if known is None:
            return None
        answer = await self._in_time(self._client.usergroups_users_list(usergroup=known.id), str(ref))
        if answer is None:
            return None
        known.members = [str(one) for one in answer.get("users") or []]
        return known

    async def _find_group(self, ref: GroupRef) -> UserGroup | None:
        answer = await self._client.usergroups_list(include_disabled=True)
        for one in answer.get("usergroups") or []:
            if one.get("id") == ref.id or (ref.handle and one.get("handle") == ref.handle):
                return group_of(one)
        self._nobodies.add(str(ref))
        return None

    async def _in_time(self, call: Awaitable[Any], about: str = "") -> Any:
        """The answer, or None where Slack has none for us now; what is known then counts.

        `about` is the address or the group that it is about.
        """
        silent = {about} - {""}
        try:
            answer = await asyncio.wait_for(_awaited(call), PATIENCE)
        except SlackApiError as error:
            log.warning("lookup refused", why=str(error))
            (self._silent if _passing(error) else self._nobodies).update(silent)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            log.warning("lookup got no answer", why=str(error) or type(error).__name__)
            self._silent |= silent
        else:
            self._silent -= silent
            return answer
        return None


def _known(
    session: Session, app: AppSpec, people: Iterable[str], now: datetime, max_age: timedelta
) -> tuple[list[ApproverRef], bool]:
    """Everybody whom an app's rules name, and whether all of them are known well enough already."""
    who, people, refs = directory.Directory(session), set(people), _named(session, app)
    groups = [directory.group_row(session, str(ref)) for ref in refs if isinstance(ref, GroupRef)]
    named = [ref for ref in refs if isinstance(ref, PersonRef)]
    emails = {ref.email for ref in named if ref.email} | _listed_managers(session, people)
    known = (
        all(group is not None and group.checked_at >= now - max_age for group in groups)
        and not directory.stale(session, people, now - max_age)
        and not directory.stale(session, {*who.admins(), *(ref.id for ref in named if ref.id)}, now - TODAY)
        and all(who.by_email(email) is not None for email in emails)
    )
    return refs, known


def _named(session: Session, app: AppSpec) -> list[ApproverRef]:
    """Everybody whom an app's rules name, or those of conflicts for something of this app."""
    more = [parse_approver(text) for stage in duties.stages_for(session, app) for text in stage.everybody]
    return [*(ref for ref, _ in references.named(app)), *more]


def _listed_managers(session: Session, people: Iterable[str]) -> set[str]:
    """The addresses of those whom the directory table names as the managers of these people."""
    who = directory.Directory(session)
    return {named for one in people if "@" in (named := who.manager_named(one))}


async def _awaited(call: Awaitable[Any]) -> Any:
    return await call


def _passing(error: SlackApiError) -> bool:
    """Whether Slack has trouble of its own, or is asked too much, rather than an answer."""
    word = error.response.get("error")
    return (
        word in PASSING
        or int(getattr(error.response, "status_code", 200)) >= HTTPStatus.INTERNAL_SERVER_ERROR
    )


def person_of(user: Mapping[str, Any]) -> Person:
    """A user object of Slack's as our row.

    Manager and department stand elsewhere, in the profile's fields; what is known of them stays.
    """
    profile = _mapping(user.get("profile"))
    name = (
        profile.get("real_name") or user.get("real_name") or profile.get("display_name") or user.get("name")
    )
    return Person(
        id=str(user["id"]),
        name=str(name or user["id"])[:200],
        handle=str(user.get("name") or "")[:100],
        email=str(profile.get("email") or "")[:320],
        title=str(profile.get("title") or "")[:200],
        department="",
        timezone=str(user.get("tz") or "UTC"),
        manager_id=None,
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        stranger=bool(user.get("is_stranger")),
        bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        active=not user.get("deleted"),
    )


def group_of(group: Mapping[str, Any]) -> UserGroup:
    """A user group of Slack's as our row; its members are there only where `include_users` asked for them."""
    return UserGroup(
        id=str(group["id"]),
        handle=str(group.get("handle") or ""),
        name=str(group.get("name") or group["id"]),
        enabled=not group.get("date_delete"),
        members=[str(one) for one in group.get("users") or ()],
    )


def _by_its_id(ref: GroupRef) -> UserGroup | None:
    """A group of which Slack tells nothing but, perhaps, its members."""
    return UserGroup(id=ref.id, handle="", name=ref.id, enabled=True, members=[]) if ref.id else None


def _looks_at_profiles(app: AppSpec) -> bool:
    """Whether managers or departments count here, which stand in another place of Slack's."""
    departments = any(when.department for when in references.conditions(app))
    managers = any(ref is Role.MANAGER for ref, _ in references.named(app))
    return managers or departments or app.on_behalf is OnBehalf.MANAGERS


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
