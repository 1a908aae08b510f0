"""The workspace's user groups, for menus: Slack is asked at most once a minute, whoever types."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from models.catalogue.search import fold
from models.clock import Clock

log = structlog.get_logger("keyturn.usergroups")

FRESH = timedelta(minutes=1)
"""Slack allows about twenty calls of `usergroups.list` a minute, for all admins together."""
PATIENCE = 1.5
"""Seconds to wait for Slack within an answer that has to be given in three."""


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

    def __init__(self, clock: Clock, client: AsyncWebClient) -> None:
        self._clock = clock
        self._client = client
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
        try:
            answer = await asyncio.wait_for(self._client.usergroups_list(), PATIENCE)
        except SlackApiError as error:
            log.warning("lookup refused", why=error.response.get("error"))
        except (TimeoutError, OSError, aiohttp.ClientError) as error:
            log.warning("lookup got no answer", why=str(error) or type(error).__name__)
        else:
            self._known = tuple(
                GroupName(str(one["id"]), str(one.get("handle") or one["id"]), str(one.get("name") or ""))
                for one in answer.get("usergroups") or []
            )
