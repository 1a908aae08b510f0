"""The workspace's user groups, for menus: listed at most once a minute, whoever types."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from handlers.people.timeout import TimedCalls
from models.catalogue.search import fold
from models.clock import Clock

MAX_AGE = timedelta(minutes=1)
"""Slack allows about twenty calls of `usergroups.list` a minute, for all admins together."""


@dataclass(frozen=True)
class GroupName:
    """A user group, as a menu shows it."""

    id: str
    handle: str
    name: str

    @property
    def label(self) -> str:
        """Handle and name: "@oncall, On call"."""
        return f"@{self.handle}, {self.name}" if self.name and self.name != self.handle else f"@{self.handle}"


class UserGroupMenu:
    """All enabled user groups. Where Slack does not answer, those of its last answer."""

    def __init__(self, clock: Clock, client: AsyncWebClient, calls: TimedCalls) -> None:
        self._clock = clock
        self._client = client
        self._calls = calls
        self._groups: tuple[GroupName, ...] = ()
        self._listed_at: datetime | None = None

    async def search(self, text: str, limit: int = 100) -> list[GroupName]:
        """Return the groups with this text in their handle or name, by handle."""
        query = fold(text).strip().removeprefix("@")
        groups = [group for group in await self.all() if query in fold(f"{group.handle} {group.name}")]
        return sorted(groups, key=lambda group: group.handle)[:limit]

    async def labels(self) -> Mapping[str, str]:
        """Return the label of each, by its id and by its handle with the @."""
        return {ref: group.label for group in await self.all() for ref in (group.id, f"@{group.handle}")}

    async def all(self) -> tuple[GroupName, ...]:
        """Return all enabled groups."""
        now = self._clock.now()
        if self._listed_at is None or not timedelta() <= now - self._listed_at < MAX_AGE:
            self._listed_at = now
            await self._list()
        return self._groups

    async def _list(self) -> None:
        answer = await self._calls.call(self._client.usergroups_list())
        if answer is not None:
            self._groups = tuple(
                GroupName(
                    str(group["id"]), str(group.get("handle") or group["id"]), str(group.get("name") or "")
                )
                for group in answer.get("usergroups") or []
            )
