"""The workspace's user groups, for menus: Slack is asked at most once a minute, whoever types."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from handlers.people.timeout import InTime
from models.catalogue.search import fold
from models.clock import Clock

FRESH = timedelta(minutes=1)
"""Slack allows about twenty calls of `usergroups.list` a minute, for all admins together."""


@dataclass(frozen=True)
class GroupName:
    """A user group, as a menu shows it."""

    id: str
    handle: str
    name: str

    @property
    def label(self) -> str:
        """What to call it: "@oncall, On call"."""
        return f"@{self.handle}, {self.name}" if self.name and self.name != self.handle else f"@{self.handle}"


class UserGroups:
    """All user groups that are switched on. Where Slack does not answer, those it told of before."""

    def __init__(self, clock: Clock, client: AsyncWebClient, asked: InTime) -> None:
        self._clock = clock
        self._client = client
        self._asked = asked
        self._known: tuple[GroupName, ...] = ()
        self._asked_at: datetime | None = None

    async def search(self, typed: str, limit: int = 100) -> list[GroupName]:
        """Those with what was typed in their handle or their name, by handle."""
        wanted = fold(typed).strip().removeprefix("@")
        found = [one for one in await self.every() if wanted in fold(f"{one.handle} {one.name}")]
        return sorted(found, key=lambda one: one.handle)[:limit]

    async def labels(self) -> Mapping[str, str]:
        """What to call each, by its id and by its handle with the @."""
        return {ref: one.label for one in await self.every() for ref in (one.id, f"@{one.handle}")}

    async def every(self) -> tuple[GroupName, ...]:
        """All of them."""
        now = self._clock.now()
        if self._asked_at is None or not timedelta() <= now - self._asked_at < FRESH:
            self._asked_at = now
            await self._ask()
        return self._known

    async def _ask(self) -> None:
        answer = await self._asked.answer(self._client.usergroups_list())
        if answer is not None:
            self._known = tuple(
                GroupName(str(one["id"]), str(one.get("handle") or one["id"]), str(one.get("name") or ""))
                for one in answer.get("usergroups") or []
            )
